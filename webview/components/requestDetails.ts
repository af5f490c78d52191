import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { KeyView } from '../../src/shared/keyApi.js';
import type { ExplainedRequest, RequestRecord } from '../../src/shared/requestApi.js';
import { shortSessionId } from '../../src/shared/sessionWords.js';
import { formatUsd } from '../../src/shared/usd.js';
import { errorName, nameOf } from '../accountStatus.js';
import { formatExact } from '../durations.js';
import { figureText, latency, share, tokens } from '../figures.js';
import { keyName } from '../keyNames.js';
import type { Loaded } from '../loaded.js';
import { attemptSteps, requestStory, type AttemptStep } from '../requestStory.js';
import { text } from '../text.js';
import { icon } from './icon.js';
import { figure } from './parts.js';
import { requestChoices } from './requestChoices.js';
import { size } from './size.js';

interface Surroundings {
	readonly accounts: readonly AccountView[];
	readonly keys: readonly KeyView[];
	readonly showSession: (sessionId: string) => void;
}

/** An opened request: its outcome, why it went this way, attempt by attempt, and every figure there is. */
export function requestDetails(
	request: RequestRecord,
	explanation: Loaded<ExplainedRequest> | undefined,
	around: Surroundings,
): TemplateResult {
	const { accounts } = around;
	const steps = attemptSteps(request, accounts);
	return html`<div class="why">
		<h4 class="why-title">${text.why}</h4>
		<p>${requestStory(request, accounts)}</p>
		${requestChoices(explanation, accounts)} ${steps.length === 0 ? nothing : attempts(steps)}
		<dl class="facts">
			${facts(request, around).map(
				([name, value]) =>
					html`<div>
						<dt>${name}</dt>
						<dd dir="auto">${value}</dd>
					</div>`,
			)}
		</dl>
	</div>`;
}

function attempts(steps: readonly AttemptStep[]): TemplateResult {
	return html`<h4>${text.attempts}</h4>
		<ol class="attempts">
			${steps.map(
				step =>
					html`<li>
						${icon(step.isAnswer ? 'pass' : 'error', step.isAnswer ? 'good' : 'quiet')}
						<span class="who" dir="auto">${step.account}</span>
						<span class="verdict">
							${step.verdict}
							<span class="dim">${step.status === null ? text.noAnswer : text.httpStatus(step.status)}</span>
						</span>
						<span class="span" aria-hidden="true"><span ${size(step.takesPercent, step.beginsPercent)}></span></span>
						<span class="number">${figure(latency(step.ms))}</span>
					</li>`,
			)}
		</ol>`;
}

type Fact = [name: string, value: TemplateResult | string];

function facts(request: RequestRecord, { accounts, keys, showSession }: Surroundings): Fact[] {
	const known: [string, TemplateResult | string | null][] = [
		[text.time, formatExact(request.startedAt)],
		[text.account, nameOf(accounts, request.accountId)],
		[text.client, request.client],
		[text.model, request.alias === null ? request.model : text.aliasOf(request.alias, request.model ?? '–')],
		[text.key, keyName(keys, request.keyId)],
		[text.session, request.sessionId === null ? null : sessionLink(request.sessionId, showSession)],
		[text.route, request.route],
		[text.transport, text.transports[request.transport]],
		[text.tier, request.tier],
		[text.effort, request.effort],
		[text.input, tokenText(request.inputTokens)],
		[text.cached, cachedText(request)],
		[text.output, tokenText(request.outputTokens)],
		[text.reasoning, tokenText(request.reasoningTokens)],
		[text.cost, request.costNanoUsd === null ? null : text.costOf(formatUsd(request.costNanoUsd))],
		[text.total, figureText(latency(request.totalMs))],
		[text.firstByte, request.firstByteMs === null ? null : figureText(latency(request.firstByteMs))],
		[text.errorCode, request.error === null ? null : errorName(request.error)],
	];
	return known.flatMap(([name, value]): Fact[] => (value === null ? [] : [[name, value]]));
}

function sessionLink(sessionId: string, show: (sessionId: string) => void): TemplateResult {
	const id = shortSessionId(sessionId);
	return html`<button type="button" class="link" title=${text.sessionRequests(id)} @click=${() => show(sessionId)}>
		<code>${id}</code>
	</button>`;
}

function tokenText(value: number | null): string | null {
	return value === null ? null : figureText(tokens(value));
}

function cachedText({ cachedTokens, inputTokens }: RequestRecord): string | null {
	if (cachedTokens === null) return null;
	return l10n.t({
		message: '{0} ({1})',
		args: [figureText(tokens(cachedTokens)), figureText(share(cachedTokens, inputTokens))],
		comment: ['a number, and its share of the whole'],
	});
}
