import assert from 'node:assert/strict';
import { HttpOnlyAccounts } from '../../src/core/routing/httpOnlyAccounts.js';
import type { HeaderMap } from '../../src/core/ports.js';
import type { ResponsesRoute } from '../../src/core/request/readRequest.js';
import { SocketGreeting } from '../../src/core/socket/socketGreeting.js';
import { SocketConversation, type ConversationContext } from '../../src/core/socket/socketConversation.js';
import type { ExplainedRequest } from '../../src/shared/requestApi.js';
import { CorePool } from './corePool.js';
import { settle } from './fakeClock.js';
import { ScriptedSocket, type ScriptedUpgrade } from './scriptedSocket.js';

export const socketHeaders: HeaderMap = {
	originator: 'codex_exec',
	'user-agent': 'codex_exec/0.169.0',
	'openai-beta': 'responses_websockets=2026-02-06',
	'x-codex-beta-features': 'remote_compaction_v2',
	authorization: 'Bearer cpk_secret',
	'x-codex-pool-key': 'cpk_secret',
	'sec-websocket-key': 'key',
};

/** Core with a client's WebSocket on one side and scripted sockets on the other. */
export class CoreConversation {
	readonly client = new ScriptedSocket('client');
	readonly conversation: SocketConversation;
	isOver = false;

	private constructor(
		readonly pool: CorePool,
		readonly context: ConversationContext,
		headers: HeaderMap,
		route: ResponsesRoute = '/backend-api/codex/responses',
	) {
		const client = { route, keyId: 'key_1', headers };
		this.conversation = new SocketConversation(context, client, this.client, () => (this.isOver = true));
	}

	static async of(...ids: string[]): Promise<CoreConversation> {
		const pool = await CorePool.of(...ids);
		let requests = 0;
		const context: ConversationContext = {
			...pool.context,
			modelsEtag: () => '"ours"',
			httpOnly: new HttpOnlyAccounts(pool.clock),
			greeting: new SocketGreeting(() => '"ours"', pool.store),
			newMask: () => Buffer.from([9, 8, 7, 6]),
			newRequestId: () => `req_${++requests}`,
			running: work => work(),
		};
		return new CoreConversation(pool, context, socketHeaders);
	}

	/** Another client of the same pool. */
	another(headers = socketHeaders, route?: ResponsesRoute): CoreConversation {
		return new CoreConversation(this.pool, this.context, headers, route);
	}

	get upgrades(): readonly ScriptedUpgrade[] {
		return this.pool.upstream.upgrades;
	}

	/** The newest upgrade. */
	get last(): ScriptedUpgrade {
		const upgrade = this.upgrades.at(-1);
		if (!upgrade) throw new Error('Nobody has opened a WebSocket');
		return upgrade;
	}

	get rows(): readonly ExplainedRequest[] {
		return this.pool.store.requests;
	}

	/** Sends a message and waits for the upgrade that it brings about. */
	async begin(fields: object = {}): Promise<ScriptedUpgrade> {
		const known = this.upgrades.length;
		this.client.send(message(fields));
		await this.untilUpgrade(known + 1);
		return this.last;
	}

	/** The same, with the upgrade accepted and the message arrived. */
	async open(fields: object = {}): Promise<ScriptedSocket> {
		const upgrade = await this.begin(fields);
		return this.accept(upgrade);
	}

	async accept(upgrade: ScriptedUpgrade, headers: HeaderMap = {}): Promise<ScriptedSocket> {
		const { socket } = upgrade;
		upgrade.open(headers);
		await socket.until(() => socket.messages.length > 0);
		return socket;
	}

	/** One whole turn on a new socket. */
	async turn(fields: object = {}): Promise<ScriptedSocket> {
		const socket = await this.open(fields);
		socket.events(...answer);
		await this.untilSettled(1);
		return socket;
	}

	async untilUpgrade(count: number): Promise<ScriptedUpgrade> {
		while (this.upgrades.length < count) await settle();
		return this.last;
	}

	async untilSettled(count: number): Promise<ExplainedRequest> {
		while (this.rows.length < count) await settle();
		await settle();
		const row = this.rows.at(-1);
		assert.ok(row);
		return row;
	}
}

export function message(fields: object = {}): object {
	return {
		type: 'response.create',
		model: 'gpt-5.5',
		stream: true,
		store: false,
		input: [{ type: 'message', role: 'user', content: [] }],
		prompt_cache_key: 'thread-1',
		client_metadata: { thread_id: 'thread-1' },
		...fields,
	};
}

export const created = { type: 'response.created', response: { id: 'resp_1' } };
export const delta = { type: 'response.output_text.delta', delta: 'größer 🎉' };
export const completed = {
	type: 'response.completed',
	response: { id: 'resp_1', usage: { input_tokens: 100, output_tokens: 7 } },
};
export const answer = [created, delta, completed] as const;

export function errorEvent(status: number, error: object, headers: object = {}): object {
	return { type: 'error', status, error, headers };
}

export const usageLimit = errorEvent(429, {
	type: 'usage_limit_reached',
	message: 'The usage limit has been reached',
	resets_in_seconds: 3600,
});
