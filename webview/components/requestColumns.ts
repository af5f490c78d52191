import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { RequestRecord } from '../../src/shared/requestApi.js';
import { nameOf } from '../accountStatus.js';
import { formatExact, formatLogTime } from '../durations.js';
import { latency, share, tokens, totalTokens } from '../figures.js';
import { requestStatus } from '../requestStory.js';
import { text } from '../text.js';
import { figure, status } from './parts.js';

interface Surroundings {
	readonly accounts: readonly AccountView[];
	readonly now: number;
}

interface Column {
	/** Also its class: a narrow list leaves some out. */
	readonly name: string;
	readonly title: string;
	readonly isNumber?: boolean;
	/** What others wrote: it runs its own way, whichever way the words around it run. */
	readonly isData?: boolean;
	readonly cell: (request: RequestRecord, around: Surroundings) => TemplateResult | string;
	/** For what may be cut off. */
	readonly full?: (request: RequestRecord, around: Surroundings) => string;
}

const columns: readonly Column[] = [
	{
		name: 'time',
		title: text.time,
		cell: timeCell,
		full: ({ startedAt }) => formatExact(startedAt),
	},
	{
		name: 'client',
		title: text.client,
		isData: true,
		cell: ({ client }) => client ?? '–',
		full: ({ client }) => client ?? '',
	},
	{ name: 'model', title: text.model, isData: true, cell: modelCell, full: modelText },
	{ name: 'effort', title: text.effort, isData: true, cell: ({ effort }) => effort ?? '–' },
	{
		name: 'account',
		title: text.account,
		isData: true,
		cell: ({ accountId }, { accounts }) => nameOf(accounts, accountId),
		full: ({ accountId }, { accounts }) => nameOf(accounts, accountId),
	},
	{ name: 'transport', title: text.transport, cell: ({ transport }) => text.transports[transport] },
	{
		name: 'tokens',
		title: text.tokens,
		isNumber: true,
		cell: ({ inputTokens, outputTokens }) => figure(tokens(totalTokens(inputTokens, outputTokens))),
	},
	{
		name: 'cached',
		title: text.cached,
		isNumber: true,
		cell: ({ cachedTokens, inputTokens }) => figure(share(cachedTokens, inputTokens)),
	},
	{
		name: 'first',
		title: text.firstByte,
		isNumber: true,
		cell: ({ firstByteMs }) => figure(latency(firstByteMs)),
	},
	{ name: 'total', title: text.total, isNumber: true, cell: ({ totalMs }) => figure(latency(totalMs)) },
	{ name: 'outcome', title: text.status, cell: request => status(requestStatus(request)) },
];

export function columnTitles(): TemplateResult {
	return html`${columns.map(
		({ name, title, isNumber }) =>
			html`<span role="columnheader" class="${name} ${isNumber ? 'number' : ''}" title=${title}>${title}</span>`,
	)}`;
}

export function requestCells(request: RequestRecord, around: Surroundings): TemplateResult {
	return html`${columns.map(
		({ name, isNumber, isData, cell, full }) =>
			html`<span
				role="gridcell"
				class="${name} ${isNumber ? 'number' : ''}"
				dir=${isData ? 'auto' : nothing}
				title=${full ? full(request, around) : nothing}
				>${cell(request, around)}</span
			>`,
	)}`;
}

/** The day alone finds room in a narrow log. */
function timeCell({ startedAt }: RequestRecord, { now }: Surroundings): TemplateResult {
	const { day, clock } = formatLogTime(startedAt, now);
	return html`<time>${day === null ? clock : html`${day}<span class="clock">${behindDay(clock)}</span>`}</time>`;
}

function behindDay(clock: string): string {
	return l10n.t({ message: ', {0}', args: [clock], comment: ['a time of day, right after its day'] });
}

/** What the client said, where that was another name than the model's own. */
function modelCell({ model, alias }: RequestRecord): TemplateResult | string {
	if (alias === null) return model ?? '–';
	return html`${alias} <span class="dim">${model}</span>`;
}

function modelText({ model, alias }: RequestRecord): string {
	return alias === null ? (model ?? '') : text.aliasOf(alias, model ?? '–');
}
