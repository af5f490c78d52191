import assert from 'node:assert/strict';
import { ModelRefusal } from '../../src/client/modelRefusal.js';
import { answerParts, type AnswerPart } from '../../src/editor/chatAnswer.js';
import { chatFailure } from '../../src/editor/chatFailure.js';
import { PoolError } from '../../src/shared/poolError.js';

const completed = { type: 'response.completed', response: {} };
const message = { type: 'message', id: 'm1', content: [{ type: 'output_text', text: 'Hello' }] };

describe('the answer of a chat', () => {
	it('has text piece by piece, and says none of it twice', async () => {
		const parts = await read(
			{ type: 'response.created' },
			{ type: 'response.output_text.delta', item_id: 'm1', delta: 'Hel' },
			{ type: 'response.reasoning_summary_text.delta', item_id: 'r1', delta: 'thinking' },
			{ type: 'response.output_text.delta', item_id: 'm1', delta: 'lo' },
			{ type: 'response.output_item.done', item: message },
			completed,
		);

		assert.deepEqual(parts, [
			{ kind: 'text', text: 'Hel' },
			{ kind: 'text', text: 'lo' },
		]);
	});

	it('has text that comes whole, and what the model declines with', async () => {
		const declined = { ...message, id: 'm2', content: [{ type: 'refusal', refusal: 'No.' }] };

		const parts = await read(
			{ type: 'response.output_item.done', item: message },
			{ type: 'response.output_item.done', item: declined },
			completed,
		);

		assert.deepEqual(parts, [
			{ kind: 'text', text: 'Hello' },
			{ kind: 'text', text: 'No.' },
		]);
	});

	it('has every call of a tool, with its arguments read', async () => {
		const parts = await read(call('c1', '{"a":1}'), call('c2', ''), completed);

		assert.deepEqual(parts, [
			{ kind: 'call', callId: 'c1', name: 'shell', input: { a: 1 } },
			{ kind: 'call', callId: 'c2', name: 'shell', input: {} },
		]);
	});

	it('is read to its end, so that the pool does not take its reader for one who left', async () => {
		let isRead = false;
		async function* events() {
			yield completed;
			await Promise.resolve();
			isRead = true;
		}

		for await (const part of answerParts(events())) assert.fail(part.kind);

		assert.equal(isRead, true);
	});

	const failures: readonly (readonly [name: string, event: object, code: string | null, words: RegExp])[] = [
		['broken off', { type: 'response.in_progress' }, null, /ended before it was complete/],
		['failed', failed({ code: 'server_error', message: 'Sorry.' }), 'server_error', /^Sorry\.$/],
		['failed without a word', failed(null), null, /has failed to answer/],
		['an error', { type: 'error', code: 'rate_limit_exceeded', message: 'Slow.' }, 'rate_limit_exceeded', /^Slow\.$/],
		['an error in an error', { type: 'error', error: { code: 'x', message: 'Inner.' } }, 'x', /^Inner\.$/],
		['too long', incomplete('max_output_tokens'), 'max_output_tokens', /cut off before its end: max_output_tokens/],
		['filtered', incomplete('content_filter'), 'content_filter', /because of its content/],
		['a call nobody can read', call('c1', '{"a":'), null, /the tool shell with arguments that nobody can read/],
		['a call with no object', call('c1', '7'), null, /the tool shell with arguments that nobody can read/],
	];
	for (const [name, event, code, words] of failures) {
		it(`is a refusal when it is ${name}`, async () => {
			await assert.rejects(read(event), (error: unknown) => {
				assert.ok(error instanceof ModelRefusal);
				assert.equal(error.code, code);
				assert.match(error.message, words);
				return true;
			});
		});
	}
});

describe('the failure of a chat', () => {
	const now = new Date(2026, 10, 21, 9).getTime();
	const back = new Date(2026, 10, 21, 16, 40).getTime();

	const kinds: readonly (readonly [code: string | null, kind: string])[] = [
		['model_not_found', 'not_found'],
		['model_missing', 'not_found'],
		['pool_key_rejected', 'no_permissions'],
		['model_not_allowed', 'no_permissions'],
		['pool_disabled', 'blocked'],
		['content_filter', 'blocked'],
		['context_length_exceeded', 'other'],
		['constructor', 'other'],
		[null, 'other'],
	];
	for (const [code, kind] of kinds) {
		it(`is ${kind} for ${String(code)}`, () => {
			assert.deepEqual(chatFailure(new ModelRefusal(code, 'Said so.'), now), { kind, message: 'Said so.' });
		});
	}

	it('says when a spent pool is back', () => {
		const { kind, message: words } = chatFailure(new ModelRefusal('usage_limit_reached', 'All spent.', back), now);

		assert.deepEqual([kind, words], ['blocked', 'All spent. The first is back at 16:40.']);
	});

	it('leaves it to a spent budget to say when it is full again', () => {
		const { message: words } = chatFailure(new ModelRefusal('key_budget_reached', 'Again from Monday.', back), now);

		assert.equal(words, 'Again from Monday.');
	});

	it('is what the pool says of itself, and nothing of what nobody expected', () => {
		assert.equal(chatFailure(new PoolError('runtime_not_running', 'No pool.'), now).message, 'No pool.');
		assert.match(chatFailure(new TypeError('x is undefined'), now).message, /unexpected/);
	});
});

async function read(...events: readonly object[]): Promise<AnswerPart[]> {
	async function* given() {
		await Promise.resolve();
		yield* [...events, undefined];
	}
	const parts: AnswerPart[] = [];
	for await (const part of answerParts(given())) parts.push(part);
	return parts;
}

function call(call_id: string, text: string) {
	const item = { type: 'function_call', id: 'f1', call_id, name: 'shell', arguments: text };
	return { type: 'response.output_item.done', item };
}

function failed(error: object | null) {
	return { type: 'response.failed', response: { error } };
}

function incomplete(reason: string) {
	return { type: 'response.incomplete', response: { incomplete_details: { reason } } };
}
