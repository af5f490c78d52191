import type { HeaderMap } from '../../src/core/ports.js';
import { isJsonObject, listAt, textAt, type JsonObject } from '../support/upstream/json.js';
import { userMessage } from '../support/upstream/turn.js';
import type { SessionPlan, TurnPlan } from './history.js';
import type { AccountLedger } from './ledger.js';

/** How many finished turns a client sends along: enough for reasoning and tools of earlier accounts. */
const rememberedTurns = 2;

/** One client session: what has been said, and what it sends next. */
export class LabSession {
	readonly key: string;
	/** When the user last moved or forgot it. */
	decidedAt = -Infinity;
	#turns: (readonly unknown[])[] = [];
	#compacted: { readonly items: readonly unknown[]; readonly by: AccountLedger } | undefined;
	/** Of the turn under way. */
	#open: unknown[] = [];
	#turnState: string | undefined;
	#lastResponse: { readonly id: string; readonly by: AccountLedger } | undefined;

	constructor(
		readonly plan: SessionPlan,
		index: number,
	) {
		this.key = `thread-${index}`;
	}

	get boundTo(): AccountLedger | undefined {
		return this.#compacted?.by;
	}

	get lastResponse(): { readonly id: string; readonly by: AccountLedger } | undefined {
		return this.#lastResponse;
	}

	get isCodex(): boolean {
		return this.plan.client === 'codex';
	}

	get headers(): HeaderMap {
		if (!this.isCodex) return { 'user-agent': 'OpenAI/JS 6.49.0', 'content-type': 'application/json' };
		return {
			originator: 'codex_exec',
			'user-agent': 'codex_exec/0.169.0',
			accept: 'text/event-stream',
			'content-type': 'application/json',
			'thread-id': this.key,
			...(this.#turnState !== undefined && { 'x-codex-turn-state': this.#turnState }),
		};
	}

	begin(kind: TurnPlan['kind'], question: string): void {
		this.#turnState = undefined;
		this.#open = kind === 'compact' ? [{ type: 'compaction_trigger' }] : [userMessage(question)];
	}

	body(requestId: string, continuesFrom: string | undefined): Buffer {
		const { model, client, isNamed, reasons } = this.plan;
		const body: JsonObject = {
			model,
			stream: client !== 'sdk_whole',
			...(this.isCodex ? { store: false } : { temperature: 0.5 }),
			client_metadata: { turn_id: requestId },
			...(continuesFrom !== undefined && { previous_response_id: continuesFrom }),
			input: [...(this.#compacted?.items ?? []), ...this.#turns.flat(), ...this.#open],
			...(reasons && { include: ['reasoning.encrypted_content'] }),
			...((this.isCodex || isNamed) && { prompt_cache_key: this.key }),
		};
		return Buffer.from(JSON.stringify(body));
	}

	/** Takes in a finished response. Gives the tool call that it asks for, if it does. */
	hear(response: JsonObject, headers: HeaderMap, by: AccountLedger): boolean {
		const output = listAt(response, 'output');
		this.#turnState ??= headers['x-codex-turn-state'];
		this.#lastResponse = { id: textAt(response, 'id') ?? '', by };
		if (output.some(item => textAt(item, 'type') === 'compaction')) {
			this.#compacted = { items: output, by };
			this.#turns = [];
			return false;
		}
		const call = output.find(item => isJsonObject(item) && item['type'] === 'function_call');
		this.#open.push(...output);
		if (call === undefined) {
			this.#turns = [...this.#turns, this.#open].slice(-rememberedTurns);
			return false;
		}
		this.#open.push({ type: 'function_call_output', call_id: textAt(call, 'call_id'), output: 'done' });
		return true;
	}

	/** What a user does when the pool says that only one account can read this conversation. */
	startAnew(): void {
		this.#compacted = undefined;
		this.#turns = [];
	}
}
