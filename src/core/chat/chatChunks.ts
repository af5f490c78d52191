import { chatHead, chatUsage, finishReason } from './chatFinish.js';
import type { ChatTraits } from './chatRequest.js';
import { TextUntilStop } from './chatStops.js';
import type { Fields } from './chatValue.js';
import { errorOf } from '../attempt/providerError.js';
import { fieldOf, textOf } from '../untrusted.js';

interface ToolCall {
	readonly index: number;
	readonly kind: 'function' | 'custom';
	/** What of its arguments has been told. */
	told: string;
}

/**
 * The events of a response, told as the chunks of a chat completion: the role first, then texts and tool calls as they
 * come, the reason of the end, the token counts if wanted. Reasoning has no place in them.
 */
export class ChatChunks {
	#head: ReturnType<typeof chatHead> = chatHead(undefined);
	#hasRole = false;
	#isOver = false;
	readonly #calls = new Map<string, ToolCall>();
	/** Text per item, for answers that tell an item only as a whole. */
	readonly #told = new Map<string, string>();
	readonly #text: TextUntilStop;

	constructor(private readonly traits: ChatTraits) {
		this.#text = new TextUntilStop(traits.stops);
	}

	/** Whether the end has been told, good or bad. */
	get isOver(): boolean {
		return this.#isOver;
	}

	/** The data of the chunks that an event makes; `[DONE]` at the end. */
	take(event: unknown): string[] {
		if (this.#isOver) return [];
		const response = fieldOf(event, 'response');
		const item = fieldOf(event, 'item');
		const delta = textOf(fieldOf(event, 'delta')) ?? '';
		switch (fieldOf(event, 'type')) {
			case 'response.created':
				this.#head = chatHead(response);
				return [];
			case 'response.output_text.delta':
				return this.#tellText(itemIdOf(event), delta);
			case 'response.refusal.delta':
				return this.#chunk({ refusal: delta });
			case 'response.output_item.added':
				return this.#openCall(item);
			case 'response.function_call_arguments.delta':
			case 'response.custom_tool_call_input.delta':
				return this.#tellCall(itemIdOf(event), delta);
			case 'response.output_item.done':
				return this.#closeItem(item);
			case 'response.completed':
			case 'response.incomplete':
				return this.#finish(response);
			case 'response.failed':
			case 'error':
				return this.fail(event);
			default:
				return [];
		}
	}

	/** A failure in the form that SDKs throw. */
	fail(event: unknown): string[] {
		this.#isOver = true;
		const { message, code, type } = errorOf(event);
		const error = { message: message || 'The response failed.', type: type ?? 'server_error', code: code ?? null };
		return [JSON.stringify({ error })];
	}

	#tellText(itemId: string, delta: string): string[] {
		this.#told.set(itemId, (this.#told.get(itemId) ?? '') + delta);
		const content = this.#text.push(delta);
		return content === '' ? [] : this.#chunk({ content });
	}

	#openCall(item: unknown): string[] {
		const kind = callKind(item);
		const id = textOf(fieldOf(item, 'id')) ?? '';
		if (!kind || this.#calls.has(id) || this.#text.hasStopped) return [];
		const call: ToolCall = { index: this.#calls.size, kind, told: '' };
		this.#calls.set(id, call);
		const name = textOf(fieldOf(item, 'name')) ?? '';
		const opened = kind === 'function' ? { function: { name, arguments: '' } } : { custom: { name, input: '' } };
		const callId = textOf(fieldOf(item, 'call_id')) ?? id;
		return [
			...this.#rest(),
			...this.#chunk({ tool_calls: [{ index: call.index, id: callId, type: kind, ...opened }] }),
		];
	}

	#tellCall(itemId: string, delta: string): string[] {
		const call = this.#calls.get(itemId);
		if (!call || delta === '') return [];
		call.told += delta;
		const told = call.kind === 'function' ? { function: { arguments: delta } } : { custom: { input: delta } };
		return this.#chunk({ tool_calls: [{ index: call.index, ...told }] });
	}

	/** What of an item has not been told piece by piece. */
	#closeItem(item: unknown): string[] {
		const id = textOf(fieldOf(item, 'id')) ?? '';
		const kind = callKind(item);
		if (kind) {
			const opened = this.#openCall(item);
			const whole = textOf(fieldOf(item, kind === 'function' ? 'arguments' : 'input')) ?? '';
			return [...opened, ...this.#tellCall(id, untold(whole, this.#calls.get(id)?.told ?? ''))];
		}
		const text = fieldOf(item, 'type') === 'message' ? textOfItem(item) : '';
		const rest = untold(text, this.#told.get(id) ?? '');
		return rest === '' ? [] : this.#tellText(id, rest);
	}

	#finish(response: unknown): string[] {
		this.#isOver = true;
		const reason = this.#text.hasStopped ? 'stop' : finishReason(response, this.#calls.size > 0);
		const usage = this.traits.includeUsage ? chatUsage(response) : undefined;
		return [
			...this.#rest(),
			...this.#chunk({}, reason),
			...(usage ? [JSON.stringify({ ...this.#frame([]), usage })] : []),
			'[DONE]',
		];
	}

	/** Text that was held back because a stop text might have begun in it. */
	#rest(): string[] {
		const content = this.#text.flush();
		return content === '' ? [] : this.#chunk({ content });
	}

	#chunk(delta: Fields, finish: string | null = null): string[] {
		const chunk = (told: Fields, reason: string | null): string => {
			const choice = { index: 0, delta: told, logprobs: null, finish_reason: reason };
			return JSON.stringify({ ...this.#frame([choice]), ...(this.traits.includeUsage && { usage: null }) });
		};
		const first = this.#hasRole ? [] : [chunk({ role: 'assistant', content: 'tool_calls' in delta ? null : '' }, null)];
		this.#hasRole = true;
		return [...first, chunk(delta, finish)];
	}

	#frame(choices: readonly Fields[]): Fields {
		const { id, created, model } = this.#head;
		return { id, object: 'chat.completion.chunk', created, model, choices };
	}
}

function itemIdOf(event: unknown): string {
	return textOf(fieldOf(event, 'item_id')) ?? '';
}

export function callKind(item: unknown): 'function' | 'custom' | undefined {
	const type = fieldOf(item, 'type');
	return type === 'function_call' ? 'function' : type === 'custom_tool_call' ? 'custom' : undefined;
}

export function textOfItem(item: unknown): string {
	const content = fieldOf(item, 'content');
	const parts: readonly unknown[] = Array.isArray(content) ? content : [];
	return parts
		.map(part => (fieldOf(part, 'type') === 'output_text' ? (textOf(fieldOf(part, 'text')) ?? '') : ''))
		.join('');
}

function untold(whole: string, told: string): string {
	return whole.startsWith(told) ? whole.slice(told.length) : '';
}
