import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { PoolError } from '../../src/shared/poolError.js';
import { CallbackServer, type CallbackAnswer } from '../../src/upstream/callbackServer.js';
import type { SignInEnding } from '../../src/upstream/openSignIn.js';
import { freePort, listenLocally, portOf } from './localServer.js';

const signedIn = (): Promise<SignInEnding> => Promise.resolve({ kind: 'signedIn', sentence: 'a@b.c is <in>.' });

describe('CallbackServer', () => {
	const states: [CallbackServer, string][] = [];

	afterEach(() => {
		for (const [server, state] of states.splice(0)) server.forget(state);
	});

	async function expect(server: CallbackServer, state: string, answer: CallbackAnswer = signedIn): Promise<URL> {
		states.push([server, state]);
		return new URL(await server.expect(state, answer));
	}

	it('tells sign-ins apart by their state and tells the browser how each went', async () => {
		const server = new CallbackServer([0]);
		const codes: (string | null)[] = [];
		const first = await expect(server, 'state-1', parameters => {
			codes.push(parameters.get('code'));
			return signedIn();
		});
		const error = new PoolError('sign_in_failed', 'It was <declined>.');
		const second = await expect(server, 'state-2', () => Promise.resolve({ kind: 'failed', error }));

		const good = await fetch(`${first.href}?code=c1&state=state-1`);
		const bad = await fetch(`${second.href}?error=access_denied&state=state-2`);

		assert.equal(second.href, first.href);
		assert.deepEqual(codes, ['c1']);
		assert.equal(good.status, 200);
		assert.match(await good.text(), /Signed in[\s\S]*a@b\.c is &#60;in&#62;\. You can close this tab/);
		assert.equal(bad.status, 400);
		assert.match(await bad.text(), /Not signed in[\s\S]*It was &#60;declined&#62;\./);
	});

	it('answers a strange, missing or replayed state with 400 and keeps waiting', async () => {
		const server = new CallbackServer([0]);
		const callback = await expect(server, 'state-1');
		await expect(server, 'state-2');

		const statuses: number[] = [];
		for (const query of ['code=c&state=other', 'code=c', 'code=c&state=state-1', 'code=c&state=state-1']) {
			statuses.push((await fetch(`${callback.href}?${query}`)).status);
		}

		assert.deepEqual(statuses, [400, 400, 200, 400]);
	});

	it('shows a page that runs nothing, loads nothing and is kept nowhere', async () => {
		const server = new CallbackServer([0]);
		const callback = await expect(server, 'state-1');

		const { headers } = await fetch(`${callback.href}?code=secret-code&state=state-1`);

		assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'sha256-[\w+/]{43}=';/);
		assert.equal(headers.get('referrer-policy'), 'no-referrer');
		assert.equal(headers.get('cache-control'), 'no-store');
	});

	it('listens to browsers of this machine at one address only', async () => {
		const server = new CallbackServer([0]);
		const callback = await expect(server, 'state-1');
		const ask = async (path: string, options: { method?: string; host?: string }): Promise<number | undefined> => {
			const headers = { host: options.host ?? callback.host };
			const asking = request({ port: callback.port, host: '127.0.0.1', path, method: options.method, headers }).end();
			const [response] = (await once(asking, 'response')) as [IncomingMessage];
			response.resume();
			return response.statusCode;
		};
		const path = '/auth/callback?code=c&state=state-1';

		const statuses = [
			await ask(path, { host: 'evil.example' }),
			await ask(path, { method: 'POST' }),
			await ask('/', {}),
			await ask('//evil.example/auth/callback', {}),
			await ask(path, { host: `localhost:${callback.port}` }),
		];

		assert.deepEqual(statuses, [403, 405, 404, 404, 200]);
	});

	it('takes the second port when the first is busy', async () => {
		const busy = createServer();
		const { close } = await listenLocally(busy);
		const free = await freePort();

		const callback = await expect(new CallbackServer([portOf(busy), free]), 'state-1');
		await close();

		assert.equal(callback.port, String(free));
	});

	it('says which ports are busy when all are, and works once one is free', async () => {
		const busy = createServer();
		const { close } = await listenLocally(busy);
		const server = new CallbackServer([portOf(busy)]);

		await assert.rejects(expect(server, 'state-1'), {
			code: 'sign_in_port_busy',
			message: new RegExp(`needs port ${portOf(busy)} .*close another Codex sign-in.*device code.*pasting`),
		});
		const port = portOf(busy);
		await close();
		const callback = await expect(server, 'state-1');

		assert.equal(callback.port, String(port));
	});

	it('frees the port once nobody waits, even while a browser holds a spare connection', async () => {
		const server = new CallbackServer([0]);
		const callback = await expect(server, 'state-1');
		const spare = connect(Number(callback.port), '127.0.0.1');
		await once(spare, 'connect');

		await fetch(`${callback.href}?code=c&state=state-1`);
		await once(spare.resume(), 'close');

		await assert.rejects(fetch(callback), (thrown: Error) => /ECONNREFUSED/.test(String(thrown.cause)));
	});
});
