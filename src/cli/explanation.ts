import type { AttemptRecord, ChoiceRecord, ExplainedRequest } from '../shared/requestApi.js';
import { explainExclusion, explainReason, explainVerdict } from '../shared/routingWords.js';
import { formatUsd } from '../shared/usd.js';
import { shortSessionId } from '../shared/sessionWords.js';
import { formatElapsed, formatMoment } from './duration.js';
import type { Output } from './output.js';
import { plainText } from './textTable.js';

/** What was asked, how each account was chosen, what came of each attempt, and how it ended. */
export function explanation(request: ExplainedRequest, names: ReadonlyMap<string, string>, output: Output): string {
	const nameOf = (accountId: string): string => plainText(names.get(accountId) ?? accountId);
	return [
		asked(request),
		...chosen(request, nameOf, output),
		attempted(request, nameOf),
		[outcome(request), ...use(request)].join('\n'),
	].join('\n\n');
}

function asked(request: ExplainedRequest): string {
	const { id, startedAt, client, route, transport, sessionId } = request;
	return plainText(
		`Request ${id}: ${client ?? 'an unknown client'} asked for ${askedName(request)} at ${formatMoment(startedAt)}, ` +
			`over ${transport === 'websocket' ? 'WebSocket' : 'HTTP'} at ${route}` +
			`${sessionId === null ? '' : `, in session ${shortSessionId(sessionId)}`}.`,
	);
}

/** The name that the client said, and what the request came to under it. */
function askedName({ alias, model, effort, tier }: ExplainedRequest): string {
	const details = Object.entries({ model: alias === null ? null : model, effort, tier })
		.filter(([, value]) => value !== null)
		.map(([what, value]) => `${what} ${value}`);
	const said = alias ?? model ?? 'no model';
	return details.length === 0 ? said : `${said} (${details.join(', ')})`;
}

type NameOf = (accountId: string) => string;

function chosen({ choices }: ExplainedRequest, nameOf: NameOf, output: Output): string[] {
	if (choices.length === 0) return ['No choice of an account was kept for it.'];
	return choices.map((choice, index) => {
		const heading = `Choice ${index + 1}${waited(choice)}: ${choiceWords(choice, nameOf)}`;
		return choice.considered.length === 0 ? heading : `${heading}\n\n${candidateTable(choice, nameOf, output)}`;
	});
}

function waited({ waitedMs }: ChoiceRecord): string {
	return waitedMs > 0 ? `, after waiting ${formatElapsed(waitedMs)} for an account to become free` : '';
}

function choiceWords({ accountId, reason }: ChoiceRecord, nameOf: NameOf): string {
	const why = plainText(explainReason(reason));
	return accountId === null ? `${why}.` : `${nameOf(accountId)}, because ${why}.`;
}

/** The best score first; those that were out last. */
function candidateTable({ accountId: chosenId, considered }: ChoiceRecord, nameOf: NameOf, output: Output): string {
	const inOrder = [...considered].sort((a, b) => (a.score ?? Infinity) - (b.score ?? Infinity) || 0);
	return output.table(
		[{ title: 'Account' }, { title: 'Score (lowest wins)', align: 'right' }, { title: 'Note' }],
		inOrder.map(({ accountId, score, out }) => [
			nameOf(accountId),
			score === null ? '–' : score.toLocaleString('en-US', { maximumFractionDigits: 2 }),
			out === null ? (accountId === chosenId ? 'chosen' : '') : explainExclusion(out),
		]),
	);
}

function attempted({ attempts }: ExplainedRequest, nameOf: NameOf): string {
	if (attempts.length === 0) return 'No account was tried.';
	return attempts.map((attempt, index) => `Attempt ${index + 1}: ${attemptWords(attempt, nameOf)}`).join('\n');
}

function attemptWords({ accountId, verdict, status, ms }: AttemptRecord, nameOf: NameOf): string {
	const answer = status === null ? 'no answer' : `HTTP ${status}`;
	return `${nameOf(accountId)} ${plainText(explainVerdict(verdict))} (${answer}, ${formatElapsed(ms)}).`;
}

function outcome({ outcome: kind, status, error, firstByteMs, totalMs }: ExplainedRequest): string {
	const total = formatElapsed(totalMs);
	const firstByte = firstByteMs === null ? '' : `; its first byte went out after ${formatElapsed(firstByteMs)}`;
	const why = error === null ? '' : ` (${plainText(error)})`;
	switch (kind) {
		case 'succeeded':
			return `Outcome: answered with HTTP ${status} in ${total}${firstByte}.`;
		case 'failed':
			return `Outcome: failed with HTTP ${status}${why} after ${total}${firstByte}.`;
		case 'cancelled':
			return `Outcome: the client left after ${total}, before the answer was complete${firstByte}.`;
		default:
			return kind satisfies never;
	}
}

/** Tokens and what they would cost; nothing for a request that came to no usage. */
function use(request: ExplainedRequest): string[] {
	const { inputTokens, cachedTokens, outputTokens, reasoningTokens, costNanoUsd } = request;
	if (inputTokens === null && outputTokens === null) return [];
	const parts = [
		part(inputTokens, 'in', cachedTokens, 'cached'),
		part(outputTokens, 'out', reasoningTokens, 'reasoning'),
	];
	const cost = costNanoUsd === null ? 'unknown (these tokens have no price)' : `${formatUsd(costNanoUsd)} (estimate)`;
	return [`Tokens: ${parts.join(', ')}.`, `Cost: ${cost}.`];
}

function part(value: number | null, what: string, within: number | null, name: string): string {
	const detail = within === null ? '' : ` (${within.toLocaleString('en-US')} ${name})`;
	return `${value === null ? 'unknown' : value.toLocaleString('en-US')} ${what}${detail}`;
}
