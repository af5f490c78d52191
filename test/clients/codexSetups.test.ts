import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiKeySetup, bearerSetup, CodexClient, overWebSocket, signedInSetup } from '../support/codexClient.js';
import type { CodexSetup } from '../support/codexClient.js';
import { assertTwoOrigins } from '../support/codexOrigins.js';
import { codexSetups, oneOriginSetup, ownLoginAtHomeSetup, type ListedSetup } from '../support/codexSetups.js';
import { OutsideWorld } from '../support/outsideWorld.js';
import { closeWithoutViolations, PoolUnderTest, type PoolUnderTestOptions } from '../support/poolUnderTest.js';
import {
	inputTypes,
	isMessage,
	isPrewarm,
	isSocketFollowUp,
	isToolFollowUp,
	isTurn,
	isUpgrade,
} from '../support/turns.js';
import { objectAt } from '../support/upstream/json.js';

type Transport = 'SSE' | 'WebSocket';

describe('a Codex client on the pool', function () {
	this.timeout(40_000);

	let pool: PoolUnderTest;
	let world: OutsideWorld;

	beforeEach(async () => {
		world = await OutsideWorld.open();
	});
	afterEach(async () => {
		world.close();
		await closeWithoutViolations(pool);
	});

	const start = async (options: PoolUnderTestOptions = {}): Promise<void> => {
		pool = await PoolUnderTest.start(options);
	};
	const withClient = async <T>(setup: CodexSetup, use: (codex: CodexClient) => Promise<T>): Promise<T> => {
		const certificate = join(pool.folder, 'chatgpt.pem');
		await writeFile(certificate, world.certificate);
		const env = { ...setup.env, HTTPS_PROXY: world.proxyUrl, CODEX_CA_CERTIFICATE: certificate };
		const codex = await CodexClient.create(pool, { ...setup, env });
		try {
			return await use(codex);
		} finally {
			await codex.dispose();
		}
	};
	const turns = () => pool.upstream.requests.filter(isTurn);
	const messages = () => pool.upstream.requests.filter(each => isMessage(each) && !isPrewarm(each));

	/** Nothing the client has to show for itself goes to the provider, and nothing of a turn anywhere but to the pool. */
	const assertKeptToThePool = (setup: CodexSetup): void => {
		const own = Object.values(objectAt(setup.authFile, 'tokens')).filter(value => typeof value === 'string');
		const secrets = [pool.key, ...own.filter(value => value.length > 60)];
		for (const { headers, bytes, path } of pool.upstream.requests) {
			const sent = `${path}\n${headers.flat().join('\n')}\n${bytes.toString('latin1')}`;
			for (const secret of secrets) assert.equal(sent.includes(secret), false, path);
		}
		assert.equal(world.asked.join('\n').includes(pool.key), false);
		assert.doesNotMatch(world.asked.join('\n'), /\/backend-api\/codex\/(?!analytics-events)/);
		for (const host of world.hosts) assert.match(host, /^(?:(?:ab\.)?chatgpt\.com|(?:api\.)?github\.com)$/);
	};

	const ways = codexSetups.flatMap(setup => [
		{ setup, transport: 'SSE' as const },
		{ setup, transport: 'WebSocket' as const },
	]);
	/** The provider without WebSocket is the only way to get the built-in provider off it. */
	const startFor = async ({ isBuiltIn, hasNoKey, make }: ListedSetup, transport: Transport): Promise<CodexSetup> => {
		const sockets = transport === 'WebSocket';
		await start({ sockets, acceptOwnLogins: hasNoKey ?? false });
		const setup = await make(pool);
		assertTwoOrigins(setup.config.join('\n'));
		pool.upstream.clearRecord();
		return sockets && !isBuiltIn ? overWebSocket(setup) : setup;
	};
	for (const { setup: listed, transport } of ways) {
		it(`is answered, and runs a command, with ${listed.letters}: ${listed.name}, over ${transport}`, async () => {
			const setup = await startFor(listed, transport);

			const { plain, tool } = await withClient(setup, async codex => ({
				plain: await codex.exec('say größer 🎉'),
				tool: await codex.exec('please [[tool:echo pool-works]]'),
			}));

			const told = plain.stderr + tool.stderr;
			assert.deepEqual([plain.code, tool.code], [0, 0], told);
			assert.equal(plain.stdout, 'Echo: say größer 🎉\n');
			assert.match(tool.stdout, /^Echo: please.* tool: .*\npool-works\n$/s);
			if (transport === 'WebSocket') {
				assert.deepEqual([turns().length, messages().length], [0, 3]);
				// One chain over one connection for each: the second message brings only what is new.
				assert.equal(pool.upstream.requests.filter(isUpgrade).length, 2);
				assert.deepEqual(inputTypes(messages()[2]!), ['function_call_output']);
				assert.doesNotMatch(told, /stream error|reconnect|falling back/i);
			} else {
				assert.deepEqual([turns().length, messages().length], [3, 0]);
				const [first, second] = turns().slice(1);
				assert.equal(first?.account, second?.account);
				assert.equal(second?.header('x-codex-turn-state'), first?.answer.headers['x-codex-turn-state']);
			}
			assert.ok(pool.upstream.requests.some(transport === 'SSE' ? isToolFollowUp : isSocketFollowUp));
			assertKeptToThePool(setup);
		});
	}

	it('offers the models of the pool', async () => {
		await start();
		await withClient(bearerSetup(pool), async codex => {
			await codex.exec('hello');

			const listed = JSON.stringify(await codex.cachedModels());
			assert.match(listed, /gpt-5\.6-luna/);
			assert.equal(listed.includes('gpt-5.3-codex-spark'), false, 'No account of the pool has the plan for this model');
		});
	});

	it('fetches the models once, not after every answer', async () => {
		await start();
		await withClient(bearerSetup(pool), codex => codex.exec('please [[tool:echo one]] [[tool:echo two]]'));

		// One list from every account makes one catalogue.
		const lists = pool.upstream.requests.filter(({ path }) => path.endsWith('/models'));
		assert.equal(lists.length, pool.upstream.accounts.length);
		assert.equal(turns().length, 3);
	});

	it('keeps its own login as it is, and its bodies as it packed them', async () => {
		await start();
		const setup = signedInSetup(pool, pool.upstream.addAccount());

		await withClient(setup, async codex => {
			await codex.exec('hello');

			assert.deepEqual(await codex.authFile(), setup.authFile);
		});

		assert.deepEqual(
			turns().map(turn => turn.header('content-encoding')),
			['zstd'],
		);
	});

	it('is told that its key is wrong', async () => {
		await start();
		const config = bearerSetup(pool).config.map(line => line.replaceAll(pool.key, 'cpk_not-ours'));

		const { code, stderr } = await withClient({ config: [...config, ...noRetries] }, codex => codex.exec('hello'));

		assert.notEqual(code, 0);
		assert.match(stderr, /This pool key is not known here/);
		assert.deepEqual(pool.upstream.requests, []);
	});

	it('is told that it needs a key when it shows none', async () => {
		await start();
		const { config } = apiKeySetup(pool);

		const { code, stderr } = await withClient({ config: [...config, ...noRetries] }, codex => codex.exec('hello'));

		assert.notEqual(code, 0);
		assert.match(stderr, /A pool key is required/);
		assert.deepEqual(pool.upstream.requests, []);
	});

	it('is told what to do, and keeps its tokens, when its login is not to stand for a key', async () => {
		await start();
		const setup = await ownLoginAtHomeSetup(pool);
		pool.upstream.clearRecord();

		const { code, stderr } = await withClient(setup, codex => codex.exec('hello'));

		assert.notEqual(code, 0);
		assert.match(stderr, /Run "Codex Pool: Configure Codex", or let the logins of its accounts in/);
		const sent = pool.upstream.requests.map(({ path }) => path).filter(path => !path.endsWith('/wham/usage'));
		assert.deepEqual(sent, []);
	});

	it('fails rather than go around the pool when both its addresses have one origin (G)', async () => {
		await start();
		const setup = oneOriginSetup(pool);

		const { code, stderr } = await withClient(setup, codex => codex.exec('hello'));

		assert.notEqual(code, 0);
		assert.match(stderr, /workspace routing discovery failed/);
		assert.match(pool.logLines.join('\n'), /warn workspace check refused .*chatgpt_base_url must say localhost/);
		assertKeptToThePool(setup);
	});

	it('finds its way over HTTP when it was told to use WebSocket', async () => {
		await start();

		const { code, stdout, stderr, ms } = await withClient(overWebSocket(bearerSetup(pool)), codex =>
			codex.exec('hello'),
		);

		assert.equal(code, 0, stderr);
		assert.equal(stdout, 'Echo: hello\n');
		assert.ok(ms < 5_000, `It took ${ms} ms`);
	});
});

const noRetries = ['request_max_retries = 0', 'stream_max_retries = 0'];
