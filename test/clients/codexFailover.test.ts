import assert from 'node:assert/strict';
import { bearerSetup, CodexClient, signedInSetup, type CodexSetup } from '../support/codexClient.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { inputTypes, isTurn, spendInTheMiddle } from '../support/turns.js';
import { failedStream, type Fault } from '../support/upstream/faults.js';

describe('a Codex client whose account fails', function () {
	this.timeout(40_000);

	let pool: PoolUnderTest;
	let codex: CodexClient;

	beforeEach(async () => {
		pool = await PoolUnderTest.start();
		codex = await CodexClient.create(pool, bearerSetup(pool));
	});
	afterEach(async () => {
		await codex.dispose();
		await closeWithoutViolations(pool);
	});

	const turns = () => pool.upstream.requests.filter(isTurn);
	const statuses = () => turns().map(({ answer }) => answer.status);
	const servedBy = () => turns().map(({ account }) => account?.email);
	const useSetup = async (setup: CodexSetup) => {
		await codex.dispose();
		codex = await CodexClient.create(pool, setup);
	};

	it('finishes its turn on another account when its own is spent in the middle of it', async () => {
		const spending = spendInTheMiddle(pool.upstream);

		const { code, stdout, stderr } = await codex.exec('please [[tool:echo pool-works]]');
		await spending;

		assert.equal(code, 0, stderr);
		assert.match(stdout, /tool: .*\npool-works\n$/s);
		assert.doesNotMatch(stderr, /error|limit|reconnect/i);
		const [first, spent, unreadable, last] = turns();
		assert.deepEqual(statuses(), [200, 429, 400, 200]);
		assert.equal(spent?.account, first?.account);
		assert.equal(unreadable?.account, last?.account);
		assert.notEqual(last?.account, first?.account);
		// The other account gets everything but the reasoning that only the first can read.
		assert.ok(unreadable && last);
		assert.deepEqual(
			inputTypes(last),
			inputTypes(unreadable).filter(type => type !== 'reasoning'),
		);
		const [request] = (await pool.control.state()).recentRequests;
		assert.deepEqual(
			request?.attempts.map(({ verdict }) => verdict),
			['quota', 'foreign_content', 'succeeded'],
		);
	});

	it('finishes it just as well when it sends compressed bodies', async () => {
		const own = pool.upstream.addAccount();
		await useSetup(signedInSetup(pool, own));
		const spending = spendInTheMiddle(pool.upstream);

		const { code, stdout, stderr } = await codex.exec('please [[tool:echo pool-works]]');
		await spending;

		assert.equal(code, 0, stderr);
		assert.match(stdout, /\npool-works\n$/);
		assert.deepEqual(statuses(), [200, 429, 400, 200]);
		const encodings = turns().map(turn => turn.header('content-encoding'));
		assert.deepEqual(encodings, ['zstd', 'zstd', 'zstd', undefined]);
	});

	const failures: readonly (readonly [name: string, fault: Fault])[] = [
		[
			'is overloaded',
			{ kind: 'reply', status: 503, body: { error: { code: 'server_is_overloaded', message: 'Busy' } } },
		],
		['resets the connection', { kind: 'refuse' }],
		['breaks off before any output', { kind: 'cut', after: 'lead', how: 'reset' }],
		['reports its limit inside the stream', failedStream('usage_limit_reached')],
	];
	for (const [name, fault] of failures) {
		it(`does not notice that the first account ${name}`, async () => {
			pool.upstream.script(fault, { when: isTurn });

			const { code, stdout, stderr } = await codex.exec('hello');

			assert.equal(code, 0, stderr);
			assert.equal(stdout.trim(), 'Echo: hello');
			assert.doesNotMatch(stderr, /error|limit|reconnect/i);
			const [first, second] = servedBy();
			assert.equal(turns().length, 2);
			assert.notEqual(first, second);
		});
	}

	it('does not notice that the first account is spent', async () => {
		pool.upstream.accounts[0]?.spend('weekly', 100);

		const ends = [await codex.exec('hello'), await codex.exec('hello again')];

		assert.deepEqual(
			ends.map(({ code, stdout }) => [code, stdout.trim()]),
			[
				[0, 'Echo: hello'],
				[0, 'Echo: hello again'],
			],
		);
		// Once refused, the account is left alone; which one is asked first is open.
		const refused = statuses().filter(status => status !== 200);
		assert.ok(refused.length <= 1 && refused.every(status => status === 429));
	});

	it('does not notice that the access token has expired', async () => {
		for (const account of pool.upstream.accounts) account.expireAccess();

		const { code, stdout, stderr } = await codex.exec('hello');

		assert.equal(code, 0, stderr);
		assert.equal(stdout.trim(), 'Echo: hello');
		assert.doesNotMatch(stderr, /error|unauthorized|reconnect/i);
		assert.deepEqual(statuses().slice(-1), [200]);
		assert.ok(pool.upstream.requests.some(({ path }) => path === '/oauth/token'));
	});

	it('is told at once when every account is spent', async () => {
		for (const account of pool.upstream.accounts) account.spend('5h', 100);

		const { code, stderr, ms } = await codex.exec('hello');

		assert.notEqual(code, 0);
		assert.match(stderr, /You.ve hit your usage limit\. Try again at/);
		assert.ok(ms < 5_000, `It took ${ms} ms`);
		assert.deepEqual(statuses(), [429, 429]);
	});

	it('is told what binds a compacted conversation to an account that is spent', async () => {
		const { config } = bearerSetup(pool);
		await useSetup({ config: ['model_auto_compact_token_limit = 5000', ...config] });
		await codex.exec('please [[tool:echo hi]]');
		const account = turns().at(-1)?.account;
		account?.spend('5h', 100);

		const { code, stderr } = await codex.resume('go on');

		assert.notEqual(code, 0);
		assert.match(stderr, /compacted on an account that cannot serve it now/);
	});
});
