import type { JsonObject } from './json.js';
import type { Reply } from './replyPlan.js';

export interface TokenUsage {
	readonly input: number;
	readonly cached: number;
	readonly output: number;
	readonly reasoning: number;
}

export interface ReplyFacts {
	readonly responseId: string;
	readonly model: string;
	/** Unix seconds. */
	readonly createdAt: number;
	readonly usage: TokenUsage;
	/** How many pieces the text comes in; word by word when undefined. */
	readonly deltas: number | undefined;
	/** Present when the caller asked for encrypted reasoning. */
	readonly reasoning: { readonly withSummary: boolean } | undefined;
	readonly nextItemId: (prefix: string) => string;
	readonly encrypt: (itemId: string) => string;
	/** Mixed in after the lead events, without a sequence number, as the provider does. */
	readonly interleaved: readonly JsonObject[];
}

const leadTypes: ReadonlySet<unknown> = new Set([
	'response.created',
	'response.in_progress',
	'response.queued',
	'codex.rate_limits',
	'response.metadata',
	'responsesapi.simulated_timing',
	'keepalive',
]);

/** Whether an event shows the user nothing: until another comes, a request may still be moved elsewhere. */
export function isLead(event: JsonObject): boolean {
	return leadTypes.has(event['type']);
}

/** Every event of one response, from `response.created` to `response.completed`. */
export function replyEvents(reply: Reply, facts: ReplyFacts): JsonObject[] {
	const response = {
		id: facts.responseId,
		object: 'response',
		created_at: facts.createdAt,
		model: facts.model,
		store: false,
	};
	const started = { ...response, status: 'in_progress', output: [] };
	const items = outputItems(reply, facts);
	const completed = {
		...response,
		status: 'completed',
		output: items.map(({ item }) => item),
		usage: usageObject(facts.usage),
	};
	const numbered: JsonObject[] = [
		{ type: 'response.created', response: started },
		{ type: 'response.in_progress', response: started },
		...items.flatMap(({ events }) => events),
		{ type: 'response.completed', response: completed },
	].map(({ type, ...rest }, index) => ({ type, sequence_number: index, ...rest }));
	return [...numbered.slice(0, 2), ...facts.interleaved, ...numbered.slice(2)];
}

interface OutputItem {
	readonly item: JsonObject;
	readonly events: readonly TypedEvent[];
}

interface TypedEvent extends JsonObject {
	readonly type: string;
}

function outputItems(reply: Reply, facts: ReplyFacts): OutputItem[] {
	switch (reply.kind) {
		case 'text':
			return [...reasoningItems(facts, 0), messageItem(reply.text, facts, facts.reasoning ? 1 : 0)];
		case 'tool':
			return [...reasoningItems(facts, 0), callItem(reply, facts, facts.reasoning ? 1 : 0)];
		case 'compaction':
			return [compactionItem(facts)];
		default:
			return reply satisfies never;
	}
}

function reasoningItems(facts: ReplyFacts, outputIndex: number): OutputItem[] {
	if (!facts.reasoning) return [];
	const id = facts.nextItemId('rs');
	const text = '**Thinking it over**';
	const summary = facts.reasoning.withSummary ? [{ type: 'summary_text', text }] : [];
	const item = { id, type: 'reasoning', summary, encrypted_content: facts.encrypt(id) };
	const at = { item_id: id, output_index: outputIndex, summary_index: 0 };
	const told: TypedEvent[] = [
		{ type: 'response.reasoning_summary_part.added', ...at, part: { type: 'summary_text', text: '' } },
		{ type: 'response.reasoning_summary_text.delta', ...at, delta: text },
		{ type: 'response.reasoning_summary_text.done', ...at, text },
		{ type: 'response.reasoning_summary_part.done', ...at, part: { type: 'summary_text', text } },
	];
	return [
		{
			item,
			events: [
				{ type: 'response.output_item.added', output_index: outputIndex, item: { ...item, summary: [] } },
				...(facts.reasoning.withSummary ? told : []),
				{ type: 'response.output_item.done', output_index: outputIndex, item },
			],
		},
	];
}

function messageItem(text: string, facts: ReplyFacts, outputIndex: number): OutputItem {
	const id = facts.nextItemId('msg');
	const part = { type: 'output_text', annotations: [], logprobs: [], text };
	const item = { id, type: 'message', status: 'completed', role: 'assistant', content: [part] };
	const at = { item_id: id, output_index: outputIndex, content_index: 0 };
	const opened = { ...item, status: 'in_progress', content: [] };
	return {
		item,
		events: [
			{ type: 'response.output_item.added', output_index: outputIndex, item: opened },
			{ type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
			...splitText(text, facts.deltas).map(delta => ({ type: 'response.output_text.delta', ...at, delta })),
			{ type: 'response.output_text.done', ...at, text },
			{ type: 'response.content_part.done', ...at, part },
			{ type: 'response.output_item.done', output_index: outputIndex, item },
		],
	};
}

function callItem(call: Reply & { kind: 'tool' }, facts: ReplyFacts, outputIndex: number): OutputItem {
	const id = facts.nextItemId('fc');
	const item = {
		id,
		type: 'function_call',
		status: 'completed',
		name: call.name,
		arguments: call.arguments,
		call_id: facts.nextItemId('call'),
	};
	const at = { item_id: id, output_index: outputIndex };
	const opened = { ...item, status: 'in_progress', arguments: '' };
	return {
		item,
		events: [
			{ type: 'response.output_item.added', output_index: outputIndex, item: opened },
			{ type: 'response.function_call_arguments.delta', ...at, delta: call.arguments },
			{ type: 'response.function_call_arguments.done', ...at, arguments: call.arguments },
			{ type: 'response.output_item.done', output_index: outputIndex, item },
		],
	};
}

function compactionItem(facts: ReplyFacts): OutputItem {
	const id = facts.nextItemId('cmp');
	const item = { id, type: 'compaction', encrypted_content: facts.encrypt(id) };
	return { item, events: [{ type: 'response.output_item.done', output_index: 0, item }] };
}

function splitText(text: string, pieces: number | undefined): string[] {
	if (pieces === undefined) return text.match(/\S+\s*|\s+/g) ?? [];
	const characters = Array.from(text);
	const padded = [...characters, ...Array.from({ length: Math.max(0, pieces - characters.length) }, () => '')];
	return Array.from({ length: pieces }, (_, index) => {
		const [from, to] = [index, index + 1].map(edge => Math.floor((edge * padded.length) / pieces));
		return padded.slice(from, to).join('');
	});
}

export function usageObject(usage: TokenUsage): JsonObject {
	return {
		input_tokens: usage.input,
		input_tokens_details: { cached_tokens: usage.cached },
		output_tokens: usage.output,
		output_tokens_details: { reasoning_tokens: usage.reasoning },
		total_tokens: usage.input + usage.output,
	};
}
