import { jsonAnswer, type Answer } from '../reply/answers.js';
import { callKind, textOfItem } from './chatChunks.js';
import { chatHead, chatUsage, finishReason } from './chatFinish.js';
import type { ChatTraits } from './chatRequest.js';
import { TextUntilStop } from './chatStops.js';
import type { Fields } from './chatValue.js';
import type { ClientReply } from '../ports.js';
import { fieldOf, parseJson, textOf } from '../untrusted.js';
import { WholeAnswerStage } from '../reply/wholeAnswerStage.js';

/** Stands before a client that wants a whole chat completion: a response object comes in, the completion goes out. */
export class ChatObjectReply extends WholeAnswerStage {
	constructor(
		client: ClientReply,
		private readonly traits: ChatTraits,
	) {
		super(client);
	}

	protected override answer(body: Buffer): Answer {
		return jsonAnswer(200, chatCompletion(parseJson(body), this.traits));
	}
}

/** The same answer as a chat completion. */
export function chatCompletion(response: unknown, { stops }: ChatTraits): Fields {
	const output = fieldOf(response, 'output');
	const items: readonly unknown[] = Array.isArray(output) ? output : [];
	const text = new TextUntilStop(stops);
	const messages = items.filter(item => fieldOf(item, 'type') === 'message');
	const content = messages.map(item => text.push(textOfItem(item))).join('') + text.flush();
	const calls = text.hasStopped ? [] : items.flatMap(item => callOf(item) ?? []);
	const refusal = messages.flatMap(refusalsOf).join('');
	const usage = chatUsage(response);
	const message = {
		role: 'assistant',
		content: content === '' && (calls.length > 0 || refusal !== '') ? null : content,
		refusal: refusal === '' ? null : refusal,
		...(calls.length > 0 && { tool_calls: calls }),
	};
	const finish = text.hasStopped ? 'stop' : finishReason(response, calls.length > 0);
	const { id, created, model } = chatHead(response);
	return {
		id,
		object: 'chat.completion',
		created,
		model,
		choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
		...(usage && { usage }),
	};
}

function callOf(item: unknown): Fields | undefined {
	const kind = callKind(item);
	if (!kind) return undefined;
	const name = textOf(fieldOf(item, 'name')) ?? '';
	const id = textOf(fieldOf(item, 'call_id')) ?? '';
	return kind === 'function'
		? { id, type: kind, function: { name, arguments: textOf(fieldOf(item, 'arguments')) ?? '' } }
		: { id, type: kind, custom: { name, input: textOf(fieldOf(item, 'input')) ?? '' } };
}

function refusalsOf(item: unknown): string[] {
	const content = fieldOf(item, 'content');
	const parts: readonly unknown[] = Array.isArray(content) ? content : [];
	return parts.flatMap(part => textOf(fieldOf(part, 'refusal')) ?? []);
}
