import { PoolError } from '../shared/poolError.js';
import { aliasBody, replaceEffort } from './aliasBody.js';
import { readChat } from './chatRequest.js';
import { readCompact, userMessages } from './compactRequest.js';
import { JsonScanError } from './jsonScan.js';
import { fittingEffort } from './modelNames.js';
import type { ResolvedName } from './modelOffer.js';
import type { HeaderMap } from './ports.js';
import { isOpenAiRoute, isTranslated, readRequest, type ReceivedRequest, type RequestFacts } from './readRequest.js';

/** What a request's words for model and effort stand for. */
export interface ModelNames {
	/** Undefined, without a promise, for the name of a model. */
	resolve(name: string): ResolvedName | undefined | Promise<ResolvedName | undefined>;
	fitEffort(model: string, effort: string): Promise<string>;
}

export interface ReadRequest {
	readonly request: ReceivedRequest;
	readonly facts: RequestFacts;
}

/** Every model takes these. */
const commonEfforts: ReadonlySet<string> = new Set(['low', 'medium', 'high']);

/**
 * Reads a request; one under a name of the pool's becomes one for the model behind it, and nothing else changes. Only
 * that takes a catalogue: nearly every request is read on the spot.
 */
export function readNamed(received: ReceivedRequest, names: ModelNames): ReadRequest | Promise<ReadRequest> {
	return isTranslated(received.route) ? readTranslated(received, names) : readResponses(received, names);
}

async function readTranslated(received: ReceivedRequest, names: ModelNames): Promise<ReadRequest> {
	const chat = received.route === '/v1/chat/completions' ? readChat(received.body) : undefined;
	const { body, dropped } = chat ?? readCompact(received.body);
	const { request, facts } = await readResponses({ ...received, body }, names);
	const answer = chat ? { chat: chat.traits } : { compact: userMessages(facts.body) };
	return { request, facts: { ...facts, ...answer, dropped: [...dropped, ...facts.dropped] } };
}

function readResponses(request: ReceivedRequest, names: ModelNames): ReadRequest | Promise<ReadRequest> {
	const facts = readRequest(request);
	const hasName = facts.model !== null && facts.wholePath === undefined;
	const target = hasName ? names.resolve(facts.model) : undefined;
	const read = { request, facts };
	return target === undefined && isFitting(read) ? read : readAgain(read, target, names);
}

async function readAgain(
	read: ReadRequest,
	named: ResolvedName | undefined | Promise<ResolvedName | undefined>,
	names: ModelNames,
): Promise<ReadRequest> {
	const target = await named;
	const { model } = read.facts;
	return fitEffort(target && model !== null ? await underName(read.request, model, target) : read, names);
}

async function underName(received: ReceivedRequest, alias: string, target: ResolvedName): Promise<ReadRequest> {
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
	const facts = readRequest(request);
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

async function fitEffort(read: ReadRequest, names: ModelNames): Promise<ReadRequest> {
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
