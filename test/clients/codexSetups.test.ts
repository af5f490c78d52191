import assert from 'node:assert/strict';
import { apiKeySetup, bearerSetup, CodexClient, signedInSetup, type CodexSetup } from '../support/codexClient.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { isTurn } from '../support/turns.js';

describe('a Codex client on the pool', function () {
	this.timeout(40_000);

	let pool: PoolUnderTest;

	beforeEach(async () => {
		pool = await PoolUnderTest.start();
	});
	afterEach(() => closeWithoutViolations(pool));

	const withClient = async <T>(setup: CodexSetup, use: (codex: CodexClient) => Promise<T>): Promise<T> => {
		const codex = await CodexClient.create(pool, setup);
		try {
			return await use(codex);
		} finally {
			await codex.dispose();
		}
	};
	const turns = () => pool.upstream.requests.filter(isTurn);

	const setups: readonly (readonly [name: string, make: (pool: PoolUnderTest) => CodexSetup])[] = [
		['the key as its bearer token', bearerSetup],
		['the key as its API key', apiKeySetup],
		['its own ChatGPT login and the key in a header', pool => signedInSetup(pool, pool.upstream.addAccount())],
	];
	for (const [name, make] of setups) {
		describe(`with ${name}`, () => {
			it('is answered', async () => {
				const { code, stdout, stderr } = await withClient(make(pool), codex => codex.exec('say größer 🎉'));

				assert.equal(code, 0, stderr);
				assert.equal(stdout, 'Echo: say größer 🎉\n');
			});

			it('runs a command and tells the model what it printed', async () => {
				const { code, stdout, stderr } = await withClient(make(pool), codex =>
					codex.exec('please [[tool:echo pool-works]]'),
				);

				assert.equal(code, 0, stderr);
				assert.match(stdout, /tool: .*\npool-works\n$/s);
				const [first, second] = turns();
				assert.equal(turns().length, 2);
				assert.equal(first?.account, second?.account);
				// The second part of a turn shows the provider the state it was given with the first.
				assert.equal(second?.header('x-codex-turn-state'), first?.answer.headers['x-codex-turn-state']);
			});
		});
	}

	it('offers the models of the pool', async () => {
		await withClient(bearerSetup(pool), async codex => {
			await codex.exec('hello');

			const listed = JSON.stringify(await codex.cachedModels());
			assert.match(listed, /gpt-5\.6-luna/);
			assert.equal(listed.includes('gpt-5.3-codex-spark'), false, 'No account of the pool has the plan for this model');
		});
	});

	it('fetches the models once, not after every answer', async () => {
		await withClient(bearerSetup(pool), codex => codex.exec('please [[tool:echo one]] [[tool:echo two]]'));

		// One list from every account makes one catalogue.
		const lists = pool.upstream.requests.filter(({ path }) => path.endsWith('/models'));
		assert.equal(lists.length, pool.upstream.accounts.length);
		assert.equal(turns().length, 3);
	});

	it('keeps its own login to itself when it has one', async () => {
		const own = pool.upstream.addAccount();
		const before = own.authFile();

		await withClient(signedInSetup(pool, own), async codex => {
			const { code, stderr } = await codex.exec('please [[tool:echo pool-works]]');

			assert.equal(code, 0, stderr);
			assert.deepEqual(await codex.authFile(), before);
		});

		assert.deepEqual(
			turns().map(turn => turn.header('content-encoding')),
			['zstd', 'zstd'],
		);
		for (const request of pool.upstream.requests) {
			assert.notEqual(request.account, own);
			assert.equal(request.header('x-codex-pool-key'), undefined);
			assert.equal(request.headers.flat().join('\n').includes(own.accessToken), false);
			assert.equal(request.headers.flat().join('\n').includes(pool.key), false);
		}
	});

	it('is told that its key is wrong', async () => {
		const setup = bearerSetup(pool);
		const config = setup.config.map(line => line.replaceAll(pool.key, 'cpk_not-ours'));

		const { code, stderr } = await withClient({ config: [...config, ...noRetries] }, codex => codex.exec('hello'));

		assert.notEqual(code, 0);
		assert.match(stderr, /This pool key is not known here/);
		assert.deepEqual(pool.upstream.requests, []);
	});

	it('finds its way over HTTP when it was told to use WebSocket', async () => {
		const { config } = bearerSetup(pool);

		const { code, stdout, stderr, ms } = await withClient(
			{ config: [...config, 'supports_websockets = true'] },
			codex => codex.exec('hello'),
		);

		assert.equal(code, 0, stderr);
		assert.equal(stdout, 'Echo: hello\n');
		assert.ok(ms < 5_000, `It took ${ms} ms`);
	});
});

const noRetries = ['request_max_retries = 0', 'stream_max_retries = 0'];
