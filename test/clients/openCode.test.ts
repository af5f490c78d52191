import assert from 'node:assert/strict';
import { openCodeConfig } from '../../src/configuration/openCodeConfig.js';
import { OpenCodeClient } from '../support/openCodeClient.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { isTurn, spendInTheMiddle } from '../support/turns.js';
import { listAt } from '../support/upstream/json.js';
import type { RecordedRequest } from '../support/upstream/record.js';

describe('OpenCode on the pool', function () {
	this.timeout(90_000);

	let pool: PoolUnderTest;
	let openCode: OpenCodeClient;

	beforeEach(async () => {
		pool = await PoolUnderTest.start();
		openCode = await OpenCodeClient.create(pool);
	});
	afterEach(async () => {
		await openCode.dispose();
		await closeWithoutViolations(pool);
	});

	/** The turn itself: a title is asked for beside it, without tools. */
	const isMain = (request: RecordedRequest) => isTurn(request) && listAt(request.body, 'tools').length > 0;
	const turns = () => pool.upstream.requests.filter(isMain);

	it('is answered, runs a command and stays on its account', async () => {
		const first = await openCode.run('say größer 🎉');
		turns()[0]?.account?.spend('5h', 50);
		const second = await openCode.resume('please [[tool:echo pool-works]]');

		assert.deepEqual([first.code, second.code], [0, 0], first.stderr + second.stderr);
		assert.match(first.stdout, /Echo: .*größer 🎉/);
		assert.match(second.stdout, /tool: pool-works/);
		assert.equal(turns().length, 3);
		assert.equal(new Set(turns().map(({ account }) => account)).size, 1);
		// It says who it is to the pool; to the provider the pool says who the pool is.
		assert.equal(turns()[0]?.header('originator'), 'codex_account_pool');
		const clients = (await pool.control.state()).recentRequests.map(({ client }) => client);
		assert.deepEqual(new Set(clients), new Set(['opencode']));
	});

	it('finishes its turn on another account when its own is spent in the middle of it', async () => {
		const spending = spendInTheMiddle(pool.upstream);

		const { code, stdout, stderr } = await openCode.run('please [[tool:echo pool-works]]');
		const account = await spending;

		assert.equal(code, 0, stderr);
		assert.match(stdout, /tool: pool-works/);
		assert.equal(turns()[0]?.account, account);
		assert.equal(turns().at(-1)?.answer.status, 200);
		assert.notEqual(turns().at(-1)?.account, account);
	});

	it('works with its own configuration file after the pool was written into it', async () => {
		const own = [
			'\uFEFF{',
			'\t// mine',
			'\t"model": "openai/gpt-5.5", "small_model": "openai/gpt-5.5",',
			'\t"provider": {',
			'\t\t"openai": {',
			'\t\t\t"models": { "gpt-5.5": { "name": "GPT-5.5", "reasoning": true, }, }, // the one I use',
			'\t\t\t"options": { "apiKey": "{env:OPENAI_API_KEY}" },',
			'\t\t},',
			'\t},',
			'}',
		].join('\r\n');
		const { text } = openCodeConfig.plan(own, { port: pool.owner.port, key: pool.key });
		await openCode.dispose();
		openCode = await OpenCodeClient.withConfig(text);

		const { code, stdout, stderr } = await openCode.run('say hello');

		assert.equal(code, 0, stderr);
		assert.match(stdout, /Echo: .*say hello/);
		assert.equal(turns().length, 1);
	});
});
