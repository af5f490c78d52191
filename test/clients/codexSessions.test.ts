import assert from 'node:assert/strict';
import { bearerSetup, CodexClient } from '../support/codexClient.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { isTurn } from '../support/turns.js';

describe('a session of a Codex client', function () {
	this.timeout(40_000);

	let pool: PoolUnderTest;
	let codex: CodexClient;

	beforeEach(async () => {
		pool = await PoolUnderTest.start({ accounts: 3 });
		codex = await CodexClient.create(pool, bearerSetup(pool));
	});
	afterEach(async () => {
		await codex.dispose();
		await closeWithoutViolations(pool);
	});

	const turns = () => pool.upstream.requests.filter(isTurn);

	it('stays on its account although the others are emptier', async () => {
		const first = await codex.exec('please [[tool:echo one]]');
		turns()[0]?.account?.spend('5h', 50);
		const second = await codex.resume('and [[tool:echo two]]');

		assert.deepEqual([first.code, second.code], [0, 0], first.stderr + second.stderr);
		assert.match(second.stdout, /\ntwo\n$/);
		assert.equal(turns().length, 4);
		assert.equal(new Set(turns().map(({ account }) => account)).size, 1);
		assert.equal((await pool.control.listSessions()).length, 1);
	});

	it('stays on its account when the pool was restarted', async () => {
		await codex.exec('hello');
		await pool.restart();
		const { code, stdout, stderr } = await codex.resume('and again');

		assert.equal(code, 0, stderr);
		assert.equal(stdout, 'Echo: and again\n');
		assert.equal(turns().length, 2);
		assert.equal(new Set(turns().map(({ account }) => account)).size, 1);
	});

	it('moves for good when its account is spent between two turns', async () => {
		await codex.exec('hello');
		const [{ account: before } = {}] = turns();
		before?.spend('weekly', 100);

		const second = await codex.resume('and again');
		const third = await codex.resume('and once more');

		assert.deepEqual([second.code, third.code], [0, 0], second.stderr + third.stderr);
		assert.equal(third.stdout, 'Echo: and once more\n');
		const served = turns().filter(({ answer }) => answer.status === 200);
		assert.equal(served.length, 3);
		assert.notEqual(served[1]?.account, before);
		assert.equal(served[2]?.account, served[1]?.account);
	});

	it('takes an account of its own beside others that start at the same time', async () => {
		const others = [1, 2].map(() => CodexClient.create(pool, bearerSetup(pool)));
		const clients = [codex, ...(await Promise.all(others))];

		const ends = await Promise.all(clients.map(client => client.exec('hello')));
		await Promise.all(clients.slice(1).map(client => client.dispose()));

		assert.deepEqual(
			ends.map(({ code }) => code),
			[0, 0, 0],
		);
		assert.equal(turns().length, 3);
		assert.ok(new Set(turns().map(({ account }) => account)).size > 1);
	});
});
