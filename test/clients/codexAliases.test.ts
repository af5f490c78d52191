import assert from 'node:assert/strict';
import { bearerSetup, CodexClient, signedInSetup, type CodexSetup } from '../support/codexClient.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { isTurn } from '../support/turns.js';
import { objectAt, textAt } from '../support/upstream/json.js';

describe('a Codex client that names a model as the pool does', function () {
	this.timeout(40_000);

	let pool: PoolUnderTest;

	beforeEach(async () => {
		pool = await PoolUnderTest.start();
	});
	afterEach(() => closeWithoutViolations(pool));

	const exec = async (setup: CodexSetup, ...options: string[]): Promise<string> => {
		const codex = await CodexClient.create(pool, setup);
		try {
			const { code, stdout, stderr } = await codex.exec('please [[tool:echo works]]', options);
			assert.equal(code, 0, stderr);
			assert.match(stdout, /works/);
			return stderr;
		} finally {
			await codex.dispose();
		}
	};
	const sent = () =>
		pool.upstream.requests
			.filter(isTurn)
			.map(({ body }) => [
				textAt(body, 'model'),
				textAt(objectAt(body, 'reasoning'), 'effort'),
				textAt(body, 'service_tier'),
			]);

	const setups: readonly (readonly [name: string, make: (pool: PoolUnderTest) => CodexSetup])[] = [
		['the key as its bearer token', bearerSetup],
		['its own ChatGPT login and compressed bodies', pool => signedInSetup(pool, pool.upstream.addAccount())],
	];
	for (const [name, make] of setups) {
		it(`thinks as much as the name says, with ${name}`, async () => {
			const stderr = await exec(make(pool), '-m', 'gpt-5.5-high');

			assert.deepEqual(sent(), [
				['gpt-5.5', 'high', undefined],
				['gpt-5.5', 'high', undefined],
			]);
			assert.doesNotMatch(stderr, /model metadata|rerouted|flagged/i);
		});
	}

	it('is served fast under a name for that', async () => {
		await exec(bearerSetup(pool), '-m', 'gpt-5.5-fast');

		assert.deepEqual(
			sent().map(([model, , tier]) => [model, tier]),
			[
				['gpt-5.5', 'priority'],
				['gpt-5.5', 'priority'],
			],
		);
	});

	it('may use a name of the user, and say otherwise itself', async () => {
		await pool.control.setAlias({ name: 'deep', model: 'gpt-6-luna', effort: 'xhigh' });

		await exec(bearerSetup(pool), '-m', 'deep');
		await exec(bearerSetup(pool), '-m', 'deep', '-c', 'model_reasoning_effort="low"');

		assert.deepEqual(
			sent().map(([model, effort]) => `${model} ${effort}`),
			['gpt-6-luna xhigh', 'gpt-6-luna xhigh', 'gpt-6-luna low', 'gpt-6-luna low'],
		);
	});
});
