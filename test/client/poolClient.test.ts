import assert from 'node:assert/strict';
import { PoolClient } from '../../src/client/poolClient.js';
import { ownerProof } from '../../src/shared/ownerProof.js';
import { listenOn, type Listening } from '../support/listenOn.js';
import { rejectsWith } from '../support/hasCode.js';
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
			const { port, homeDir } = server;
			await server.stopListening();

			const attached = PoolClient.attach({ port, homeDir: `${homeDir}/elsewhere` });

			await rejectsWith(attached, 'runtime_not_running', /No pool is running on port \d+\. Start one/);
		});

		it('says that the home folder differs when a pool runs that has left no runtime file here', async () => {
			const attached = PoolClient.attach({ port: server.port, homeDir: `${server.homeDir}/elsewhere` });

			await rejectsWith(attached, 'runtime_not_running', /another home folder/);
		});

		for (const [what, text] of [
			['is not JSON', '{"pid":'],
			['lacks the token', '{"pid":1}'],
		] as const) {
			it(`calls a runtime file that ${what} damaged`, async () => {
				await server.writeRuntimeText(text);

				await rejectsWith(attach(), 'runtime_not_running', /is damaged/);
			});
		}

		it('calls a runtime file that speaks of another port damaged', async () => {
			await server.writeRuntimeFile({ port: 1 });

			await rejectsWith(attach(), 'runtime_not_running', /is damaged/);
		});

		it('says that the pool has stopped when its file was left behind', async () => {
			const { port, homeDir } = server;
			await server.stopListening();

			await rejectsWith(PoolClient.attach({ port, homeDir }), 'runtime_not_running', /has stopped/);
		});

		it('says that the home folder differs when the runtime has another token, without showing ours', async () => {
			await server.writeRuntimeFile({ adminToken: 'from before the restart' });

			await rejectsWith(attach(), 'runtime_not_running', /another home folder/);
			assert.deepEqual(server.requests, []);
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

			await rejectsWith(PoolClient.attach({ port, homeDir }), 'runtime_not_running', /held by another program/);
			assert.equal(seen.length, 1);
			assert.ok(!seen.join().includes('admin-token'));
		});

		it('never shows the token to a program that has taken the port and says it is a pool', async () => {
			const { port, homeDir } = server;
			await server.stopListening();
			const body = '{"service":"codex-account-pool","version":"1.2.3","proof":"made-up"}';
			const seen: string[] = [];
			other = await listenOn(port, socket =>
				socket.on('data', data => {
					seen.push(data.toString());
					socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
				}),
			);

			await rejectsWith(PoolClient.attach({ port, homeDir }), 'runtime_not_running', /another home folder/);
			assert.ok(!seen.join().includes('admin-token'));
		});
	});

	describe('failures', () => {
		it('passes on the code and sentence of the runtime', async () => {
			const pool = await attach();

			await rejectsWith(pool.revokeKey('none'), 'key_not_found', /No key has this id/);
		});

		it('keeps the sentence of a code it does not know', async () => {
			const pool = await attach();
			const error = { message: 'The moon is full.', type: 'pool_error', code: 'moon_full' };
			server.nextReply = { status: 503, text: JSON.stringify({ error }) };

			await rejectsWith(pool.state(), 'internal', /The moon is full/);
		});

		it('survives an error that is no JSON', async () => {
			const pool = await attach();
			server.nextReply = { status: 502, text: '<html>' };

			await rejectsWith(pool.state(), 'internal', /HTTP 502/);
		});

		it('refuses a success that does not match the contract', async () => {
			const pool = await attach();
			server.nextReply = { status: 200, text: '{"keys":[{"id":7}]}' };

			await rejectsWith(pool.listKeys(), 'internal', /another version/);
		});

		it('refuses a reply without end', async () => {
			const pool = await attach();
			server.nextReply = { status: 200, text: ' '.repeat(17 * 1024 * 1024) };

			await rejectsWith(pool.state(), 'runtime_not_running', /cannot be reached/);
		});

		it('gives up on a runtime that does not answer in time', async () => {
			const pool = await attach(50);
			server.isSuspended = true;

			await rejectsWith(pool.state(), 'runtime_not_running', /did not answer within 0\.05 seconds/);
		});

		for (const [what, ask] of [
			['an import', pool => pool.importAccounts(['{}'])],
			['a removal', pool => pool.removeAccount('account-1', { revoke: true })],
			['a usage reading', pool => pool.refreshAccount('account-1')],
			['a reading of all usage', pool => pool.refreshAccounts()],
			['the redemption of a reset', pool => pool.redeemReset('account-1')],
			['the start of a sign-in', pool => pool.startSignIn({ method: 'device' })],
			['the end of a sign-in', pool => pool.finishSignIn('sign-in-1', server.callbackUrl)],
		] as [string, (pool: PoolClient) => Promise<unknown>][]) {
			it(`is patient with ${what}, for which the runtime asks the provider`, async () => {
				const pool = await attach(50);
				let release: () => void = () => undefined;
				server.held = new Promise(resolve => (release = resolve));

				const asking = ask(pool);
				await rejectsWith(pool.state(), 'runtime_not_running', /did not answer/);
				release();

				await asking;
			});
		}

		it('says that the runtime cannot be reached once it is gone', async () => {
			const pool = await attach();
			await server.stopListening();

			await rejectsWith(pool.state(), 'runtime_not_running', /cannot be reached/);
		});

		it('asks again when an idle connection was closed under its request', async () => {
			const { port, state } = server;
			await server.stopListening();
			const health = (challenge = '') => {
				const proof = ownerProof('admin-token-of-the-test', challenge);
				return { service: 'codex-account-pool', version: '1.2.3', proof };
			};
			let connections = 0;
			// Answers one request a connection, and resets the connection at the second.
			other = await listenOn(port, socket => {
				connections += 1;
				let requests = 0;
				socket.on('data', data => {
					requests += 1;
					const [path, challenge] = data.toString().split(' ')[1]?.split('?challenge=') ?? [];
					const text = JSON.stringify(path === '/healthz' ? health(challenge) : state);
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
