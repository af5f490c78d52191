import type { HeaderMap } from '../ports.js';
import type { AccountAccess } from '../upstreamPort.js';

/** Which headers pass, in each direction (protocol §17). What is not named here stays behind. */

/** Where a client that needs its bearer for something else puts the pool key. */
export const poolKeyHeader = 'x-codex-pool-key';

/** Spoken between us and the client only, in either direction. */
const ownPrefix = 'x-codex-pool-';

const requestHeaders: ReadonlySet<string> = new Set([
	'accept',
	'content-type',
	'content-encoding',
	'session-id',
	'session_id',
	'thread-id',
	'conversation_id',
	'openai-beta',
]);

/** A Codex client's own identity passes unchanged; nobody else is given one. */
const codexHeaders: ReadonlySet<string> = new Set([
	'originator',
	'user-agent',
	'version',
	'x-client-request-id',
	'x-oai-attestation',
	'x-openai-internal-codex-residency',
	'x-openai-internal-codex-responses-lite',
	'x-openai-memgen-request',
	'x-openai-subagent',
]);

const responseHeaders: ReadonlySet<string> = new Set([
	'content-type',
	'cf-ray',
	'openai-model',
	'openai-processing-ms',
	'openai-version',
	'retry-after',
	'retry-after-ms',
	'x-error-json',
	'x-models-etag',
	'x-oai-request-id',
	'x-openai-authorization-error',
	'x-openai-request-id',
	'x-reasoning-included',
	'x-request-id',
]);

const quotaHeaders: ReadonlySet<string> = new Set([
	'x-codex-active-limit',
	'x-codex-credits-balance',
	'x-codex-credits-has-credits',
	'x-codex-credits-unlimited',
	'x-codex-plan-type',
	'x-codex-primary-reset-after-seconds',
	'x-codex-primary-reset-at',
	'x-codex-primary-used-percent',
	'x-codex-primary-window-minutes',
	'x-codex-promo-message',
	'x-codex-rate-limit-reached-type',
	'x-codex-secondary-reset-after-seconds',
	'x-codex-secondary-reset-at',
	'x-codex-secondary-used-percent',
	'x-codex-secondary-window-minutes',
]);

/** Of whatever limit, general or of a model. */
const quotaFamily = /^x-.*-(?:(?:primary|secondary)-(?:used-percent|window-minutes|reset-|over-)|limit-name$)/;

export function isCodexClient(headers: HeaderMap): boolean {
	return /^codex/i.test(headers['originator'] ?? '') || /^codex/i.test(headers['user-agent'] ?? '');
}

export interface OutboundOptions {
	readonly access: AccountAccess;
	readonly isCodex: boolean;
	/** The client's turn state may go only to the account that issued it. */
	readonly passTurnState: boolean;
	/** The body goes out decoded, so the client's encoding no longer holds. */
	readonly decoded: boolean;
	/** What the backend is to answer with, where the client does not speak for itself as Codex does. */
	readonly accept: 'text/event-stream' | 'application/json';
	/** `codex-account-pool/<version>`: who we say we are for clients that are not Codex. */
	readonly userAgent: string;
}

/** Flat name, value list for the upstream. */
export function outboundHeaders(inbound: HeaderMap, options: OutboundOptions): string[] {
	const { access, isCodex } = options;
	const out = ['authorization', `Bearer ${access.accessToken}`, 'chatgpt-account-id', access.chatgptAccountId];
	for (const name in inbound) {
		const value = inbound[name];
		if (value === undefined) continue;
		if (name === 'content-encoding' && options.decoded) continue;
		if (name === 'x-codex-turn-state' && !options.passTurnState) continue;
		const passes = requestHeaders.has(name) || isProtocolHeader(name) || (isCodex && codexHeaders.has(name));
		if (passes) out.push(name, value);
	}
	if (inbound['content-type'] === undefined) out.push('content-type', 'application/json');
	if (inbound['accept'] === undefined || !isCodex) setHeader(out, 'accept', options.accept);
	if (!isCodex) out.push('user-agent', options.userAgent, 'originator', 'codex_account_pool');
	return out;
}

/** `quota` is what clients are told of it, in the place of what an account was told. */
export function inboundHeaders(upstream: HeaderMap, quota: HeaderMap): Record<string, string> {
	const out: Record<string, string> = {};
	for (const name in upstream) {
		const value = upstream[name];
		const passes = responseHeaders.has(name) || (isProtocolHeader(name) && !isQuotaHeader(name));
		if (value !== undefined && passes) out[name] = value;
	}
	return Object.assign(out, quota);
}

/** Parameters by name, as far as a header can hold them: any text may be one in JSON, and there may be thousands. */
export function parameterList(names: readonly string[]): string {
	return names
		.filter(name => /^[\w.-]{1,64}$/.test(name))
		.slice(0, 50)
		.join(', ');
}

/** Whether a header of a reply speaks of its account's quota (protocol §10.1). */
export function isQuotaHeader(name: string): boolean {
	return quotaHeaders.has(name) || quotaFamily.test(name);
}

function isProtocolHeader(name: string): boolean {
	return name.startsWith('x-codex-') && !name.startsWith(ownPrefix);
}

function setHeader(headers: string[], name: string, value: string): void {
	const at = headers.indexOf(name);
	if (at === -1) headers.push(name, value);
	else headers[at + 1] = value;
}
