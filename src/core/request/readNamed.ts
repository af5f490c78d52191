import { PoolError } from '../../shared/poolError.js';
import { aliasBody, replaceEffort } from './aliasBody.js';
import { readChat } from '../chat/chatRequest.js';
import { readCompact, userMessages } from './compactRequest.js';
import { JsonScanError } from './jsonScan.js';
import { fittingEffort } from '../models/modelNames.js';
import type { ResolvedName } from '../models/modelOffer.js';
import type { HeaderMap } from '../ports.js';
import { isOpenAiRoute, isTranslated, readRequest, type ReceivedRequest, type RequestFacts } from './readRequest.js';

/** What a request's words for model and effort stand for. */
export interface ModelNames {
	/** Undefined, without a promise, for the name of a model. */
	resolve(name: string): ResolvedName | undefined | Promise<ResolvedName | undefined>;
	fitEffort(model: string, effort: string): Promise<string>;
}

export interface ReadRequest<F extends RequestFacts = RequestFacts> {
	readonly request: ReceivedRequest;
	readonly facts: F;
}

/** Every model takes these. */
const commonEfforts: ReadonlySet<string> = new Set(['low', 'medium', 'high']);

/**
 * Reads a request; one under a name of the pool's becomes one for the model behind it, and nothing else changes. Only
 * that takes a catalogue: nearly every request is read on the spot.
 */
export function readNamed(received: ReceivedRequest, names: ModelNames): ReadRequest | Promise<ReadRequest> {
	return isTranslated(received.route) ? readTranslated(received, names) : readUnderNames(received, names, readRequest);
}

async function readTranslated(received: ReceivedRequest, names: ModelNames): Promise<ReadRequest> {
	const chat = received.route === '/v1/chat/completions' ? readChat(received.body) : undefined;
	const { body, dropped } = chat ?? readCompact(received.body);
	const { request, facts } = await readUnderNames({ ...received, body }, names, readRequest);
	const answer = chat ? { chat: chat.traits } : { compact: userMessages(facts.body) };
	return { request, facts: { ...facts, ...answer, dropped: [...dropped, ...facts.dropped] } };
}

/** `read` reads what goes upstream as it came, but for its names. */
export function readUnderNames<F extends RequestFacts>(
	request: ReceivedRequest,
	names: ModelNames,
	read: (request: ReceivedRequest) => F,
): ReadRequest<F> | Promise<ReadRequest<F>> {
	const facts = read(request);
	const hasName = facts.model !== null && facts.wholePath === undefined;
	const target = hasName ? names.resolve(facts.model) : undefined;
	const first = { request, facts };
	return target === undefined && isFitting(first) ? first : readAgain(first, target, names, read);
}

async function readAgain<F extends RequestFacts>(
	first: ReadRequest<F>,
	named: ResolvedName | undefined | Promise<ResolvedName | undefined>,
	names: ModelNames,
	read: (request: ReceivedRequest) => F,
): Promise<ReadRequest<F>> {
	const target = await named;
	const { model } = first.facts;
	return fitEffort(target && model !== null ? await underName(first.request, model, target, read) : first, names);
}

async function underName<F extends RequestFacts>(
	received: ReceivedRequest,
	alias: string,
	target: ResolvedName,
	read: (request: ReceivedRequest) => F,
): Promise<ReadRequest<F>> {
	const plain = received.decode ? await received.decode() : received.body;
	const effort =
		target.effort !== null && target.entry ? (fittingEffort(target.entry, target.effort) ?? null) : target.effort;
	const made = scanning(() => aliasBody(plain, { ...target, effort }));
	const request: ReceivedRequest = {
		...received,
		headers: namingModel(received.headers, alias, target.model),
		body: made.body,
		encoding: null,
		...(received.decode && { decode: () => Promise.resolve(made.body) }),
		decoded: received.decoded || received.encoding !== null,
	};
	const facts = read(request);
	return {
		request,
		facts: {
			...facts,
			model: target.model,
			effort: facts.effort ?? made.effort,
			tier: facts.tier ?? made.tier,
			alias,
		},
	};
}

async function fitEffort<F extends RequestFacts>(read: ReadRequest<F>, names: ModelNames): Promise<ReadRequest<F>> {
	const { request, facts } = read;
	const { model, effort } = facts;
	if (isFitting(read) || model === null || effort === null) return read;
	const fitting = await names.fitEffort(model, effort);
	if (fitting === effort) return read;
	return {
		request,
		facts: { ...facts, body: replaceEffort(facts.body, fitting), effort: fitting, effortIsFitted: true },
	};
}

/** A Codex client knows what its model takes; others say what they are used to. */
function isFitting({ request, facts }: ReadRequest): boolean {
	return facts.isCodex || !isOpenAiRoute(request.route) || facts.effort === null || commonEfforts.has(facts.effort);
}

/** Codex names the model in headers too, by which the provider routes. */
function namingModel(headers: HeaderMap, alias: string, model: string): HeaderMap {
	const changed: Record<string, string> = { ...headers };
	const hint = headers['x-codex-routing-hint'];
	if (hint === `model=${alias}`) changed['x-codex-routing-hint'] = `model=${model}`;
	const turn = headers['x-codex-turn-metadata'];
	if (turn !== undefined) changed['x-codex-turn-metadata'] = turn.replace(`"model":"${alias}"`, `"model":"${model}"`);
	return changed;
}

function scanning<T>(work: () => T): T {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof JsonScanError)) throw error;
		throw new PoolError('invalid_request', `The request body is not valid JSON: ${error.message}.`, { cause: error });
	}
}
