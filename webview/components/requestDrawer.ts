import { html, type TemplateResult } from 'lit';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { KeyView } from '../../src/shared/keyApi.js';
import type { ExplainedRequest, RequestRecord } from '../../src/shared/requestApi.js';
import { formatExact } from '../durations.js';
import type { Opened } from '../openedReader.js';
import { ReadAgainEvent } from '../panelAction.js';
import { requestStatus } from '../requestStory.js';
import { text } from '../text.js';
import { icon } from './icon.js';
import { iconButton, status } from './parts.js';
import { requestDetails } from './requestDetails.js';

interface Drawer {
	/** Null for a request that is not among those of the log: its explanation brings it along. */
	readonly request: RequestRecord | null;
	readonly explanation: Opened<ExplainedRequest> | null;
	readonly accounts: readonly AccountView[];
	readonly keys: readonly KeyView[];
	readonly close: () => void;
}

/** What an opened request tells, beside the log or in its place. */
export function requestDrawer({ request, explanation, accounts, keys, close }: Drawer): TemplateResult {
	const answer = explanation?.answer;
	const record = request ?? (answer?.kind === 'ready' ? answer.value : null);
	return html`<aside class="drawer" aria-labelledby="drawer-title">
		<div class="drawer-head">
			<h3 id="drawer-title" tabindex="-1">${record ? text.requestAt(formatExact(record.startedAt)) : text.request}</h3>
			${record ? status(requestStatus(record)) : ''}
			${iconButton({ icon: 'close', label: text.closeDetails, press: close })}
		</div>
		<div class="drawer-body" tabindex="0" role="group" aria-labelledby="drawer-title">
			${record ? requestDetails(record, answer, { accounts, keys }) : withoutRecord(answer)}
		</div>
	</aside>`;
}

function withoutRecord(answer: Opened<ExplainedRequest>['answer'] | undefined): TemplateResult {
	if (answer?.kind !== 'failed') {
		return html`<div class="skeleton" aria-busy="true" role="status" aria-label=${text.explaining}>
			<span></span><span></span>
		</div>`;
	}
	const again = ({ currentTarget }: Event) => currentTarget?.dispatchEvent(new ReadAgainEvent('explanation'));
	return html`<p class="problem" role="status">
		${icon('warning')}<span>${text.requestFailedToRead(answer.problem)}</span>
		<button type="button" class="link" @click=${again}>${text.retry}</button>
	</p>`;
}
