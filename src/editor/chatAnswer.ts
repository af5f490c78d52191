import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { ModelRefusal } from '../client/modelRefusal.js';

export type AnswerPart =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'call'; readonly callId: string; readonly name: string; readonly input: object };

const failureSchema = z.object({ code: z.string().nullish(), message: z.string().nullish() });

const doneItemSchema = z.discriminatedUnion('type', [
	z.object({
		type: z.literal('message'),
		id: z.string().optional(),
		content: z.array(z.object({ text: z.string().optional(), refusal: z.string().optional() })),
	}),
	z.object({ type: z.literal('function_call'), call_id: z.string(), name: z.string(), arguments: z.string() }),
]);

/** The events that a chat has use for. Among the others are the model's thoughts, for which the editor has no part. */
const eventSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('response.output_text.delta'), item_id: z.string(), delta: z.string() }),
	z.object({ type: z.literal('response.refusal.delta'), item_id: z.string(), delta: z.string() }),
	z.object({ type: z.literal('response.output_item.done'), item: doneItemSchema }),
	z.object({ type: z.literal('response.completed') }),
	z.object({
		type: z.literal('response.incomplete'),
		response: z.object({ incomplete_details: z.object({ reason: z.string() }).nullish() }),
	}),
	z.object({ type: z.literal('response.failed'), response: z.object({ error: failureSchema.nullish() }) }),
	failureSchema.extend({ type: z.literal('error'), error: failureSchema.nullish() }),
]);

/** The parts of an answer, as soon as each is there. Rejects with a ModelRefusal when the answer has no proper end. */
export async function* answerParts(events: AsyncIterable<unknown>): AsyncGenerator<AnswerPart, void, undefined> {
	const streamed = new Set<string>();
	let isComplete = false;
	for await (const raw of events) {
		const event = eventSchema.safeParse(raw).data;
		switch (event?.type) {
			case undefined:
				break;
			case 'response.output_text.delta':
			case 'response.refusal.delta':
				streamed.add(event.item_id);
				yield { kind: 'text', text: event.delta };
				break;
			case 'response.output_item.done':
				yield* doneParts(event.item, streamed);
				break;
			case 'response.completed':
				// The stream goes on to its own end: who leaves before counts as one who did not want the answer.
				isComplete = true;
				break;
			case 'response.incomplete':
				throw cutShort(event.response.incomplete_details?.reason ?? '');
			case 'response.failed':
				throw refusalOf(event.response.error);
			case 'error':
				throw refusalOf(event.error ?? event);
			default:
				return event satisfies never;
		}
	}
	if (!isComplete) throw refusalOf({ message: l10n.t('The answer ended before it was complete. Try again.') });
}

function* doneParts(item: z.infer<typeof doneItemSchema>, streamed: ReadonlySet<string>): Generator<AnswerPart> {
	if (item.type === 'function_call') {
		yield { kind: 'call', callId: item.call_id, name: item.name, input: readArguments(item.name, item.arguments) };
		return;
	}
	// The backend may send a text whole.
	if (item.id !== undefined && streamed.has(item.id)) return;
	for (const { text, refusal } of item.content) yield { kind: 'text', text: text ?? refusal ?? '' };
}

function readArguments(name: string, text: string): object {
	try {
		const input: unknown = JSON.parse(text === '' ? '{}' : text);
		if (typeof input === 'object' && input !== null) return input;
	} catch {
		// Said below.
	}
	throw refusalOf({ message: l10n.t('The model has called the tool {0} with arguments that nobody can read.', name) });
}

function cutShort(reason: string): ModelRefusal {
	const message =
		reason === 'content_filter'
			? l10n.t('The provider has cut the answer off because of its content.')
			: l10n.t('The answer was cut off before its end: {0}.', reason);
	return new ModelRefusal(reason, message);
}

function refusalOf(failure: z.infer<typeof failureSchema> | null | undefined): ModelRefusal {
	return new ModelRefusal(
		failure?.code ?? null,
		failure?.message || l10n.t('The provider has failed to answer. Try again.'),
	);
}
