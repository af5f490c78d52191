import { PoolError } from '../../shared/poolError.js';
import { quotaFromEvent } from '../accounts/accountQuota.js';
import { sendAnswer, upstreamAnswer } from '../reply/answers.js';
import { readMetadata } from '../reply/providerMetadata.js';
import { Attempt, type AttemptEnd, type AttemptListener } from './attempt.js';
import { boundedAnswers } from './boundedAnswer.js';
import type { ForwardContext } from '../forwardRequest.js';
import { inboundHeaders, outboundHeaders, parameterList } from '../request/headerPolicy.js';
import { learnFromHeaders } from './learnFromHeaders.js';
import { instructedBody } from '../request/instructedBody.js';
import { portableBody } from '../request/portableBody.js';
import type { ClientReply, HeaderMap } from '../ports.js';
import type { AccountAccess, UpstreamRequest } from '../upstreamPort.js';
import { isOpenAiRoute, type ReceivedRequest, type RequestFacts } from '../request/readRequest.js';
import type { RequestJournal } from '../requestJournal.js';
import { applyVerdict, settleAnswer } from './settleAttempt.js';
import { refusalFromFrame } from '../socket/refusalFromFrame.js';
import { windowsFromEvent } from '../quota/usageWindows.js';
import { errorOf } from './providerError.js';
import { mayStillServe } from '../routing/takePlace.js';
import { judgeFault, judgeRefusal, type Refusal, type Verdict } from './verdict.js';
import { WholeAttempt } from './wholeAttempt.js';

/** Up to here a short rate limit is waited out on the same account, which keeps its warm prompt cache. */
const shortWaitMs = 5_000;

/** One request on its way through the accounts. */
export interface Walk extends ForwardContext {
	readonly request: ReceivedRequest;
	readonly facts: RequestFacts;
	readonly journal: RequestJournal;
	readonly client: ClientReply;
	/** Accounts that could not read what this request carries of another: they get the lighter copy at once. */
	readonly cannotRead: Set<string>;
	/** How a try reaches the provider, when not as a request of its own. */
	readonly carry?: (listener: AttemptListener, request: UpstreamRequest) => Promise<AttemptEnd>;
}

export type Step =
	/** The client has its answer, or has left. */
	| { readonly kind: 'done' }
	/** `isForATime`: the account is worth asking again later, because what stood in the way passes. */
	| { readonly kind: 'next'; readonly refusal: LastRefusal; readonly isForATime: boolean };

export interface LastRefusal {
	readonly verdict: Verdict;
	readonly status: number;
	readonly headers: HeaderMap;
	readonly raw: Buffer;
	readonly body: unknown;
}

/** One account's part: at most one token refresh, one short wait and one lighter copy, then the next account's turn. */
export async function tryAccount(walk: Walk, accountId: string): Promise<Step> {
	const { journal, tokens } = walk;
	let refreshed = false;
	let waited = false;
	let refusal: LastRefusal | undefined;
	let lighter = walk.cannotRead.has(accountId) || isMixed(walk) ? await lighterWalk(walk) : undefined;
	journal.attemptStarted(accountId);
	let access = await accessOrError(walk, tokens.access(accountId));
	for (;;) {
		if (access instanceof PoolError) return noAccess(walk, access);
		if (refusal && !mayStillServe(walk, accountId)) return { kind: 'next', refusal, isForATime: true };
		const end = await attempt(lighter ?? walk, access);
		switch (end.kind) {
			case 'left':
				journal.attemptEnded('client_left', null);
				journal.left();
				return { kind: 'done' };
			case 'answered':
				settleAnswer(walk, accountId, end);
				return { kind: 'done' };
			case 'refused':
			case 'faulted':
				break;
			default:
				return end satisfies never;
		}
		refusal = lastRefusal(end, walk.clock.now());
		const { verdict } = refusal;
		journal.attemptEnded(verdict.kind, end.kind === 'refused' ? refusal.status : null);
		if (verdict.kind === 'caller') {
			const instructed = instructedWalk(lighter ?? walk, refusal);
			if (instructed) {
				lighter = instructed;
				journal.attemptStarted(accountId);
				continue;
			}
			passRefusal(walk, refusal);
			return { kind: 'done' };
		}
		if (verdict.kind === 'offline')
			throw new PoolError(
				'upstream_failed',
				'This machine seems to be offline: the ChatGPT backend cannot be reached.',
			);
		if (verdict.kind === 'credential' && !refreshed) {
			refreshed = true;
			const refused = access.accessToken;
			journal.attemptStarted(accountId);
			access = await accessOrError(walk, tokens.replace(accountId, refused));
			continue;
		}
		if (verdict.kind === 'rate' && !waited && verdict.waitMs <= shortWaitMs) {
			waited = true;
			if (await clientLeftWhileWaiting(walk, verdict.waitMs)) return { kind: 'done' };
			journal.attemptStarted(accountId);
			continue;
		}
		if (verdict.kind === 'foreign_content' && !lighter) {
			walk.cannotRead.add(accountId);
			lighter = await lighterWalk(walk);
			if (lighter) {
				journal.attemptStarted(accountId);
				continue;
			}
		}
		applyVerdict(walk, accountId, verdict);
		return { kind: 'next', refusal, isForATime: verdict.kind === 'quota' || verdict.kind === 'rate' };
	}
}

