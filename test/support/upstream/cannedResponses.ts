import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SimulatedAccount } from './accounts.js';
import { bearerOf } from './authorization.js';
import { makeTurnState } from './continuity.js';
import { replyEvents } from './responseEvents.js';
import { encodeEvent } from './sse.js';
import { usageEvent, usageHeaders } from './usageReport.js';
import type { World } from './world.js';

const modelMarker = Buffer.from('"model":');
const defaultModel = 'gpt-5.5';
const headLifetimeMs = 1000;

interface CannedHead {
	readonly headers: string[];
	readonly until: number;
}

/**
 * The same answer to every turn, from bytes made once: for benchmarks, where the simulator must cost next to nothing. It
 * knows accounts by their bearer, but does not read, check or count requests.
 */
export class CannedResponses {
	readonly #world: World;
	readonly #frames = new Map<string, readonly Buffer[]>();
	readonly #heads = new Map<string, CannedHead>();

	constructor(world: World) {
		this.#world = world;
	}

	answer(request: IncomingMessage, response: ServerResponse): void {
		const grant = this.#world.book.access(bearerOf(request.headers.authorization) ?? '');
		const accountId = request.headers['chatgpt-account-id'];
		let model = defaultModel;
		request.once('data', (chunk: Buffer) => (model = modelIn(chunk)));
		request.resume();
		request.once('end', () => {
			if (grant?.account.chatgptAccountId === accountId && grant) this.#answer(response, grant.account, model);
			else response.writeHead(401, { 'content-type': 'application/json' }).end('{"detail":"Unauthorized"}');
		});
	}

	#answer(response: ServerResponse, account: SimulatedAccount, model: string): void {
		const frames = this.#framesFor(account, model);
		const start = () => {
			response.writeHead(200, this.#headFor(account, model));
			this.#write(response, frames, 0);
		};
		const { thinkMs } = this.#world.style;
		if (thinkMs > 0) setTimeout(start, thinkMs);
		else start();
	}

	#write(response: ServerResponse, frames: readonly Buffer[], index: number): void {
		const { eventDelayMs } = this.#world.style;
		if (eventDelayMs === 0) {
			response.end(frames.length === 1 ? frames[0] : Buffer.concat(frames));
			return;
		}
		if (response.destroyed) return;
		response.write(frames[index]);
		if (index + 1 < frames.length) setTimeout(() => this.#write(response, frames, index + 1), eventDelayMs);
		else response.end();
	}

	#framesFor(account: SimulatedAccount, model: string): readonly Buffer[] {
		const { eventDelayMs, deltas } = this.#world.style;
		const key = `${model} ${deltas ?? 0} ${eventDelayMs}`;
		const made = this.#frames.get(key);
		if (made) return made;
		let lastId = 0;
		const text = 'The quick brown fox jumps over the lazy dog. '.repeat(Math.ceil((deltas ?? 9) / 9));
		const events = replyEvents(
			{ kind: 'text', text },
			{
				responseId: 'resp_canned',
				model,
				createdAt: 1_780_000_000,
				usage: { input: 1200, cached: 1024, output: 20, reasoning: 0 },
				deltas,
				reasoning: undefined,
				nextItemId: prefix => `${prefix}_canned${(lastId += 1)}`,
				encrypt: itemId => itemId,
				interleaved: [usageEvent(account, model)],
			},
		).map(event => encodeEvent(event));
		const frames = eventDelayMs === 0 ? [Buffer.concat(events)] : events;
		this.#frames.set(key, frames);
		return frames;
	}

	#headFor(account: SimulatedAccount, model: string): string[] {
		const key = `${account.chatgptAccountId} ${model}`;
		const now = Date.now();
		const cached = this.#heads.get(key);
		if (cached && cached.until > now) return cached.headers;
		const headers = Object.entries({
			'content-type': 'text/event-stream',
			'cache-control': 'no-cache',
			'openai-model': model,
			'x-models-etag': this.#world.catalogue.etag(account.plan),
			'x-reasoning-included': 'true',
			'x-codex-turn-state': makeTurnState(account),
			'x-request-id': randomUUID(),
			...usageHeaders(account, model),
		}).flat();
		this.#heads.set(key, { headers, until: now + headLifetimeMs });
		return headers;
	}
}

function modelIn(chunk: Buffer): string {
	const at = chunk.indexOf(modelMarker);
	if (at < 0) return defaultModel;
	const after = chunk.toString('latin1', at + modelMarker.length, at + 100);
	return /^\s*"([^"]+)"/.exec(after)?.[1] ?? defaultModel;
}
