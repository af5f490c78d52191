import { html, nothing, type TemplateResult } from 'lit';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { RequestRecord } from '../../src/shared/requestApi.js';
import { nameOf, wordsOf } from '../accountStatus.js';
import { formatExact } from '../durations.js';
import type { Explanation } from '../explanationReader.js';
import { figureText, latency, share, tokens } from '../figures.js';
import { attemptSteps, requestStory, type AttemptStep } from '../requestStory.js';
import { text } from '../text.js';
import { icon } from './icon.js';
import { figure } from './parts.js';
import { requestChoices } from './requestChoices.js';
import { size } from './size.js';

/** An opened request: its outcome, why it went this way, attempt by attempt, and every figure there is. */
export function requestDetails(
	request: RequestRecord,
	explanation: Explanation | undefined,
	accounts: readonly AccountView[],
): TemplateResult {
	const steps = attemptSteps(request, accounts);
	return html`<div class="why">
		<h3>${text.why}</h3>
		<p>${requestStory(request, accounts)}</p>
		${requestChoices(request.id, explanation, accounts)} ${steps.length === 0 ? nothing : attempts(steps)}
		<dl class="facts">
			${facts(request, accounts).map(
				([name, value]) =>
					html`<div>
						<dt>${name}</dt>
						<dd>${value}</dd>
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
						<span class="who" title=${step.account}>${step.account}</span>
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

function facts(request: RequestRecord, accounts: readonly AccountView[]): [name: string, value: string][] {
	const known: [string, string | null][] = [
		[text.time, formatExact(request.startedAt)],
		[text.account, nameOf(accounts, request.accountId)],
		[text.client, request.client],
		[text.route, request.route],
		[text.transport, request.transport],
		[text.tier, request.tier],
		[text.effort, request.effort],
		[text.input, tokenText(request.inputTokens)],
		[text.cached, cachedText(request)],
		[text.output, tokenText(request.outputTokens)],
		[text.reasoning, tokenText(request.reasoningTokens)],
		[text.total, figureText(latency(request.totalMs))],
		[text.firstByte, request.firstByteMs === null ? null : figureText(latency(request.firstByteMs))],
		[text.errorCode, request.error === null ? null : wordsOf(request.error)],
	];
	return known.flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]]));
}

function tokenText(value: number | null): string | null {
	return value === null ? null : figureText(tokens(value));
}

function cachedText({ cachedTokens, inputTokens }: RequestRecord): string | null {
	if (cachedTokens === null) return null;
	return `${figureText(tokens(cachedTokens))} (${figureText(share(cachedTokens, inputTokens))})`;
}