function attempt(walk: Walk, access: AccountAccess): Promise<AttemptEnd> {
	const { accounts, clock, facts, request, journal } = walk;
	const { accountId } = access;
	const listener = {
		headArrived: (_status: number, headers: HeaderMap) => learnFromHeaders(walk, accountId, headers),
		metadataArrived: (data: Buffer) => readMetadata(walk, accountId, { ...facts, keyId: request.keyId }, data),
		rateLimitsArrived: (event: unknown) => {
			accounts.recordWindows(accountId, windowsFromEvent(event, clock.now()));
			accounts.recordQuota(accountId, quotaFromEvent(event, clock.now()));
			return walk.quota.event(request.keyId);
		},
		isCallersFault: (refusal: Refusal) =>
			judgeRefusal(refusal, clock.now()).kind === 'caller' && !instructedWalk(walk, refusal),
		replyHeaders: (headers: HeaderMap) => replyHeaders(walk, accountId, headers),
		replyStarted: () => journal.replyStarted(),
	};
	const sent: UpstreamRequest = {
		accountId,
		method: 'POST',
		path: facts.wholePath ?? '/codex/responses',
		headers: outboundHeaders(request.headers, {
			access,
			isCodex: facts.isCodex,
			passTurnState: mayPassTurnState(walk, accountId),
			decoded: request.decoded,
			accept: facts.wholePath === undefined ? 'text/event-stream' : 'application/json',
			userAgent: walk.userAgent,
		}),
		body: facts.body,
	};
	if (walk.carry) return walk.carry(listener, sent);
	const { client, upstream } = walk;
	const isWhole = facts.wholePath !== undefined;
	const way = isWhole ? new WholeAttempt(client, clock, listener) : new Attempt(client, clock, listener);
	return way.run(facts.stream ? upstream : boundedAnswers(upstream, clock), sent);
}

/** A turn state is shown to nobody but the account that issued it. */
function mayPassTurnState({ sessions, facts }: Walk, accountId: string): boolean {
	return facts.turnState !== undefined && sessions.turnStateOwner(facts.turnState) === accountId;
}

function lastRefusal(end: AttemptEnd & { kind: 'refused' | 'faulted' }, now: number): LastRefusal {
	if (end.kind === 'faulted') {
		return { verdict: judgeFault(end.fault), status: 502, headers: {}, raw: Buffer.alloc(0), body: undefined };
	}
	const { refusal, raw } = end;
	const verdict = judgeRefusal(refusal, now);
	// That there is no such model is for the client to hear; of any other trouble inside a stream the pool speaks.
	const frame = verdict.kind === 'model_missing' ? refusalFromFrame(refusal.body, refusal.headers) : undefined;
	return { verdict, raw, ...(frame ?? refusal) };
}

/** Only a sign-in that is over is the account's own trouble; the vault and the sign-in service recover. */
function noAccess({ journal }: Walk, error: PoolError): Step {
	const verdict: Verdict =
		error.code === 'no_account' ? { kind: 'credential' } : { kind: 'overload', code: error.code, scope: 'account' };
	journal.attemptEnded(verdict.kind, null);
	return {
		kind: 'next',
		isForATime: false,
		refusal: { verdict, status: error.status, headers: {}, raw: Buffer.alloc(0), body: undefined },
	};
}

