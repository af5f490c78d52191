import assert from 'node:assert/strict';
import { ManagementServer } from '../support/managementServer.js';
import { startCli, type CliResult, type RunningCli } from '../support/runCli.js';

const url = 'https://auth.example/authorize?state=1';

/** As much of a terminal as the spinner uses, in the program under test. */
const terminalOnStandardError = `--import=data:text/javascript,${encodeURIComponent(
	'const done=()=>true;Object.assign(process.stderr,{isTTY:true,columns:80,cursorTo:done,moveCursor:done,clearLine:done})',
)}`;

describe('codex-pool accounts add', () => {
	let server: ManagementServer;

	const env = (): Record<string, string> => ({
		CODEX_POOL_HOME: server.homeDir,
		CODEX_POOL_PORT: String(server.port),
	});
	const start = (args: readonly string[], input?: string): RunningCli =>
		startCli(['accounts', 'add', ...args], env(), input);
	const add = (...args: string[]): Promise<CliResult> => start(args).result;
	const isCancelled = (): boolean =>
		server.requests.some(({ method, path }) => `${method} ${path}` === 'DELETE /pool/api/sign-ins/sign-in-1');

	beforeEach(async () => {
		server = await ManagementServer.start();
		server.signIns = ['succeeded'];
	});
	afterEach(() => server.close());

	it('signs in with the browser, and hints at the other ways where no terminal is', async () => {
		const { exitCode, stdout, stderr } = await add();

		assert.equal(exitCode, 0, stderr);
		assert.match(stderr, /^If your browser is on another machine, --device or --paste suits better\.$/m);
		assert.match(stderr, /^ {2}https:\/\/auth\.example\/authorize\?state=1$/m);
		assert.match(stdout, /^ada@example\.com/m);
	});

	it('keeps standard output one JSON document, and standard error one address', async () => {
		const { stdout, stderr } = await add('--device', '--renew', 'ada@example.com', '--json');

		assert.deepEqual(JSON.parse(stderr), { url, userCode: 'ABCD-EFGHI' });
		assert.deepEqual(JSON.parse(stdout), {
			account: { id: 'account-1', email: 'ada@example.com', plan: 'plus', state: 'active' },
		});
		const started = server.requests.find(({ path }) => path === '/pool/api/sign-ins');
		assert.deepEqual(started?.body, { method: 'device', accountId: 'account-1' });
	});

	it('reads a pasted address from standard input, which need not end', async () => {
		const { exitCode, stdout, stderr } = await start(['--paste'], `${server.callbackUrl}\n`).result;

		assert.equal(exitCode, 0, stderr);
		assert.match(stderr, /paste it here/);
		assert.match(stdout, /^ada@example\.com/m);
	});

	it('starts nothing for an account that is not there', async () => {
		const { exitCode, stderr } = await add('--renew', 'nobody');

		assert.equal(exitCode, 1);
		assert.match(stderr, /No account is called "nobody"/);
		assert.ok(!server.requests.some(({ path }) => path === '/pool/api/sign-ins'));
	});

	it('gives the sign-in up at Ctrl+C', async () => {
		server.signIns = [];
		const cli = start(['--browser']);
		await cli.says('authorize');

		cli.child.kill('SIGINT');

		const { exitCode, stdout, stderr } = await cli.result;
		assert.deepEqual([exitCode, stdout], [1, '']);
		assert.match(stderr, /The sign-in was cancelled\.\n$/);
		assert.ok(isCancelled());
	});

	it('gives the sign-in up at Ctrl+C under a spinner, which listens for signals too', async () => {
		server.signIns = [];
		const cli = startCli(['accounts', 'add', '--device'], { ...env(), NODE_OPTIONS: terminalOnStandardError });
		await cli.says('Waiting for the code');

		cli.child.kill('SIGINT');

		assert.equal((await cli.result).exitCode, 1);
		assert.ok(isCancelled());
	});

	it('gives a sign-in up at Ctrl+C while it waits for an address', async () => {
		const cli = start(['--paste', '--json'], '');
		await cli.says(url);

		cli.child.kill('SIGINT');

		const { exitCode, stdout, stderr } = await cli.result;
		assert.deepEqual([exitCode, stdout], [1, '']);
		assert.deepEqual(JSON.parse(stderr.split('\n')[1] ?? ''), {
			error: { code: 'sign_in_failed', message: 'The sign-in was cancelled.' },
		});
		assert.ok(isCancelled());
	});
});
