import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { runProgram, type ProgramEnd } from '../support/runProgram.js';
import { startUpstream, type Upstream } from '../support/upstream/startUpstream.js';

const root = join(import.meta.dirname, '../..');
const cli = join(root, 'dist/cli.cjs');

/** The lines of every `sh` block, as a reader would paste them. */
async function readmeCommands(): Promise<string[]> {
	const readme = await readFile(join(root, 'README.md'), 'utf8');
	return [...readme.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block]) => (block ?? '').trim().split('\n'));
}

describe('the commands of README', function () {
	this.timeout(120_000);
	let folder: string;
	let upstream: Upstream;
	let serve: ChildProcess;
	let port: number;
	let poolKey = '';

	const environment = (): Record<string, string> => ({
		PATH: `${join(folder, 'bin')}:${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
		HOME: folder,
		CODEX_POOL_HOME: join(folder, 'home'),
		CODEX_POOL_PORT: String(port),
		POOL_KEY: poolKey,
	});
	const paste = (line: string, onStderr?: (text: string) => void): Promise<ProgramEnd> =>
		runProgram('/bin/sh', ['-c', line.replaceAll('2456', String(port))], {
			cwd: line.startsWith('codex-pool') ? folder : root,
			env: environment(),
			timeoutMs: 60_000,
			...(onStderr && { onStderr }),
		});

	before(async () => {
		folder = await mkdtemp(join(tmpdir(), 'codex-pool-readme-'));
		upstream = await startUpstream({
			accounts: [
				{ email: 'ada@example.com', plan: 'plus' },
				{ email: 'grace@example.com', plan: 'pro' },
			],
		});
		await mkdir(join(folder, 'bin'));
		await mkdir(join(folder, '.codex'));
		await symlink(cli, join(folder, 'bin/codex-pool'));
		await writeFile(join(folder, '.codex/auth.json'), JSON.stringify(upstream.accounts[0]?.authFile()));
		port = 0;
		serve = spawn(
			'codex-pool',
			['serve', '--json', '--port', '0', '--upstream', upstream.backendUrl, '--issuer', upstream.issuerUrl],
			{
				env: environment(),
				stdio: ['ignore', 'pipe', 'ignore'],
			},
		);
		assert.ok(serve.stdout);
		const [line] = (await once(createInterface({ input: serve.stdout }), 'line')) as [string];
		port = (JSON.parse(line) as { port: number }).port;
	});

	after(async () => {
		if (serve.exitCode === null) {
			serve.kill('SIGTERM');
			await once(serve, 'exit');
		}
		await upstream.close();
		await rm(folder, { recursive: true, force: true });
	});

	it('all do what README says', async () => {
		const commands = await readmeCommands();
		assert.ok(commands.length >= 12, 'README has its commands in sh blocks');
		// curl stands before the commands that make its key and its account.
		const isCurl = (command: string): boolean => command.startsWith('curl');
		const keyAt = commands.findIndex(command => command.startsWith('codex-pool keys create'));
		const inOrder = commands.toSpliced(keyAt + 1, 0, ...commands.filter(isCurl));
		for (const [at, command] of inOrder.entries()) if (!isCurl(command) || at === keyAt + 1) await check(command);
	});

	it('run through npm as written', async () => {
		const { code, stdout } = await paste('npm exec -- codex-pool status --json');
		assert.equal(code, 0);
		assert.equal((JSON.parse(stdout) as { owner: { port: number } }).owner.port, port);
	});

	async function check(command: string): Promise<void> {
		// Installing and the whole test run are what runs this very test.
		if (command === 'npm ci && npm test') return;
		if (command === 'npm ci && npm start') {
			const { code, stdout, stderr } = await paste('npm start --silent -- --once --port 0');
			assert.equal(code, 0, stderr);
			assert.match(stdout, /Echo: Hello from the demo!/);
			assert.match(stdout, /Pool key {2}cpk_[\w-]{43}\n/);
			return;
		}
		if (command.startsWith('codex-pool serve')) {
			// The port is taken by the pool of this test: one sentence and exit code 2.
			const { code, stderr } = await paste(command);
			assert.equal(code, 2);
			assert.equal(stderr.trim().split('\n').length, 1, stderr);
			return;
		}
		if (command === 'codex-pool accounts add --device') {
			// The user types the code in on another device.
			const { code, stderr } = await paste(`${command} --json`, text => {
				const userCode = /"userCode":"([\w-]+)"/.exec(text)?.[1];
				const grace = upstream.accounts[1];
				if (userCode && grace) assert.ok(upstream.approveDevice(userCode, grace));
			});
			assert.equal(code, 0, stderr);
			return;
		}
		if (command.startsWith('codex-pool keys create')) {
			const { code, stdout } = await paste(`${command} --json`);
			assert.equal(code, 0);
			poolKey = (JSON.parse(stdout) as { key: string }).key;
			return;
		}
		const { code, stdout, stderr } = await paste(command);
		assert.equal(code, 0, `${command}: ${stderr}`);
		if (command.startsWith('curl')) assert.match(stdout, /event: response\.completed/);
		else assert.ok(command.startsWith('codex-pool '), `README has a command this test does not know: ${command}`);
	}
});
