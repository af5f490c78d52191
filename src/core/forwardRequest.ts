import { PoolError } from '../shared/poolError.js';
import type { AccountBook } from './accountBook.js';
import { answerNobody } from './answerNobody.js';
import { errorAnswer, sendAnswer } from './answers.js';
import { chooseAccount, type Choice } from './chooseAccount.js';
import { CollectingReply } from './collectingReply.js';
import type { ClientReply, Clock, Log, Store, Upstream } from './ports.js';
import type { PoolSettings } from './poolSettings.js';
import { PublicEventsReply } from './publicEventsReply.js';
import { readRequest, type ReceivedRequest } from './readRequest.js';
import { RequestJournal } from './requestJournal.js';
import type { SessionTable } from './sessionTable.js';
import type { TokenKeeper } from './tokenKeeper.js';
import { tryAccount, type LastRefusal, type Walk } from './tryAccount.js';

export interface ForwardContext {
	readonly accounts: AccountBook;
	readonly sessions: SessionTable;
	readonly tokens: TokenKeeper;
	readonly settings: PoolSettings;
	readonly upstream: Upstream;
	readonly store: Store;
	readonly clock: Clock;
	readonly log: Log;
	/** Uniform in [0, 1). */
	readonly random: () => number;
	readonly userAgent: string;
	/** ETag of the catalogue we serve; the upstream's would make Codex fetch it again after every reply. */
	readonly modelsEtag: () => string | undefined;
	readonly settled: () => void;
}

/** No new account is tried for a request that has already waited this long without output. */
const walkBudgetMs = 120_000;

/** receive → authenticate → **read → choose → forward → observe → settle**: the way of every request. */
export async function forwardRequest(
	context: ForwardContext,
	request: ReceivedRequest,
	reply: ClientReply,
): Promise<void> {
	const journal = new RequestJournal(request, context.clock);
	let client = reply;
	try {
		const facts = readRequest(request);
		journal.read(facts);
		if (!facts.stream) client = new CollectingReply(reply);
		else if (!facts.isCodex && request.route === '/v1/responses') client = new PublicEventsReply(reply);
		await walkAccounts({ ...context, request, facts, journal, client });
	} catch (thrown) {
		const error = PoolError.from(thrown);
		if (error.code === 'internal')
			context.log.error('request failed', { requestId: request.id, cause: String(error.cause) });
		journal.refused(error.status, error.code);
		// Behind bytes that have gone out an error body would look like part of the answer.
		if (journal.firstByteMs !== null) reply.cut();
		else sendAnswer(reply, errorAnswer(error), { 'x-codex-pool-request': request.id });
	} finally {
		const record = journal.toRecord();
		context.store.appendRequest(record);
		context.log.info('request settled', {
			requestId: record.id,
			route: record.route,
			accountId: record.accountId,
			status: record.status,
			outcome: record.outcome,
			attempts: record.attempts.length,
			ms: Math.round(record.totalMs),
		});
		context.settled();
	}
}

/** Every eligible account gets its chance while nothing visible has reached the client. */
async function walkAccounts(walk: Walk): Promise<void> {
	const tried = new Set<string>();
	let last: LastRefusal | undefined;
	for (;;) {
		const choice = choose(walk, tried);
		const isLate = walk.clock.now() - walk.request.receivedAt > walkBudgetMs;
		if (choice.kind === 'none' || (isLate && last)) {
			const retryAt = choice.kind === 'none' ? choice.retryAt : undefined;
			const { answer, code } = answerNobody({
				last,
				retryAt,
				accounts: walk.accounts.rows(),
				forSdk: walk.request.route === '/v1/responses',
				now: walk.clock.now(),
			});
			walk.journal.refused(answer.status, code);
			sendAnswer(walk.client, answer, { 'x-codex-pool-request': walk.request.id });
			return;
		}
		walk.accounts.begin(choice.accountId);
		try {
			const step = await tryAccount(walk, choice.accountId);
			if (step.kind === 'done') return;
			last = last ? moreTelling(last, step.refusal) : step.refusal;
		} finally {
			walk.accounts.end(choice.accountId);
		}
		tried.add(choice.accountId);
	}
}

/**
 * Which refusal decides the answer when nobody can serve. An overload passes sooner than another account's limit; an
 * account without the model says nothing about those that have it.
 */
function moreTelling(last: LastRefusal, next: LastRefusal): LastRefusal {
	if (last.verdict.kind === 'overload' && next.verdict.kind !== 'overload') return last;
	return next.verdict.kind === 'model_missing' ? last : next;
}

function choose({ accounts, sessions, settings, facts, clock, random }: Walk, tried: ReadonlySet<string>): Choice {
	return chooseAccount(accounts.candidates(), {
		strategy: settings.strategy,
		ownerId: facts.sessionId === undefined ? undefined : sessions.owner(facts.sessionId),
		tried,
		now: clock.now(),
		tieBreak: random(),
	});
}
