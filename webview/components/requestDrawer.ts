import { html, type TemplateResult } from 'lit';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { KeyView } from '../../src/shared/keyApi.js';
import type { ExplainedRequest, RequestRecord } from '../../src/shared/requestApi.js';
import { formatExact } from '../durations.js';
import type { Opened } from '../openedReader.js';
import { requestStatus } from '../requestStory.js';
import { text } from '../text.js';
import { notRead, skeleton } from './absent.js';
import { iconButton, status } from './parts.js';
import { requestDetails } from './requestDetails.js';

interface Drawer {
	/** Null for a request that is not among those of the log: its explanation brings it along. */
	readonly request: RequestRecord | null;
	readonly explanation: Opened<ExplainedRequest> | null;
	readonly accounts: readonly AccountView[];
	readonly keys: readonly KeyView[];
	readonly close: () => void;
	readonly showSession: (sessionId: string) => void;
}

/** What an opened request tells, beside the log or in its place. */
export function requestDrawer(drawer: Drawer): TemplateResult {
	const { request, explanation, close } = drawer;
	const answer = explanation?.answer;
	const record = request ?? (answer?.kind === 'ready' ? answer.value : null);
	return html`<aside class="drawer" aria-labelledby="drawer-title">
		<div class="drawer-head">
			<h3 id="drawer-title" tabindex="-1">${record ? text.requestAt(formatExact(record.startedAt)) : text.request}</h3>
			${record ? status(requestStatus(record)) : ''}
			${iconButton({ icon: 'close', label: text.closeDetails, press: close })}
		</div>
		<div class="drawer-body" tabindex="0" role="group" aria-labelledby="drawer-title">
			${record ? requestDetails(record, answer, drawer) : withoutRecord(answer)}
		</div>
	</aside>`;
}

function withoutRecord(answer: Opened<ExplainedRequest>['answer'] | undefined): TemplateResult {
	return answer?.kind === 'failed'
		? notRead(text.requestFailedToRead(answer.problem), 'explanation')
		: skeleton(2, text.explaining);
}
