import { PoolError } from '../shared/poolError.js';
import type { AccountBook } from './accounts/accountBook.js';
import { answerNobody } from './routing/answerNobody.js';
import { errorAnswer, sendAnswer } from './reply/answers.js';
import type { Choice, NoChoice } from './routing/chooseAccount.js';
import type { KeepAliveReply } from './reply/keepAliveReply.js';
import { withOwnSession } from './keys/keyAccounts.js';
import { keyRevoked, type KeyGuard, type KeyRefusal } from './keys/keyAdmission.js';
import type { ClientReply, Clock, Log } from './ports.js';
import type { Store } from './storePort.js';
import type { Upstream } from './upstreamPort.js';
import type { PoolSettings } from './poolSettings.js';
import type { PriceTable } from './models/price.js';
import { readNamed, type ModelNames } from './request/readNamed.js';
import { isOpenAiRoute, tierWithin, type ReceivedRequest } from './request/readRequest.js';
import { replyFor } from './reply/replyFor.js';
import { RequestJournal } from './requestJournal.js';
import type { SessionTable } from './routing/sessionTable.js';
import type { TokenKeeper } from './tokens/tokenKeeper.js';
import type { ToldQuota } from './quota/toldQuota.js';
import { takePlace, waitForPlace } from './routing/takePlace.js';
import { TriedAccounts } from './attempt/triedAccounts.js';
import { tryAccount, type LastRefusal, type Walk } from './attempt/tryAccount.js';
import type { TurnQueue } from './routing/turnQueue.js';

export interface ForwardContext {
	readonly accounts: AccountBook;
	readonly sessions: SessionTable;
	readonly tokens: TokenKeeper;
	/** What a request's key allows. */
	readonly keys: KeyGuard;
	readonly settings: PoolSettings;
	readonly turns: TurnQueue;
	/** Whether an account's catalogue lacks a model that another's has. */
	readonly lacksModel: (accountId: string, model: string, tier: string | null) => boolean;
	/** The pool's own names for models. */
	readonly names: ModelNames;
	readonly prices: PriceTable;
	readonly upstream: Upstream;
	readonly store: Store;
	readonly clock: Clock;
	readonly log: Log;
	/** Uniform in [0, 1). */
	readonly random: () => number;
	readonly userAgent: string;
	/** ETag of the catalogue that we serve for a key; the upstream's would make Codex fetch it again after every reply. */
	readonly modelsEtag: (keyId: string) => string | undefined;
	/** What clients are told of the pool's quota. */
	readonly quota: ToldQuota;
	readonly settled: () => void;
}

/** No new account is tried for a request that has already been tried this long without output. */
const walkBudgetMs = 120_000;

/** receive → authenticate → **read → choose → forward → observe → settle**: the way of every request. */
export async function forwardRequest(
	context: ForwardContext,
	request: ReceivedRequest,
	reply: ClientReply,
): Promise<void> {
	const { clock } = context;
	const journal = new RequestJournal(request, clock);
	let keptAlive: KeepAliveReply | undefined;
	try {
		const reading = readNamed(request, context.names);
		const named = reading instanceof Promise ? await reading : reading;
		const read = { ...named, facts: withOwnSession(named.facts, context.keys.find(request.keyId)) };
		journal.read(read.facts);
		const shaped = replyFor(read, reply, clock);
		keptAlive = shaped.keptAlive;
		const walk: Walk = { ...context, ...read, journal, client: shaped.client, cannotRead: new Set() };
		const admitting = admit(walk, request);
		if (admitting instanceof Promise ? await admitting : admitting) await walkAccounts(walk);
	} catch (thrown) {
		failRequest(context, request, journal, keptAlive ?? reply, thrown);
	} finally {
		keptAlive?.dispose();
		if (request.encoding !== null && journal.hasUsage) journal.readTier(await tierWithin(request).catch(() => null));
		settleRequest(context, journal);
	}
}

