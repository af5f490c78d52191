import { randomUUID } from 'node:crypto';
import type { SimulatedAccount } from './accounts.js';
import { edgeCookie, refuseTurnState } from './authorization.js';
import { passTime, toSeconds } from './clock.js';
import { encryptFor, makeTurnState, turnStateOwner, unreadableContent } from './continuity.js';
import { streamEvents } from './eventStream.js';
import type { Exchange } from './exchange.js';
import { listAt, objectAt, textAt, type JsonObject } from './json.js';
import { planReply, type Reply } from './replyPlan.js';
import { invalid, refuseBody, type Refusal } from './requestRules.js';
import { replyEvents, usageObject, type TokenUsage } from './responseEvents.js';
import { RepeatedTurns } from './repeatedTurns.js';
import { usageEvent, usageHeaders, usageRefusal } from './usageReport.js';
import type { World } from './world.js';

/** `/codex/responses`: the model. */
export class Responses {
	readonly #world: World;
	readonly #repeatedTurns: RepeatedTurns;
	#lastId = 0;

	constructor(world: World) {
		this.#world = world;
		this.#repeatedTurns = new RepeatedTurns(world.log);
	}

	async answer(exchange: Exchange, account: SimulatedAccount): Promise<void> {
		const body = exchange.value;
		const model = textAt(body, 'model') ?? '';
		const refusal = this.#refuse(exchange, account);
		if (refusal) {
			exchange.sendJson(refusal.status, refusal.body, { ...this.#headers(account, model), ...refusal.headers });
			return;
		}
		this.#repeatedTurns.notice(exchange.record);

		const reply = planReply(body);
		const usage = this.#charge(exchange, account, reply);
		await passTime(this.#world.clock, this.#world.style.thinkMs);
		if (exchange.clientLeft) return;
		// Made with the head, so that both tell the same figures.
		const events = replyEvents(reply, {
			responseId: this.#nextId('resp'),
			model,
			createdAt: toSeconds(this.#world.clock.now()),
			usage,
			deltas: this.#world.style.deltas,
			reasoning: wantsReasoning(body) ? { withSummary: 'summary' in objectAt(body, 'reasoning') } : undefined,
			nextItemId: prefix => this.#nextId(prefix),
			encrypt: itemId => encryptFor(account, itemId),
			interleaved: [usageEvent(account, model), ...(this.#world.style.noise ? noiseEvents : [])],
		});
		exchange.head(200, {
			'content-type': 'text/event-stream',
			'cache-control': 'no-cache',
			'openai-model': model,
			'x-models-etag': this.#world.catalogue.etag(account.plan),
			'x-reasoning-included': 'true',
			'x-codex-turn-state': turnStateFor(exchange, account),
			...this.#headers(account, model),
		});
		await streamEvents(exchange, events, this.#world);
	}

	/** The older unary compaction, which API clients still use. */
	compact(exchange: Exchange, account: SimulatedAccount): void {
		const body = exchange.value;
		const model = textAt(body, 'model') ?? '';
		const refusal =
			refuseBody({ ...objectAt({ body }, 'body'), stream: true, store: false }, this.#world.catalogue, account.plan) ??
			this.#refuseUse(exchange, account, model);
		if (refusal) {
			exchange.sendJson(refusal.status, refusal.body, this.#headers(account, model));
			return;
		}
		const usage = this.#charge(exchange, account, { kind: 'compaction' });
		const id = this.#nextId('cmp');
		const kept = listAt(body, 'input').filter(item => textAt(item, 'role') === 'user');
		const reply = {
			id: this.#nextId('resp'),
			object: 'response.compaction',
			created_at: toSeconds(this.#world.clock.now()),
			output: [...kept, { id, type: 'compaction', encrypted_content: encryptFor(account, id) }],
			usage: usageObject(usage),
		};
		exchange.sendJson(200, reply, { 'openai-model': model, ...this.#headers(account, model) });
	}

	/** What is asked of the model's side tools: drawn as an image, or told back. */
	document(exchange: Exchange, account: SimulatedAccount): void {
		const limit = usageRefusal(account, '');
		if (limit) {
			exchange.sendJson(429, limit.body, { ...this.#headers(account, ''), ...limit.headers });
			return;
		}
		const prompt = textAt(exchange.value, 'prompt');
		const image = {
			created: toSeconds(this.#world.clock.now()),
			data: [{ b64_json: Buffer.from(`picture of ${prompt ?? ''}`).toString('base64') }],
			background: 'opaque',
			quality: 'high',
			size: '1024x1024',
			output_format: 'png',
			usage: { input_tokens: 8, output_tokens: 4_160, total_tokens: 4_168 },
		};
		exchange.sendJson(200, prompt === undefined ? { echo: exchange.value } : image, this.#headers(account, ''));
	}

	#refuse(exchange: Exchange, account: SimulatedAccount): RefusalWithHeaders | undefined {
		if (exchange.body.kind === 'undecodable') {
			return { status: 400, body: { detail: `Could not read the request body: ${exchange.body.reason}` } };
		}
		const body = exchange.value;
		return (
			refuseBody(body, this.#world.catalogue, account.plan) ??
			this.#refuseUse(exchange, account, textAt(body, 'model') ?? '')
		);
	}

	#refuseUse(exchange: Exchange, account: SimulatedAccount, model: string): RefusalWithHeaders | undefined {
		const turnState = refuseTurnState(this.#world, exchange, account);
		if (turnState) return turnState;
		const limit = usageRefusal(account, model);
		if (limit) return { status: 429, ...limit };
		const unreadable = this.#world.strict ? unreadableContent(account, listAt(exchange.value, 'input')) : undefined;
		if (unreadable === undefined) return undefined;
		const message = `The encrypted content could not be verified: ${unreadable}.`;
		return invalid(400, message, 'input', 'invalid_encrypted_content');
	}

	/** Counts what the request costs, and what of it the account had seen before. */
	#charge(exchange: Exchange, account: SimulatedAccount, reply: Reply): TokenUsage {
		const body = exchange.value;
		const input = Math.ceil(JSON.stringify(body).length / 4);
		const key = textAt(body, 'prompt_cache_key');
		const warm = key === undefined ? 0 : (account.promptCache.get(key) ?? 0);
		if (key !== undefined) account.promptCache.set(key, input);
		const reasoning = wantsReasoning(body) && reply.kind !== 'compaction' ? 16 : 0;
		const said = reply.kind === 'text' ? reply.text : reply.kind === 'tool' ? reply.arguments : '';
		const usage = {
			input,
			cached: Math.floor(Math.min(warm, input) / 128) * 128,
			output: Math.ceil(said.length / 4) + reasoning + 1,
			reasoning,
		};
		account.usage.charge(usage.input + usage.output, textAt(body, 'model') ?? '');
		return usage;
	}

	#headers(account: SimulatedAccount, model: string): Record<string, string> {
		return {
			...usageHeaders(account, model),
			'x-request-id': randomUUID(),
			'cf-ray': 'simulated-ray',
			'set-cookie': `${edgeCookie(account)}; path=/; HttpOnly; Secure`,
		};
	}

	#nextId(prefix: string): string {
		this.#lastId += 1;
		return `${prefix}_sim${String(this.#lastId).padStart(8, '0')}`;
	}
}

interface RefusalWithHeaders extends Refusal {
	readonly headers?: Readonly<Record<string, string>>;
}

const noiseEvents: readonly JsonObject[] = [
	{ type: 'response.metadata', headers: {}, metadata: {} },
	{ type: 'responsesapi.simulated_timing', timing: { note: 'größer ✓ 日本 🎉' } },
	{ type: 'keepalive' },
];

/** A turn keeps the state it was given with its first answer. */
function turnStateFor({ record }: Exchange, account: SimulatedAccount): string {
	const given = record.header('x-codex-turn-state');
	const isOwn = given !== undefined && turnStateOwner(given) === account.chatgptAccountId;
	return isOwn ? given : makeTurnState(account);
}

function wantsReasoning(body: unknown): boolean {
	return listAt(body, 'include').includes('reasoning.encrypted_content');
}
