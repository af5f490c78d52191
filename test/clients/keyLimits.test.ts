import assert from 'node:assert/strict';
import OpenAI from 'openai';
import type { CreateKey } from '../../src/shared/keyApi.js';
import { bearerSetup, CodexClient, overWebSocket } from '../support/codexClient.js';
import { codexTurn } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest, type PoolUnderTestOptions } from '../support/poolUnderTest.js';

describe('a client whose pool key has limits', function () {
	this.timeout(40_000);

	let pool: PoolUnderTest;
	let codex: CodexClient | undefined;

	const start = async (options: PoolUnderTestOptions = {}): Promise<void> => {
		pool = await PoolUnderTest.start(options);
	};
	afterEach(async () => {
		await codex?.dispose();
		codex = undefined;
		await closeWithoutViolations(pool);
	});

	/** A new key with these limits. */
	const keyWith = async (limits: Omit<CreateKey, 'name'>) => {
		const { key } = await pool.control.createKey('CI', limits);
		return { owner: pool.owner, key };
	};
	const spentKey = async () => {
		const limited = await keyWith({ budget: { tokens: 1, per: 'day' } });
		assert.equal((await codexTurn(limited)).status, 200);
		return limited;
	};
	const refusals = async (code: string) =>
		(await pool.control.state()).recentRequests.filter(({ error }) => error === code).length;

	for (const transport of ['HTTP', 'WebSockets'] as const) {
		describe(`as Codex over ${transport}`, () => {
			/** Over a WebSocket the turn has a herald. */
			const asked = transport === 'HTTP' ? 1 : 2;
			const exec = async (key: Pick<PoolUnderTest, 'owner' | 'key'>, options: readonly string[] = []) => {
				const setup = bearerSetup(key);
				codex = await CodexClient.create(pool, transport === 'HTTP' ? setup : overWebSocket(setup));
				return codex.exec('hello', options);
			};
			beforeEach(() => start({ sockets: transport === 'WebSockets' }));

			it('is told which budget is used up and when it is back, and does not try again', async () => {
				const { code, stderr, ms } = await exec(await spentKey());

				assert.notEqual(code, 0);
				assert.match(
					stderr,
					/You.ve hit your usage limit\. The pool key "CI" has used its budget of 1 tokens a day: .* or try again at .*\d\d?:\d\d/,
				);
				assert.doesNotMatch(stderr, /reconnect/i);
				assert.ok(ms < 6_000, `It took ${ms} ms`);
				assert.equal(await refusals('key_budget_reached'), asked);
			});

			it('is told which models the key may use, and does not try again', async () => {
				const { code, stderr } = await exec(await keyWith({ models: ['gpt-6-sol'] }));

				assert.notEqual(code, 0);
				assert.match(stderr, /The pool key \\?"CI\\?" may not use \\?"gpt-5\.5\\?"\. It may use: gpt-6-sol\./);
				assert.doesNotMatch(stderr, /reconnect/i);
				assert.equal(await refusals('model_not_allowed'), asked);
			});

			it('works with a model of its scope', async () => {
				const { code, stdout, stderr } = await exec(await keyWith({ models: ['gpt-6-sol'] }), ['-m', 'gpt-6-sol']);

				assert.equal(code, 0, stderr);
				assert.equal(stdout.trim(), 'Echo: hello');
			});
		});
	}

	describe('as the OpenAI SDK', () => {
		beforeEach(() => start());

		const ask = (key: { readonly key: string }, stream = false) =>
			new OpenAI({ baseURL: pool.owner.openaiBaseUrl, apiKey: key.key }).responses
				.create({ model: 'gpt-5.5', input: 'hello', stream })
				.then(
					() => assert.fail('It was answered'),
					(error: unknown) => error,
				);

		for (const stream of [false, true]) {
			it(`is told when the budget is back, and does not try again${stream ? ', with a stream' : ''}`, async () => {
				const error = await ask(await spentKey(), stream);

				assert.ok(error instanceof OpenAI.RateLimitError);
				assert.equal(error.code, 'key_budget_reached');
				assert.match(
					error.message,
					/The pool key "CI" has used its budget of 1 tokens a day\. It can be used again from \w+, \w+ \d+, 00:00 local time\./,
				);
				assert.equal(await refusals('key_budget_reached'), 1);
			});
		}

		it('is told which models the key may use, and does not try again', async () => {
			const error = await ask(await keyWith({ models: ['gpt-6-sol'] }));

			assert.ok(error instanceof OpenAI.BadRequestError);
			assert.equal(error.code, 'model_not_allowed');
			assert.match(error.message, /The pool key "CI" may not use "gpt-5\.5"\. It may use: gpt-6-sol\./);
			assert.equal(await refusals('model_not_allowed'), 1);
		});
	});
});