/** Nearly always the token is at hand, and there is nothing to wait for. */
function accessOrError(
	{ log, request }: Walk,
	access: AccountAccess | Promise<AccountAccess>,
): AccountAccess | Promise<AccountAccess | PoolError> {
	if (!(access instanceof Promise)) return access;
	return access.catch((thrown: unknown) => {
		const error = PoolError.from(thrown);
		log.warn('no access token', {
			requestId: request.id,
			code: error.code,
			reason: error.message,
			cause: String(error.cause),
		});
		return error;
	});
}

async function clientLeftWhileWaiting({ client, clock, journal }: Walk, ms: number): Promise<boolean> {
	const leaving = new AbortController();
	client.onLeave(() => leaving.abort());
	if (client.hasLeft) leaving.abort();
	await clock.sleep(ms, leaving.signal).catch(() => undefined);
	if (client.hasLeft) journal.left();
	return client.hasLeft;
}

function isMixed({ sessions, facts }: Walk): boolean {
	return facts.sessionId !== undefined && sessions.isMixed(facts.sessionId);
}

/**
 * The same request without what only another account can read. Its session's next turns will hold the same again, so
 * they begin with the lighter copy, until there is nothing left to leave out: the history was compacted.
 */
async function lighterWalk(walk: Walk): Promise<Walk | undefined> {
	const { request, facts, sessions } = walk;
	const body = portableBody(request.decode ? await request.decode() : facts.body);
	if (facts.sessionId !== undefined) {
		if (body) sessions.markMixed(facts.sessionId);
		else sessions.unmarkMixed(facts.sessionId);
	}
	return body && { ...walk, request: { ...request, decoded: true }, facts: { ...facts, body } };
}

/** SDK callers need not know which models insist on instructions. */
function instructedWalk(walk: Walk, refusal: Pick<Refusal, 'status' | 'body'>): Walk | undefined {
	const { facts, request } = walk;
	const { status, body } = refusalFromFrame(refusal.body) ?? refusal;
	const isAsked = status === 400 && /^instructions are required/i.test(errorOf(body).message);
	const given = isAsked && isOpenAiRoute(request.route) && !facts.isCodex ? instructedBody(facts.body) : undefined;
	return given && { ...walk, facts: { ...facts, body: given } };
}

function passRefusal(walk: Walk, refusal: LastRefusal): void {
	const { client, journal, request } = walk;
	const headers = replyHeaders(walk, journal.accountId ?? '', refusal.headers);
	journal.refused(refusal.status, errorOf(refusal.body).code ?? `http_${refusal.status}`);
	sendAnswer(client, upstreamAnswer(refusal.status, headers, refusal.raw, refusal.body, isOpenAiRoute(request.route)));
}

function replyHeaders(
	{ request, facts, journal, modelsEtag, quota }: Walk,
	accountId: string,
	upstream: HeaderMap,
): HeaderMap {
	const headers = inboundHeaders(upstream, quota.headers(request.keyId));
	const etag = modelsEtag(request.keyId);
	if (etag === undefined) delete headers['x-models-etag'];
	else if (headers['x-models-etag'] !== undefined) headers['x-models-etag'] = etag;
	headers['x-codex-pool-account'] = accountId;
	headers['x-codex-pool-reason'] = journal.reason;
	headers['x-codex-pool-request'] = request.id;
	const dropped = parameterList(facts.dropped);
	if (dropped !== '') headers['x-codex-pool-dropped'] = dropped;
	nameModel(headers, facts);
	return headers;
}

/** Codex takes an answer of another model than it named for a warning of its provider, so it gets its own name back. */
function nameModel(
	headers: Record<string, string>,
	{ alias, model, effort, effortIsFitted, isCodex }: RequestFacts,
): void {
	if (effortIsFitted && effort !== null) headers['x-codex-pool-effort'] = effort;
	if (alias === undefined || model === null) return;
	headers['x-codex-pool-model'] = model;
	if (isCodex && headers['openai-model'] === model) headers['openai-model'] = alias;
}