/** Asks the key of a request, mostly without a promise; false when that has refused it. */
export function admit(walk: Walk, received: ReceivedRequest): boolean | Promise<boolean> {
	const asked = walk.keys.admit(received, walk.client);
	const decide = (refusal: KeyRefusal | undefined): boolean => {
		walk.journal.admitted();
		if (refusal) refuse(walk, refusal);
		return refusal === undefined;
	};
	return asked instanceof Promise ? asked.then(decide) : decide(asked);
}

/** With an answer of the pool's own. */
function refuse({ journal, client, request, quota }: Walk, { answer, code }: KeyRefusal): void {
	journal.refused(answer.status, code);
	// Of any other refusal over a WebSocket, Codex shows the headers too.
	const told = answer.status === 429 ? quota.headers(request.keyId) : {};
	sendAnswer(client, answer, { ...told, 'x-codex-pool-request': request.id });
}

export function failRequest(
	{ log }: ForwardContext,
	{ id }: ReceivedRequest,
	journal: RequestJournal,
	reply: ClientReply,
	thrown: unknown,
): void {
	const error = PoolError.from(thrown);
	if (error.code === 'internal') log.error('request failed', { requestId: id, cause: String(error.cause) });
	journal.refused(error.status, error.code);
	// Behind bytes that have gone out an error body would look like part of the answer.
	if (journal.firstByteMs !== null) reply.cut();
	else sendAnswer(reply, errorAnswer(error), { 'x-codex-pool-request': id });
}

export function settleRequest(context: ForwardContext, journal: RequestJournal): void {
	const { store, log, keys, sessions, prices, settled } = context;
	const record = journal.toRecord(prices);
	store.appendRequest(record);
	keys.count(record);
	sessions.count(record);
	log.info('request settled', {
		requestId: record.id,
		route: record.route,
		accountId: record.accountId,
		status: record.status,
		outcome: record.outcome,
		attempts: record.attempts.length,
		ms: Math.round(record.totalMs),
	});
	settled();
}

/** Every eligible account gets its chance while nothing visible has reached the client. */
export async function walkAccounts(walk: Walk): Promise<void> {
	const { clock, journal } = walk;
	const tried = new TriedAccounts();
	let last: LastRefusal | undefined;
	for (;;) {
		const isLate = last !== undefined && clock.now() - journal.admittedAt - journal.waitedMs > walkBudgetMs;
		let choice: Choice | 'left' = isLate ? nobody : takePlace(walk, tried);
		if (choice.kind === 'none' && !isLate) choice = await waitForPlace(walk, tried, choice);
		if (choice === 'left') {
			journal.left();
			return;
		}
		if (choice.kind === 'none') {
			answerNobodyLeft(walk, choice, last);
			return;
		}
		try {
			const step = await tryAccount(walk, choice.accountId);
			if (step.kind === 'done') return;
			last = last ? moreTelling(last, step.refusal) : step.refusal;
			tried.add(choice.accountId, step.isForATime);
		} finally {
			walk.accounts.end(choice.accountId);
		}
	}
}

const nobody: NoChoice = { kind: 'none', back: undefined, mayFreeSoon: false, considered: [] };

function answerNobodyLeft(walk: Walk, { back, considered }: NoChoice, last: LastRefusal | undefined): void {
	walk.accounts.missed();
	const key = considered.some(({ out }) => out === 'not_for_key') ? walk.keys.find(walk.request.keyId) : null;
	if (key === undefined) throw keyRevoked();
	const refusal = answerNobody({
		last,
		back,
		limitedKey: key && { name: key.name, hasAccounts: considered.some(({ out }) => out !== 'not_for_key') },
		missingModel: considered.some(({ out }) => out === 'model_missing') ? walk.facts.model : null,
		accountCount: walk.accounts.rows().length,
		forSdk: isOpenAiRoute(walk.request.route),
		now: walk.clock.now(),
	});
	refuse(walk, refusal);
}

/**
 * Which refusal decides the answer when nobody can serve. An overload passes sooner than another account's limit; an
 * account without the model says nothing about those that have it.
 */
function moreTelling(last: LastRefusal, next: LastRefusal): LastRefusal {
	if (last.verdict.kind === 'overload' && next.verdict.kind !== 'overload') return last;
	return next.verdict.kind === 'model_missing' ? last : next;
}
