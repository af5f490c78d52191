import type { ChatTraits } from '../chat/chatRequest.js';
import { isCodexClient } from './headerPolicy.js';
import { imageModel } from './imageRequest.js';
import { normalizeBody, type NormalizedBody } from './normalizeBody.js';
import type { HeaderMap } from '../ports.js';
import { sessionIdOf } from '../routing/sessionTable.js';
import { wholePath, type WholeRoute } from './wholeRoutes.js';

export type ResponsesRoute = '/backend-api/codex/responses' | '/v1/responses' | TranslatedRoute | WholeRoute;

/** Whatever comes in here goes upstream as another request. */
export type TranslatedRoute = '/v1/chat/completions' | '/v1/responses/compact' | '/backend-api/codex/responses/compact';

export function isTranslated(route: ResponsesRoute): route is TranslatedRoute {
	return route === '/v1/chat/completions' || route.endsWith('/responses/compact');
}

/** Its callers know OpenAI's public API only. */
export function isOpenAiRoute(route: ResponsesRoute): boolean {
	return route.startsWith('/v1/');
}

/** A request whose key has been accepted and whose body is complete. */
export interface ReceivedRequest {
	readonly id: string;
	readonly route: ResponsesRoute;
	readonly keyId: string;
	readonly headers: HeaderMap;
	/** As received; still encoded when `encoding` is set. */
	readonly body: Buffer;
	/** `zstd` when the body was left compressed for an upstream that takes it so. */
	readonly encoding: 'zstd' | null;
	/** Decodes such a body, for the rare replay that must change it, and for what is only known from it. */
	readonly decode?: () => Promise<Buffer>;
	/** The body was compressed and has been decoded, so `content-encoding` must not travel on. */
	readonly decoded: boolean;
	readonly receivedAt: number;
	readonly transport?: 'websocket';
}

/** Only what routing needs. Multi-megabyte bodies of Codex clients are neither parsed nor copied. */
export interface RequestFacts {
	readonly isCodex: boolean;
	readonly client: string | null;
	readonly model: string | null;
	readonly effort: string | null;
	readonly tier: string | null;
	readonly sessionId: string | undefined;
	/** What its session will be called, should it go on, when the request names none and is the first of one. */
	readonly openingId?: string;
	readonly turnState: string | undefined;
	/** False for SDK callers that want one JSON reply. */
	readonly stream: boolean;
	/** Parameters that were left out because the backend refuses them. */
	readonly dropped: readonly string[];
	/** What goes upstream. */
	readonly body: Buffer;
	/** Where it goes below the backend's address, when it asks for no response but for one document. */
	readonly wholePath?: string;
	/** Set when the answer is to be a compacted history: what of it stays as it was. */
	readonly compact?: readonly Buffer[];
	/** Set when the answer is to be a chat completion. */
	readonly chat?: ChatTraits;
	/** The name in the request, when it was one of the pool's own and `model` is what it stands for. */
	readonly alias?: string;
	/** The effort is another than the request's, which the model does not take. */
	readonly effortIsFitted?: boolean;
}

const headBytes = 2048;
const tailBytes = 4096;

export function readRequest(request: ReceivedRequest): RequestFacts {
	const { headers } = request;
	// No Codex client asks for chat completions, whatever it calls itself.
	const isCodex = request.route !== '/v1/chat/completions' && isCodexClient(headers);
	const common = {
		isCodex,
		client: clientName(headers['user-agent']),
		turnState: headers['x-codex-turn-state'],
	};
	const path = wholePath(request.route);
	if (path !== undefined) {
		return {
			...common,
			model: isOpenAiRoute(request.route) ? imageModel(request.body) : headModel(request),
			effort: null,
			tier: null,
			sessionId: sessionFrom(headers),
			stream: false,
			dropped: [],
			body: request.body,
			wholePath: path,
		};
	}
	const isOwnWay = isCodex || !isOpenAiRoute(request.route);
	// The Codex route is byte for byte whoever calls it; the SDK route is left alone for Codex clients.
	if (isOwnWay && !isTranslated(request.route)) {
		const turn = headers['x-codex-turn-metadata'] ?? '';
		const plain = request.encoding === null;
		return {
			...common,
			model: headModel(request) ?? quotedField(turn, 'model') ?? routingHint(headers),
			effort: quotedField(turn, 'reasoning_effort'),
			tier: plain ? quotedField(tailOf(request.body), 'service_tier') : null,
			sessionId: sessionFrom(headers, plain ? () => quotedField(tailOf(request.body), 'prompt_cache_key') : undefined),
			stream: true,
			dropped: [],
			body: request.body,
		};
	}
	const normalized = normalizeBody(request.body);
	return {
		...common,
		model: normalized.model,
		effort: normalized.effort,
		tier: normalized.tier,
		...sdkSession(request, normalized),
		stream: normalized.stream,
		dropped: normalized.dropped,
		body: normalized.body,
	};
}

/** The tier in a body that was left compressed. Only its price depends on it, so it is read when the answer has gone. */
export async function tierWithin({ decode }: ReceivedRequest): Promise<string | null> {
	return decode ? quotedField(tailOf(await decode()), 'service_tier') : null;
}

/** Affinity keys in the order of protocol §7: a thread, then its session, then the prompt cache. */
function sessionFrom(headers: HeaderMap, promptCacheKey?: () => string | null): string | undefined {
	const named = [headers['thread-id'], headers['session-id'], headers['session_id'], headers['conversation_id']];
	const key = named.find(value => value !== undefined && value !== '') ?? promptCacheKey?.() ?? '';
	return key === '' ? undefined : sessionIdOf(key);
}

/**
 * A conversation without a name is known by how it begins, from its second turn on: first turns that are alike may be
 * many, and most of them are the last ones too.
 */
function sdkSession(
	{ headers, keyId }: ReceivedRequest,
	{ promptCacheKey, opening }: NormalizedBody,
): Pick<RequestFacts, 'sessionId' | 'openingId'> {
	const sessionId = sessionFrom(headers, () => promptCacheKey);
	if (sessionId !== undefined || !opening) return { sessionId };
	const openingId = sessionIdOf(`${keyId} ${opening.text}`);
	return opening.isContinued ? { sessionId: openingId } : { sessionId, openingId };
}

/** `model` is the first field of every Codex body; a quoted field name cannot occur inside a JSON string. */
function headModel(request: ReceivedRequest): string | null {
	if (request.encoding !== null) return null;
	return quotedField(request.body.toString('utf8', 0, Math.min(request.body.length, headBytes)), 'model', 'start');
}

function tailOf(body: Buffer): string {
	return body.toString('utf8', Math.max(0, body.length - tailBytes));
}

function routingHint(headers: HeaderMap): string | null {
	return /^model=([\w.:-]+)$/.exec(headers['x-codex-routing-hint'] ?? '')?.[1] ?? null;
}

function quotedField(text: string, name: string, from: 'start' | 'end' = 'end'): string | null {
	const at = from === 'start' ? text.indexOf(`"${name}"`) : text.lastIndexOf(`"${name}"`);
	if (at === -1) return null;
	return /^"\w+"\s*:\s*"([^"\\]{1,128})"/.exec(text.slice(at, at + 256))?.[1] ?? null;
}

/** The product name of a user agent, for example `codex_exec` or `OpenAI`. */
export function clientName(userAgent: string | undefined): string | null {
	return /^[\w.-]{1,40}/.exec(userAgent ?? '')?.[0] ?? null;
}
