import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { Output } from '../../src/cli/output.js';
import { Prompt, type AnswerStream } from '../../src/cli/prompt.js';
import { signIn } from '../../src/cli/signIn.js';
import { PoolClient } from '../../src/client/poolClient.js';
import type { SignInMethod } from '../../src/shared/signInApi.js';
import { ManagementServer } from '../support/managementServer.js';
import { Keyboard, Terminal } from './terminal.js';

const foreign = 'http://127.0.0.1:1455/auth/callback?code=other&state=2';

describe('signIn', () => {
	let server: ManagementServer;
	let pool: PoolClient;
	let terminal: Terminal;

	const by = (method: SignInMethod, answers: AnswerStream = new Keyboard()): Promise<string> => {
		const output = new Output(false, terminal);
		return signIn(pool, { method }, output, new Prompt(output, answers));
	};
	const asked = (): string[] => server.requests.map(({ method, path }) => `${method} ${path}`);
	const isCancelled = (): boolean => asked().includes('DELETE /pool/api/sign-ins/sign-in-1');
	const pastes = (): number => asked().filter(each => each.endsWith('/finish')).length;

	beforeEach(async () => {
		server = await ManagementServer.start();
		server.signIns = ['succeeded'];
		pool = await PoolClient.attach({ port: server.port, homeDir: server.homeDir });
		terminal = new Terminal();
	});
	afterEach(async () => {
		pool.dispose();
		await server.close();
	});

	it('shows the address and the code of a device sign-in, and that it waits', async () => {
		const accountId = await by('device');

		assert.equal(accountId, 'account-1');
		assert.match(
			terminal.written,
			/https:\/\/auth\.example\/authorize\?state=1\n\n {2}ABCD-EFGHI\n\nThe code works for 15 m\./,
		);
		assert.match(terminal.written, /Waiting for the code to be entered/);
	});

	it('asks a person again for the address, and says why', async () => {
		const keyboard = new Keyboard();
		const signingIn = by('paste', keyboard);
		for (const address of [foreign, foreign, server.callbackUrl]) {
			await terminal.asks('Address: ');
			keyboard.write(`${address}\r`);
		}

		assert.equal(await signingIn, 'account-1');
		assert.equal(terminal.written.split('This address ends another sign-in.').length, 3);
		assert.ok(!isCancelled());
	});

	it('gives up after the third wrong address', async () => {
		const keyboard = new Keyboard();
		const signingIn = by('paste', keyboard);
		const failing = assert.rejects(signingIn, { code: 'invalid_request' });
		for (const address of [foreign, foreign, foreign]) {
			await terminal.asks('Address: ');
			keyboard.write(`${address}\r`);
		}

		await failing;
		assert.deepEqual([pastes(), isCancelled()], [3, true]);
	});

	it('gives up when a person presses Ctrl+C instead of pasting', async () => {
		const keyboard = new Keyboard();
		const failing = assert.rejects(by('paste', keyboard), /No address was given; the sign-in was cancelled\./);
		await terminal.asks('Address: ');
		keyboard.write('\u0003');

		await failing;
		assert.deepEqual([pastes(), isCancelled()], [0, true]);
	});

	it('fails at once on a wrong address from a script', async () => {
		const script = new PassThrough();
		script.write(`${foreign}\n${server.callbackUrl}\n`);

		await assert.rejects(by('paste', script), { code: 'invalid_request' });
		assert.deepEqual([pastes(), isCancelled()], [1, true]);
		assert.ok(!terminal.written.includes('Address: '));
	});

	it('fails when the input ends without an address', async () => {
		const script = new PassThrough();
		script.end();

		await assert.rejects(by('paste', script), { code: 'sign_in_failed' });
		assert.ok(isCancelled());
	});

	it('passes on why a sign-in failed, which is over then', async () => {
		server.signIns = ['waiting', 'failed'];

		await assert.rejects(by('browser'), /The browser said no\./);
		assert.ok(!isCancelled());
	});

	it('leaves no listener behind', async () => {
		const before = process.listenerCount('SIGINT');

		await by('browser');

		assert.equal(process.listenerCount('SIGINT'), before);
	});
});
