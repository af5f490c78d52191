import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SimulatedAccount } from './upstream/accounts.js';
import { startUpstream, type Upstream } from './upstream/startUpstream.js';

/** The proof that the simulator is believable: the real client takes it for the provider. */
describe('the simulated backend under a real Codex client', function () {
	this.timeout(60_000);

	let upstream: Upstream;
	let account: SimulatedAccount;
	let home: string;

	beforeEach(async () => {
		home = await mkdtemp(join(tmpdir(), 'simulator-codex-'));
		upstream = await startUpstream();
		account = upstream.addAccount({ usage: { windows: [{ minutes: 300 }] } });
	});

	afterEach(async () => {
		await upstream.close();
		await rm(home, { recursive: true, force: true });
	});

	const bearerProvider = () => [
		'[model_providers.simulated]',
		'name = "OpenAI"',
		`base_url = "${upstream.backendUrl}/codex"`,
		`experimental_bearer_token = "${account.accessToken}"`,
		`http_headers = { chatgpt-account-id = "${account.chatgptAccountId}" }`,
	];
	const runCodex = async (prompt: string, config: readonly string[], model = 'gpt-5.5') => {
		const settings = [`model = "${model}"`, 'model_provider = "simulated"', ...config];
		await writeFile(join(home, 'config.toml'), settings.join('\n'));
		const env = {
			PATH: process.env['PATH'],
			HOME: home,
			CODEX_HOME: home,
			CODEX_REFRESH_TOKEN_URL_OVERRIDE: `${upstream.issuerUrl}/oauth/token`,
			HTTPS_PROXY: 'http://127.0.0.1:9', // nothing leaves the machine
			NO_PROXY: '127.0.0.1,localhost',
		};
		const codex = resolve('node_modules/.bin/codex');
		return new Promise<{ succeeded: boolean; said: string; log: string }>(done => {
			const args = ['exec', '--skip-git-repo-check', prompt];
			const child = execFile(codex, args, { cwd: home, env, timeout: 45_000 }, (error, said, log) =>
				done({ succeeded: error === null, said: said.trim(), log }),
			);
			child.stdin?.end();
		});
	};
	const paths = () => upstream.requests.map(({ method, path }) => `${method} ${path.slice('/backend-api'.length)}`);

	it('accepts a text turn cut in the worst places', async () => {
		upstream.style.chunking = 'torture';
		upstream.style.noise = true;

		const { said, log } = await runCodex('say größer 🎉', bearerProvider());

		assert.equal(said, 'Echo: say größer 🎉', log);
		assert.deepEqual(upstream.violations, []);
	});

	for (const model of ['gpt-5.5', 'gpt-6.1-sol']) {
		it(`lets ${model} run a command and hear what it printed`, async () => {
			const { said, log } = await runCodex('please [[tool:echo from-the-shell]]', bearerProvider(), model);

			assert.match(said, /tool: .*from-the-shell$/s, log);
			assert.deepEqual(paths(), ['POST /codex/responses', 'POST /codex/responses']);
			assert.deepEqual(upstream.violations, []);
		});
	}

	it('compacts a turn that grew too long', async () => {
		const config = ['model_auto_compact_token_limit = 5000', ...bearerProvider()];

		const { said, log } = await runCodex('please [[tool:echo hi]]', config);

		assert.match(said, /^Echo: please/, log);
		assert.match(log, /context compacted/);
		assert.equal(upstream.requests.length, 3);
	});

	it('publishes a catalogue the client believes', async () => {
		const config = [...bearerProvider(), `model_catalog_url = "${upstream.backendUrl}/codex/models"`];

		const { said, log } = await runCodex('hi', config, 'gpt-6-luna');

		assert.equal(said, 'Echo: hi', log);
		assert.deepEqual(paths(), ['GET /codex/models', 'POST /codex/responses']);
	});

	it('serves a signed-in client: account file, workspace check, compressed turns, refresh', async () => {
		await writeFile(join(home, 'auth.json'), JSON.stringify(account.authFile()), { mode: 0o600 });
		account.expireAccess();
		const config = [
			`chatgpt_base_url = "http://localhost:${upstream.port}/backend-api/"`,
			'[model_providers.simulated]',
			'name = "OpenAI"',
			`base_url = "${upstream.backendUrl}/codex"`,
			'requires_openai_auth = true',
		];

		const { said, log } = await runCodex('hi', config);

		assert.equal(said, 'Echo: hi', log);
		const turn = upstream.requests.find(({ path, answer }) => path.endsWith('/responses') && answer.status === 200);
		assert.equal(turn?.header('content-encoding'), 'zstd');
		assert.ok(upstream.requests.some(({ path }) => path === '/oauth/token'));
		assert.ok(paths().includes('GET /wham/accounts/check'));
	});

	it('makes the client name the limit when the account is spent', async () => {
		account.spend('5h', 100);

		const { succeeded, log } = await runCodex('hi', bearerProvider());

		assert.equal(succeeded, false);
		assert.match(log, /hit your usage limit/);
		assert.equal(upstream.requests.length, 1);
	});
});
