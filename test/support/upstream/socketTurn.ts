import { randomUUID } from 'node:crypto';
import type { SimulatedAccount } from './accounts.js';
import { toSeconds } from './clock.js';
import { encryptFor } from './continuity.js';
import { listAt, objectAt, textAt, type JsonObject } from './json.js';
import type { Reply } from './replyPlan.js';
import { replyEvents, usageObject, type TokenUsage } from './responseEvents.js';
import { usageEvent } from './usageReport.js';
import type { World } from './world.js';

export interface MessageTurn {
	/** With the whole conversation as its input. */
	readonly body: JsonObject;
	/** Undefined for a prewarm, which is only acknowledged. */
	readonly reply: Reply | undefined;
	readonly turnState: string;
}

const nothing: TokenUsage = { input: 0, cached: 0, output: 0, reasoning: 0 };

/** The events of one response. What headers say over HTTP is in a metadata event. */
export function messageEvents(world: World, account: SimulatedAccount, turn: MessageTurn): JsonObject[] {
	const { body, reply, turnState } = turn;
	const model = textAt(body, 'model') ?? '';
	const responseId = nextId('resp');
	const createdAt = toSeconds(world.clock.now());
	if (!reply) {
		const response = { id: responseId, object: 'response', created_at: createdAt, model, output: [] };
		return [
			{ type: 'response.created', response: { ...response, status: 'in_progress' } },
			{ type: 'response.completed', response: { ...response, status: 'completed', usage: usageObject(nothing) } },
		];
	}
	const metadata = {
		type: 'response.metadata',
		headers: {
			'x-codex-turn-state': turnState,
			'openai-model': model,
			'x-models-etag': world.catalogue.etag(account.plan),
		},
	};
	return replyEvents(reply, {
		responseId,
		model,
		createdAt,
		usage: usageOf(account, body, reply),
		deltas: world.style.deltas,
		reasoning: listAt(body, 'include').includes('reasoning.encrypted_content')
			? { withSummary: 'summary' in objectAt(body, 'reasoning') }
			: undefined,
		nextItemId: nextId,
		encrypt: itemId => encryptFor(account, itemId),
		interleaved: [usageEvent(account, model), metadata],
	});
}

/** Counts what a response costs. */
export function chargeFor(account: SimulatedAccount, body: JsonObject, reply: Reply): void {
	const usage = usageOf(account, body, reply);
	const key = textAt(body, 'prompt_cache_key');
	if (key !== undefined) account.promptCache.set(key, usage.input);
	account.usage.charge(usage.input + usage.output, textAt(body, 'model') ?? '');
}

function usageOf(account: SimulatedAccount, body: JsonObject, reply: Reply): TokenUsage {
	const input = Math.ceil(JSON.stringify(body).length / 4);
	const warm = account.promptCache.get(textAt(body, 'prompt_cache_key') ?? '') ?? 0;
	const said = reply.kind === 'text' ? reply.text : reply.kind === 'tool' ? reply.arguments : '';
	return {
		input,
		cached: Math.floor(Math.min(warm, input) / 128) * 128,
		output: Math.ceil(said.length / 4) + 1,
		reasoning: 0,
	};
}

function nextId(prefix: string): string {
	return `${prefix}_sim${randomUUID().replaceAll('-', '')}`;
}
