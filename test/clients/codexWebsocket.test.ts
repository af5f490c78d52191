import assert from 'node:assert/strict';
import { bearerSetup, CodexClient, overWebSocket } from '../support/codexClient.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { inputTypes, isMessage, isPrewarm, isSocketFollowUp, isTurn, isUpgrade } from '../support/turns.js';
import { isJsonObject, objectAt, textAt } from '../support/upstream/json.js';
import type { RecordedRequest } from '../support/upstream/record.js';

describe('a Codex client over WebSocket', function () {
	this.timeout(40_000);

	let pool: PoolUnderTest;
	let codex: CodexClient;

	beforeEach(async () => {
		pool = await PoolUnderTest.start({ sockets: true });
		codex = await CodexClient.create(pool, overWebSocket(bearerSetup(pool)));
	});
	afterEach(async () => {
		await codex.dispose();
		await closeWithoutViolations(pool);
	});

	const messages = () => pool.upstream.requests.filter(isMessage);
	const upgrades = () => pool.upstream.requests.filter(isUpgrade);
	const posts = () => pool.upstream.requests.filter(isTurn);
	/** What was asked for, beyond the announcement at the beginning. */
	const turns = () => messages().filter(message => !isPrewarm(message));
	const statuses = () => turns().map(({ answer }) => answer.status);
	const servedBy = () => turns().map(({ account }) => account?.email);
	const recent = async () => (await pool.control.state()).recentRequests;

	it('is announced, answered and counted over WebSocket', async () => {
		const { code, stderr } = await codex.exec('hello');

		assert.equal(code, 0, stderr);
		assert.deepEqual(messages().map(isPrewarm), [true, false]);
		const rows = await recent();
		assert.deepEqual(
			rows.map(({ transport, outcome, model, client }) => [transport, outcome, model, client]),
			[
				['websocket', 'succeeded', 'gpt-5.5', 'codex_exec'],
				['websocket', 'succeeded', 'gpt-5.5', 'codex_exec'],
			],
		);
		assert.ok((rows[0]?.inputTokens ?? 0) > 1000);
	});

	it('shows the account the turn state that it was given', async () => {
		await codex.exec('please [[tool:echo pool-works]]');

		const told = turns().map(({ body }) =>
			textAt(isJsonObject(body) ? body['client_metadata'] : undefined, 'x-codex-turn-state'),
		);
		assert.equal(told[0], undefined);
		assert.match(told[1] ?? '', /^ts_/);
	});

	it('fetches the models once, not after every answer', async () => {
		await codex.exec('please [[tool:echo one]] [[tool:echo two]]');

		const lists = pool.upstream.requests.filter(({ path }) => path.endsWith('/models'));
		assert.equal(lists.length, pool.upstream.accounts.length);
		assert.equal(turns().length, 3);
	});

	it('names a model as the pool does', async () => {
		const { code, stderr } = await codex.exec('please [[tool:echo pool-works]]', ['-m', 'gpt-5.5-high']);

		assert.equal(code, 0, stderr);
		assert.doesNotMatch(stderr, /model metadata|rerouted|flagged/i);
		for (const { body } of messages()) {
			assert.deepEqual([textAt(body, 'model'), textAt(objectAt(body, 'reasoning'), 'effort')], ['gpt-5.5', 'high']);
		}
	});

	it('compacts its conversation on the socket', async () => {
		await codex.dispose();
		const { config, ...rest } = overWebSocket(bearerSetup(pool));
		codex = await CodexClient.create(pool, { ...rest, config: ['model_auto_compact_token_limit = 5000', ...config] });

		const { code, stdout, stderr } = await codex.exec('please [[tool:echo pool-works]]');

		assert.equal(code, 0, stderr);
		assert.match(stdout, /Echo: please/);
		assert.ok(turns().some(turn => inputTypes(turn).at(-1) === 'compaction_trigger'));
		assert.deepEqual([upgrades().length, posts().length], [1, 0]);
	});

	it('goes on elsewhere, without a word, when its account is spent in the middle of a turn', async () => {
		const spent = Promise.withResolvers<undefined>();
		pool.upstream.script({ kind: 'slow', wait: spent.promise }, { when: isSocketFollowUp });
		const running = codex.exec('please [[tool:echo pool-works]]');
		const { account } = await pool.upstream.waitForRequest(isSocketFollowUp);
		account?.spend('5h', 100);
		spent.resolve(undefined);

		const { code, stdout, stderr } = await running;

		assert.equal(code, 0, stderr);
		assert.match(stdout, /\npool-works\n$/);
		assert.doesNotMatch(stderr, /error|limit|reconnect/i);
		assert.notEqual(turns().at(-1)?.account, account);
		assert.equal(statuses().at(-1), 200);
		// Everything came again, but for the reasoning that only the first account can read.
		assert.deepEqual(inputTypes(turns().at(-1)!).slice(-2), ['function_call', 'function_call_output']);
		const [last, handedBack] = await recent();
		assert.deepEqual([last?.outcome, handedBack?.outcome], ['succeeded', 'cancelled']);
		assert.deepEqual(
			handedBack?.attempts.map(({ verdict }) => verdict),
			['quota'],
		);
	});

	it('is moved between two responses when the user takes its account away', async () => {
		const first = pool.upstream.waitForRequest(message => isMessage(message) && !isPrewarm(message));
		const taken = Promise.withResolvers<undefined>();
		pool.upstream.script({ kind: 'slow', wait: taken.promise }, { when: request => turns()[0] === request });
		const running = codex.exec('please [[tool:echo pool-works]]');
		const { account } = await first;
		assert.ok(account);
		await pool.control.changeAccount(await pool.accountId(account), { selected: false });
		taken.resolve(undefined);

		const { code, stdout, stderr } = await running;

		assert.equal(code, 0, stderr);
		assert.match(stdout, /\npool-works\n$/);
		assert.doesNotMatch(stderr, /error|limit|reconnect/i);
		assert.equal(turns()[0]?.account, account);
		assert.notEqual(turns().at(-1)?.account, account);
		assert.equal(upgrades().length, 2);
	});

	it('does not notice that the first account is spent', async () => {
		pool.upstream.script(
			{ kind: 'reply', status: 429, body: { error: { type: 'usage_limit_reached', resets_in_seconds: 3600 } } },
			{ when: isMessage },
		);

		const { code, stdout, stderr } = await codex.exec('hello');

		assert.equal(code, 0, stderr);
		assert.equal(stdout.trim(), 'Echo: hello');
		assert.doesNotMatch(stderr, /error|limit|reconnect/i);
		assert.deepEqual(
			messages().map(({ answer }) => answer.status),
			[429, 200, 200],
		);
		assert.notEqual(messages()[0]?.account, messages()[1]?.account);
	});

	it('does not notice that the access token has expired', async () => {
		for (const account of pool.upstream.accounts) account.expireAccess();

		const { code, stdout, stderr } = await codex.exec('hello');

		assert.equal(code, 0, stderr);
		assert.equal(stdout.trim(), 'Echo: hello');
		assert.doesNotMatch(stderr, /error|unauthorized|reconnect/i);
	});

	it('does not notice that the provider refuses the first connection', async () => {
		pool.upstream.script({ kind: 'reply', status: 503, body: '<html>busy</html>' }, { when: isUpgrade });

		const { code, stdout, stderr } = await codex.exec('hello');

		assert.equal(code, 0, stderr);
		assert.equal(stdout.trim(), 'Echo: hello');
		assert.doesNotMatch(stderr, /error|reconnect/i);
		assert.equal(new Set(upgrades().map(({ account }) => account)).size, 2);
	});

	for (const status of [426, 404]) {
		it(`is answered over HTTP when the provider refuses WebSocket with ${status}`, async () => {
			pool.upstream.script({ kind: 'reply', status, body: '' }, { when: isUpgrade, times: 100 });

			const { code, stdout, stderr, ms } = await codex.exec('please [[tool:echo pool-works]]');

			assert.equal(code, 0, stderr);
			assert.match(stdout, /\npool-works\n$/);
			assert.doesNotMatch(stderr, /error|reconnect/i);
			assert.ok(ms < 6_000, `It took ${ms} ms`);
			assert.ok(posts().length >= 2);
			assert.deepEqual(messages(), []);
		});
	}

	it('says everything again, unseen, when the connection breaks in the middle of an answer', async () => {
		pool.upstream.script({ kind: 'cut', after: 'output', how: 'reset' }, { when: isWholeTurn });

		const { code, stdout, stderr } = await codex.exec('hello');

		assert.equal(code, 0, stderr);
		assert.equal(stdout.trim(), 'Echo: hello');
		assert.doesNotMatch(stderr, /error/i);
		assert.equal(upgrades().length, 2);
		pool.upstream.clearRecord();
	});

	it('does not notice that the provider closes the connection after each response', async () => {
		pool.upstream.sockets.style.closeAfterTurn = 1000;

		const { code, stdout, stderr } = await codex.exec('please [[tool:echo pool-works]]');

		assert.equal(code, 0, stderr);
		assert.match(stdout, /\npool-works\n$/);
		assert.doesNotMatch(stderr, /error|reconnect/i);
	});

	it('does not notice that a connection has reached its limit', async () => {
		pool.upstream.sockets.style.turnLimit = 2;

		const { code, stdout, stderr } = await codex.exec('please [[tool:echo pool-works]]');

		assert.equal(code, 0, stderr);
		assert.match(stdout, /\npool-works\n$/);
		assert.doesNotMatch(stderr, /error|reconnect/i);
		assert.equal(upgrades().length, 2);
	});

	it('is told at once when every account is spent', async () => {
		for (const account of pool.upstream.accounts) account.spend('5h', 100);

		const { code, stderr, ms } = await codex.exec('hello');

		assert.notEqual(code, 0);
		assert.match(stderr, /You.ve hit your usage limit\. Try again at/);
		assert.ok(ms < 5_000, `It took ${ms} ms`);
		assert.deepEqual(new Set(servedBy()).size <= 2, true);
	});

	it('keeps its thread on its account from one program to the next', async () => {
		await codex.exec('hello');
		await codex.resume('and again');

		assert.equal(new Set(servedBy()).size, 1);
		assert.deepEqual(posts(), []);
	});
});

function isWholeTurn(request: RecordedRequest): boolean {
	return isMessage(request) && !isPrewarm(request);
}
