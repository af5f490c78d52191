import assert from 'node:assert/strict';
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { request, type ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PoolClient } from '../../src/client/poolClient.js';
import { probePort } from '../../src/client/probePort.js';
import { listenOn, type Listening } from '../support/listenOn.js';
import { objectAt } from '../support/upstream/json.js';
import { signJwt } from '../support/upstream/jwt.js';
import { send } from '../support/upstream/turn.js';
import { runCli, startCli, type RunningCli } from '../support/runCli.js';

interface Ready {
	readonly baseUrl: string;
	readonly port: number;
	readonly pid: number;
}

describe('codex-pool serve', () => {
	let homeDir: string;
	let upstream: Listening;
	let started: RunningCli[];
	let onUpstreamRequest: () => void;

	const offline = (): string[] => [
		'--upstream',
		`http://127.0.0.1:${upstream.port}`,
		'--issuer',
		`http://127.0.0.1:${upstream.port}`,
	];
	const serve = (...args: string[]): RunningCli => {
		const cli = startCli(['serve', '--port', '0', ...offline(), ...args], { CODEX_POOL_HOME: homeDir });
		started.push(cli);
		return cli;
	};
	const ready = async (cli: RunningCli): Promise<Ready> => {
		await cli.says('"baseUrl"');
		return JSON.parse(cli.stdout()) as Ready;
	};

	beforeEach(async () => {
		homeDir = await mkdtemp(join(tmpdir(), 'pool-home-'));
		onUpstreamRequest = () => undefined;
		// Refuses everything but a model request, which it never answers.
		upstream = await listenOn(0, socket =>
			socket.on('data', data => {
				if (data.toString('latin1').startsWith('POST')) onUpstreamRequest();
				else socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
			}),
		);
		started = [];
	});
	afterEach(async () => {
		for (const { child } of started) child.kill('SIGKILL');
		await Promise.all(started.map(cli => cli.result));
		await upstream.close();
		await rm(homeDir, { recursive: true });
	});

	it('asks the sign-in service about ChatGPT logins only when it is told to accept them', async () => {
		const authorization = `Bearer ${signJwt({})}`;
		const codes = await Promise.all(
			[serve('--json'), serve('--json', '--accept-own-logins')].map(async cli => {
				const { baseUrl } = await ready(cli);
				const { text } = await send(`${baseUrl}/v1/models`, { headers: { authorization } });
				return objectAt(JSON.parse(text), 'error')['code'];
			}),
		);

		assert.deepEqual(codes, ['login_rejected', 'issuer_unreachable']);
	});

	it('prints one line of JSON once it accepts requests, and logs JSON lines to standard error', async () => {
		const cli = serve('--json');

		const { baseUrl, port, pid } = await ready(cli);

		assert.equal(await probePort(port), 'pool');
		assert.equal(baseUrl, `http://127.0.0.1:${port}`);
		assert.equal(pid, cli.child.pid);
		cli.child.kill('SIGTERM');
		const { exitCode, stdout, stderr } = await cli.result;
		assert.equal(exitCode, 0);
		assert.deepEqual(JSON.parse(stdout), { baseUrl, port, pid });
		for (const line of stderr.trimEnd().split('\n')) {
			const { level, event } = JSON.parse(line) as Record<string, unknown>;
			assert.deepEqual([typeof level, typeof event], ['string', 'string']);
		}
	});

	it('tells a person where it is, and stops at Ctrl+C', async () => {
		const cli = serve();
		await cli.says('Ctrl+C');

		cli.child.kill('SIGINT');

		const { exitCode, stdout } = await cli.result;
		assert.equal(exitCode, 0);
		assert.match(
			stdout,
			/^Codex Pool is ready on http:\/\/127\.0\.0\.1:\d+\nCodex clients .*\/backend-api\/codex\nOpenAI/,
		);
	});

	it('keeps its data under the home folder unless told', async () => {
		const elsewhere = join(homeDir, 'elsewhere');
		const clis = [serve('--json'), serve('--json', '--data', elsewhere)];
		await Promise.all(clis.map(ready));

		assert.ok((await readdir(join(homeDir, 'data'))).includes('pool.sqlite'));
		assert.ok((await readdir(elsewhere)).includes('pool.sqlite'));
	});

	it('is found by the other commands, until it stops', async () => {
		const cli = serve('--json');
		const { port, pid } = await ready(cli);
		const status = () => runCli(['status', '--json', '--port', String(port)], { CODEX_POOL_HOME: homeDir });

		const { owner } = JSON.parse((await status()).stdout) as { owner: { pid: number } };
		cli.child.kill('SIGTERM');
		await cli.result;

		assert.equal(owner.pid, pid);
		assert.equal((await status()).exitCode, 3);
		await assert.rejects(access(join(homeDir, 'runtime', `${port}.json`)));
	});

	it('ends when a face asks it to shut down', async () => {
		const cli = serve('--json');
		const { port } = await ready(cli);
		const pool = await PoolClient.attach({ port, homeDir });

		await pool.shutDown();

		pool.dispose();
		assert.equal((await cli.result).exitCode, 0);
	});

	it('exits with 2 and one sentence when the port is taken', async () => {
		const cli = serve('--port', String(upstream.port));

		const { exitCode, stdout, stderr } = await cli.result;

		assert.deepEqual([exitCode, stdout], [2, '']);
		assert.match(stderr, /^[^\n]+ is taken by another program\. Choose another one with --port\.\n$/);
		assert.ok(stderr.includes(String(upstream.port)));
	});

	it('says that it is a pool which has the port', async () => {
		const { port } = await ready(serve('--json'));

		const { exitCode, stderr } = await serve('--port', String(port)).result;

		assert.equal(exitCode, 2);
		assert.match(stderr, new RegExp(`^A pool runs on port ${port} already: "codex-pool status" shows it\\. .*\n$`));
	});

	it('says why its data folder cannot be had', async () => {
		const file = join(homeDir, 'file');
		await writeFile(file, '');

		const { exitCode, stderr } = await serve('--data', file).result;

		assert.deepEqual([exitCode, stderr], [1, `The data folder ${file} cannot be written: a file is in its place.\n`]);
	});

	describe('with prices of your own', () => {
		const priceFile = async (text: string): Promise<string> => {
			const path = join(homeDir, 'prices.json');
			await writeFile(path, text);
			return path;
		};

		it('names a wrong one and starts with the others', async () => {
			const prices = { 'gpt-5.5': { input: 1, output: 2 }, 'gpt-6': { input: 'much', output: 2 } };
			const cli = serve('--prices', await priceFile(JSON.stringify(prices)));

			await cli.says('Ctrl+C');

			cli.child.kill('SIGTERM');
			const { exitCode, stderr } = await cli.result;
			assert.equal(exitCode, 0);
			assert.match(stderr, /^The price of "gpt-6" is ignored: input: /m);
			assert.doesNotMatch(stderr, /"gpt-5\.5"/);
		});

		it('does not start without the file that was named', async () => {
			const { exitCode, stderr } = await serve('--prices', join(homeDir, 'none.json')).result;

			assert.equal(exitCode, 1);
			assert.match(stderr, /none\.json does not exist\.\n$/);
		});

		it('does not start with a file that is no JSON', async () => {
			const { exitCode, stderr } = await serve('--prices', await priceFile('{"gpt-5.5": }')).result;

			assert.equal(exitCode, 1);
			assert.match(stderr, /prices\.json is not JSON: /);
		});
	});

	it('drains at the first signal, says so, and exits at once at the second', async () => {
		const cli = serve();
		await cli.says('Ctrl+C stops it');
		const port = Number(/127\.0\.0\.1:(\d+)/.exec(cli.stdout())?.[1]);
		const pool = await PoolClient.attach({ port, homeDir });
		const reached = new Promise<void>(resolve => (onUpstreamRequest = resolve));
		await pool.importAccounts([authFile()]);
		const { key } = await pool.createKey('Test');
		const running = askModel(port, key);
		await reached;

		cli.child.kill('SIGTERM');
		await nothingListens(port);
		assert.equal(cli.child.exitCode, null, 'the running request is given time');
		await cli.says('Ctrl+C again ends them at once.');
		cli.child.kill('SIGTERM');

		assert.equal((await cli.result).exitCode, 1);
		running.destroy();
		pool.dispose();
	});
});

function askModel(port: number, key: string): ClientRequest {
	const outgoing = request({
		host: '127.0.0.1',
		port,
		method: 'POST',
		path: '/v1/responses',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
	});
	outgoing.on('error', () => undefined);
	outgoing.end(JSON.stringify({ model: 'gpt-5', input: 'Hello', stream: true }));
	return outgoing;
}

/** The text of an auth.json whose tokens are nobody's. */
function authFile(): string {
	const expiry = Math.floor(Date.now() / 1000) + 86_400;
	const claims = {
		exp: expiry,
		email: 'ada@example.com',
		'https://api.openai.com/auth': {
			chatgpt_account_id: 'workspace-1',
			chatgpt_user_id: 'user-1',
			chatgpt_plan_type: 'plus',
		},
	};
	const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
	const token = `${part({ alg: 'none' })}.${part(claims)}.c2ln`;
	return JSON.stringify({
		tokens: { id_token: token, access_token: token, refresh_token: 'refresh', account_id: 'workspace-1' },
		last_refresh: new Date().toISOString(),
	});
}

async function nothingListens(port: number): Promise<void> {
	while ((await probePort(port)) !== 'free');
}
