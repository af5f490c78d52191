import type { Fields } from './chatValue.js';
import { fieldOf, textOf } from '../untrusted.js';

/** What a chat completion says at its end, streamed or whole. */

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

/** `incomplete` answers say why; a whole one stopped by itself or calls tools. */
export function finishReason(response: unknown, callsTools: boolean): FinishReason {
	if (fieldOf(response, 'status') === 'incomplete') {
		const reason = textOf(fieldOf(fieldOf(response, 'incomplete_details'), 'reason'));
		return reason === 'content_filter' ? 'content_filter' : 'length';
	}
	return callsTools ? 'tool_calls' : 'stop';
}

/** Token counts under their older names; undefined when the backend told none. */
export function chatUsage(response: unknown): Fields | undefined {
	const usage = fieldOf(response, 'usage');
	if (usage === undefined) return undefined;
	const prompt = count(usage, 'input_tokens');
	const completion = count(usage, 'output_tokens');
	return {
		prompt_tokens: prompt,
		completion_tokens: completion,
		total_tokens: prompt + completion,
		prompt_tokens_details: { cached_tokens: count(fieldOf(usage, 'input_tokens_details'), 'cached_tokens') },
		completion_tokens_details: { reasoning_tokens: count(fieldOf(usage, 'output_tokens_details'), 'reasoning_tokens') },
	};
}

/** What every chunk and the whole completion begin with. */
export function chatHead(response: unknown): { id: string; created: number; model: string } {
	return {
		id: `chatcmpl-${(textOf(fieldOf(response, 'id')) ?? 'pool').replace(/^resp_/, '')}`,
		created: count(response, 'created_at'),
		model: textOf(fieldOf(response, 'model')) ?? '',
	};
}

function count(value: unknown, field: string): number {
	const figure = fieldOf(value, field);
	return typeof figure === 'number' && Number.isFinite(figure) ? figure : 0;
}
