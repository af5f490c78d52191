import assert from 'node:assert/strict';
import { PoolClient } from '../../src/client/poolClient.js';
import { PoolError, type PoolErrorCode } from '../../src/shared/poolError.js';
import { listenOn, type Listening } from '../support/listenOn.js';
import { explainedRequest, sessionView } from '../support/managementExamples.js';
import { ManagementServer } from '../support/managementServer.js';

describe('PoolClient', () => {
	let server: ManagementServer;
	let client: PoolClient | undefined;
	let other: Listening | undefined;

	const attach = async (timeoutMs = 5_000): Promise<PoolClient> => {
		client = await PoolClient.attach({ port: server.port, homeDir: server.homeDir, timeoutMs });
		return client;
	};

	beforeEach(async () => {
		server = await ManagementServer.start();
	});
	afterEach(async () => {
		client?.dispose();
		client = undefined;
		await other?.close();
		other = undefined;
		await server.close();
	});

	describe('attach', () => {
		it('finds the runtime by its runtime file and shows its token', async () => {
			const pool = await attach();

			assert.equal((await pool.state()).owner.port, server.port);
			assert.equal(server.requests[0]?.authorization, 'Bearer admin-token-of-the-test');
		});

		it('says that no pool is running when there is no runtime file', async () => {
			const attached = PoolClient.attach({ port: server.port, homeDir: `${server.homeDir}/elsewhere` });

			await rejects(attached, 'runtime_not_running', /No pool is running on port \d+\. Start one/);
		});

		for (const [what, text] of [
			['is not JSON', '{"pid":'],
			['lacks the token', '{"pid":1}'],
		] as const) {
			it(`calls a runtime file that ${what} damaged`, async () => {
				await server.writeRuntimeText(text);

				await rejects(attach(), 'runtime_not_running', /is damaged/);
			});
		}

		it('calls a runtime file that speaks of another port damaged', async () => {
			await server.writeRuntimeFile({ port: 1 });

			await rejects(attach(), 'runtime_not_running', /is damaged/);
		});

		it('says that the pool has stopped when its file was left behind', async () => {
			const { port, homeDir } = server;
			await server.stopListening();

			await rejects(PoolClient.attach({ port, homeDir }), 'runtime_not_running', /has stopped/);
		});

		it('says that the home folder differs when the runtime refuses the token', async () => {
			await server.writeRuntimeFile({ adminToken: 'from before the restart' });

			await rejects(attach(), 'runtime_not_running', /another home folder/);
		});

		it('never shows the token to a program that has taken the port', async () => {
			const { port, homeDir } = server;
			await server.stopListening();
			const seen: string[] = [];
			other = await listenOn(port, socket =>
				socket.on('data', data => {
					seen.push(data.toString());
					socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
				}),
			);

			await rejects(PoolClient.attach({ port, homeDir }), 'runtime_not_running', /held by another program/);
			assert.equal(seen.length, 1);
			assert.ok(!seen.join().includes('admin-token'));
		});
	});

	describe('routes', () => {
		it('reads and changes the pool', async () => {
			const pool = await attach();

			const changed = await pool.changePool({ enabled: false, routing: { strategy: 'round_robin' } });

			assert.deepEqual([changed.enabled, changed.routing.strategy], [false, 'round_robin']);
			assert.deepEqual(await pool.state(), server.state);
		});

		it('imports, changes, refreshes and removes accounts', async () => {
			const pool = await attach();

			const [added] = await pool.importAccounts(['{"tokens":{}}']);
			assert.equal(added?.id, 'imported-1');
			assert.equal((await pool.changeAccount('imported-1', { name: 'Work', selected: false })).name, 'Work');
			assert.equal((await pool.refreshAccount('imported-1')).selected, false);
			await pool.removeAccount('imported-1');

			assert.deepEqual(
				(await pool.state()).accounts.map(account => account.id),
				['account-1'],
			);
		});

		it('sends ids with any character as one piece of the path', async () => {
			const pool = await attach();
			const id = 'user/../x?y#z %ü';

			await rejects(pool.removeAccount(id), 'account_not_found');

			assert.equal(server.requests.at(-1)?.path, `/pool/api/accounts/${encodeURIComponent(id)}`);
		});

		it('pauses and resumes an account, and takes its name away', async () => {
			const pool = await attach();

			const paused = await pool.changeAccount('account-1', { paused: true, name: 'Work' });
			const resumed = await pool.changeAccount('account-1', { paused: false, name: null });

			assert.deepEqual([paused.state, paused.name], ['paused', 'Work']);
			assert.deepEqual([resumed.state, resumed.name], ['active', null]);
		});

		it('removes an account alone, or with its sign-in and usage', async () => {
			const pool = await attach();
			await pool.importAccounts(['{}']);

			await pool.removeAccount('account-1');
			await pool.removeAccount('imported-1', { revoke: true, forgetUsage: true });

			const removals = server.requests.filter(({ method }) => method === 'DELETE').map(({ body }) => body);
			assert.deepEqual(removals, [{}, { revoke: true, forgetUsage: true }]);
		});

		it('puts accounts in order', async () => {
			const pool = await attach();
			await pool.importAccounts(['{}', '{}']);

			const ordered = await pool.orderAccounts(['imported-2', 'account-1']);

			assert.deepEqual(
				ordered.map(account => account.id),
				['imported-2', 'account-1', 'imported-1'],
			);
			await rejects(pool.orderAccounts(['nobody']), 'account_not_found');
		});

		it('exports an account in the shape asked for', async () => {
			const pool = await attach();

			assert.equal(await pool.exportAccount('account-1', 'opencode'), 'opencode file of account-1\n');
			assert.equal(server.requests.at(-1)?.path, '/pool/api/accounts/account-1/export');
			await rejects(pool.exportAccount('nobody', 'codex'), 'account_not_found');
		});

		it('starts the sign-in that is asked for, for the account that is asked for', async () => {
			const pool = await attach();

			const started = await pool.startSignIn({ method: 'device', accountId: 'account-1' });

			assert.deepEqual([started.method, started.userCode], ['device', 'ABCD-EFGHI']);
			assert.deepEqual(server.requests.at(-1)?.body, { method: 'device', accountId: 'account-1' });
		});

		it('finishes a sign-in with the address that the browser ended on, and no other', async () => {
			const pool = await attach();
			const { id } = await pool.startSignIn({ method: 'paste' });

			await rejects(pool.finishSignIn(id, 'http://127.0.0.1:1455/'), 'invalid_request', /another sign-in/);
			const finished = await pool.finishSignIn(id, server.callbackUrl);

			assert.deepEqual([finished.state, finished.accountId], ['succeeded', 'account-1']);
			assert.deepEqual(server.requests.at(-1)?.body, { callbackUrl: server.callbackUrl });
		});

		it('signs in with the browser', async () => {
			const pool = await attach();

			const started = await pool.startSignIn();
			const states = [
				started.state,
				(await pool.readSignIn(started.id)).state,
				(await pool.readSignIn(started.id)).state,
			];
			await pool.cancelSignIn(started.id);

			assert.deepEqual(states, ['waiting', 'waiting', 'succeeded']);
			assert.equal(server.requests.at(-1)?.method, 'DELETE');
		});

		it('creates, lists, reveals and revokes keys', async () => {
			const pool = await attach();

			assert.equal((await pool.createKey('Laptop')).key, 'cpk_created');
			assert.deepEqual(await pool.listKeys(), server.keys);
			assert.equal((await pool.revealDefaultKey()).key, 'cpk_default');
			await pool.revokeKey('key-1');

			assert.deepEqual(await pool.listKeys(), []);
		});

		it('reads sessions and usage', async () => {
			const pool = await attach();
			server.sessions = [sessionView()];

			assert.deepEqual(await pool.listSessions(), server.sessions);
			assert.deepEqual(await pool.readUsage({ since: 86_400_000, by: 'model' }), {
				since: 86_400_000,
				by: 'model',
				rows: [],
			});
			assert.equal(server.requests.at(-1)?.path, '/pool/api/usage?since=86400000&by=model');
		});

		it('moves and forgets a session', async () => {
			const pool = await attach();
			server.sessions = [sessionView({ accountId: 'account-2' })];

			const moved = await pool.moveSession('session-1', 'account-1');
			await pool.forgetSession('session-1');

			assert.deepEqual(moved, sessionView({ accountId: 'account-1' }));
			assert.deepEqual(server.sessions, []);
			await rejects(pool.moveSession('session-1', 'account-1'), 'session_not_found');
			await rejects(pool.forgetSession('session-1'), 'session_not_found');
		});

		it('explains a request, the latest unless told', async () => {
			const pool = await attach();
			server.explained = [explainedRequest({ id: 'req_2' }), explainedRequest({ id: 'req_1' })];

			assert.deepEqual(await pool.explainRequest(), explainedRequest({ id: 'req_2' }));
			assert.deepEqual(await pool.explainRequest('req_1'), explainedRequest({ id: 'req_1' }));
			await rejects(pool.explainRequest('req_3'), 'request_not_found');
		});

		it('asks the runtime to shut down', async () => {
			const pool = await attach();

			await pool.shutDown();

			assert.equal(server.requests.at(-1)?.path, '/pool/api/shut-down');
		});
	});

	describe('failures', () => {
		it('passes on the code and sentence of the runtime', async () => {
			const pool = await attach();

			await rejects(pool.revokeKey('none'), 'key_not_found', /No key has this id/);
		});

		it('keeps the sentence of a code it does not know', async () => {
			const pool = await attach();
			const error = { message: 'The moon is full.', type: 'pool_error', code: 'moon_full' };
			server.nextReply = { status: 503, text: JSON.stringify({ error }) };

			await rejects(pool.state(), 'internal', /The moon is full/);
		});

		it('survives an error that is no JSON', async () => {
			const pool = await attach();
			server.nextReply = { status: 502, text: '<html>' };

			await rejects(pool.state(), 'internal', /HTTP 502/);
		});

		it('refuses a success that does not match the contract', async () => {
			const pool = await attach();
			server.nextReply = { status: 200, text: '{"keys":[{"id":7}]}' };

			await rejects(pool.listKeys(), 'internal', /another version/);
		});

		it('refuses a reply without end', async () => {
			const pool = await attach();
			server.nextReply = { status: 200, text: ' '.repeat(17 * 1024 * 1024) };

			await rejects(pool.state(), 'runtime_not_running', /cannot be reached/);
		});

		it('gives up on a runtime that does not answer in time', async () => {
			const pool = await attach(50);
			server.isSuspended = true;

			await rejects(pool.state(), 'runtime_not_running', /did not answer within 0\.05 seconds/);
		});

		for (const [what, ask] of [
			['an import', pool => pool.importAccounts(['{}'])],
			['a removal', pool => pool.removeAccount('account-1', { revoke: true })],
			['a usage reading', pool => pool.refreshAccount('account-1')],
			['the start of a sign-in', pool => pool.startSignIn({ method: 'device' })],
			['the end of a sign-in', pool => pool.finishSignIn('sign-in-1', server.callbackUrl)],
		] as [string, (pool: PoolClient) => Promise<unknown>][]) {
			it(`is patient with ${what}, for which the runtime asks the provider`, async () => {
				const pool = await attach(50);
				let release: () => void = () => undefined;
				server.held = new Promise(resolve => (release = resolve));

				const asking = ask(pool);
				await rejects(pool.state(), 'runtime_not_running', /did not answer/);
				release();

				await asking;
			});
		}

		it('says that the runtime cannot be reached once it is gone', async () => {
			const pool = await attach();
			await server.stopListening();

			await rejects(pool.state(), 'runtime_not_running', /cannot be reached/);
		});

		it('asks again when an idle connection was closed under its request', async () => {
			const { port, state } = server;
			await server.stopListening();
			const answers = { '/healthz': { service: 'codex-account-pool', version: '1.2.3' }, '/pool/api/state': state };
			let connections = 0;
			// Answers one request a connection, and resets the connection at the second.
			other = await listenOn(port, socket => {
				connections += 1;
				let requests = 0;
				socket.on('data', data => {
					requests += 1;
					const path = data.toString().split(' ')[1] as keyof typeof answers;
					const text = JSON.stringify(answers[path]);
					if (requests > 1) socket.resetAndDestroy();
					else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
				});
			});
			const pool = await attach();

			assert.equal((await pool.state()).revision, 1);

			// The probe, the attachment and the second try.
			assert.equal(connections, 3);
		});
	});
});

async function rejects(work: Promise<unknown>, code: PoolErrorCode, message = /./): Promise<void> {
	await assert.rejects(work, error => {
		assert.ok(error instanceof PoolError, String(error));
		assert.equal(error.code, code);
		assert.match(error.message, message);
		return true;
	});
}
