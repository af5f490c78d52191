import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { access, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { startRuntime } from '../../src/runtime.js';
import { PoolError } from '../../src/shared/poolError.js';
import type { RuntimeOptions } from '../../src/shared/runtimeMessages.js';
import { MemoryVault } from '../support/memoryVault.js';
import { codexTurn } from '../support/poolRequests.js';
import { PoolUnderTest } from '../support/poolUnderTest.js';
import { RecordingLog } from '../support/recordingLog.js';
import { isTurn } from '../support/turns.js';
import { readText, send } from '../support/upstream/turn.js';

describe('a runtime that closes', () => {
	let pool: PoolUnderTest;

	beforeEach(async () => {
		pool = await PoolUnderTest.start();
	});
	afterEach(() => pool.close());

	const options = (change: Partial<RuntimeOptions>): RuntimeOptions => ({
		port: 0,
		dataDir: join(pool.folder, 'other-data'),
		homeDir: join(pool.folder, 'other-home'),
		upstreamUrl: pool.upstream.backendUrl,
		issuerUrl: pool.upstream.issuerUrl,
		launcher: 'editor',
		version: '0.0.0-test',
		network: { proxyUrl: null, noProxy: [], extraCertificates: [] },
		...change,
	});
	const isGone = (file: string): Promise<boolean> =>
		access(file).then(
			() => false,
			() => true,
		);
	const refusesConnections = (): Promise<boolean> =>
		send(`${pool.owner.baseUrl}/healthz`).then(
			() => false,
			() => true,
		);

	/** A turn that waits after its first output until `goOn`. */
	async function runningTurn(thread = 'running', agent?: Agent) {
		const wait = Promise.withResolvers<undefined>();
		pool.upstream.script({ kind: 'silence', after: 'output', until: wait.promise }, { when: isTurn });
		const answer = codexTurn(pool, thread, agent ? { agent } : {});
		await pool.upstream.waitForRequest(request => isTurn(request) && request.header('thread-id') === thread);
		return { answer, goOn: () => wait.resolve(undefined) };
	}

	it('frees the port at once and lets a running stream come to its end', async () => {
		const turn = await runningTurn();
		const { port } = pool.owner;

		const closing = pool.runtime.close(60_000);
		assert.ok(await isGone(join(pool.folder, 'home', 'runtime', `${port}.json`)));
		const heir = await startRuntime(options({ port }), { vault: new MemoryVault(), log: new RecordingLog() });
		assert.equal(heir.owner.port, port);
		assert.equal((await send(`${heir.owner.baseUrl}/healthz`)).status, 200);

		turn.goOn();
		assert.equal(readText((await turn.answer).text), 'Echo: hello from running');
		await closing;
		await heir.close(0);
	});

	it('takes no further request on a connection that was open before', async () => {
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		const turn = await runningTurn('first', agent);
		const other = await runningTurn('second');
		const closing = pool.runtime.close(60_000);

		turn.goOn();
		assert.equal((await turn.answer).status, 200);
		const late = send(`${pool.owner.baseUrl}/healthz`, { agent });
		await assert.rejects(late);

		other.goOn();
		await other.answer;
		await closing;
		agent.destroy();
	});

	it('cuts what is still running when its time is over, and writes it down', async () => {
		const turn = await runningTurn();
		await pool.runtime.close(0);
		const answer = await turn.answer.catch(() => undefined);
		assert.notEqual(answer?.isWhole, true);
		await pool.restart();
		const { recentRequests } = await pool.control.state();
		assert.equal(recentRequests.length, 1);
		assert.notEqual(recentRequests[0]?.outcome, 'succeeded');
	});

	it('does not lose tokens that are being renewed', async () => {
		const [account] = pool.upstream.accounts;
		assert.ok(account);
		for (const each of pool.upstream.accounts) each.revokeAccess();
		const wait = Promise.withResolvers<undefined>();
		pool.upstream.script({ kind: 'slow', wait: wait.promise }, { path: '/oauth/token' });
		const answer = codexTurn(pool).catch(() => undefined);
		const { account: renewed } = await pool.upstream.waitForRequest(({ path }) => path === '/oauth/token');
		assert.ok(renewed);

		const closing = pool.runtime.close(0);
		await answer; // cut
		wait.resolve(undefined);
		await closing;

		const secret = await pool.vault.read(`account/${await idOf(renewed.email)}`);
		assert.equal((JSON.parse(secret ?? '{}') as { refreshToken?: string }).refreshToken, renewed.refreshToken);

		async function idOf(email: string): Promise<string> {
			await pool.restart();
			const found = (await pool.control.state()).accounts.find(each => each.email === email);
			return found?.id ?? '';
		}
	});

	it('can be closed again and again', async () => {
		await Promise.all([pool.runtime.close(0), pool.runtime.close(10), pool.runtime.close(0)]);
		assert.ok(await refusesConnections());
	});

	describe('before it has begun', () => {
		it('says port_taken and leaves nothing behind when somebody else has the port', async () => {
			const stranger = createServer();
			await once(stranger.listen(0, '127.0.0.1'), 'listening');
			const { port } = stranger.address() as AddressInfo;
			await assert.rejects(
				startRuntime(options({ port }), { vault: new MemoryVault(), log: new RecordingLog() }),
				(error: unknown) => error instanceof PoolError && error.code === 'port_taken',
			);
			assert.ok(await isGone(join(pool.folder, 'other-home', 'runtime', `${port}.json`)));
			const left = await readdir(join(pool.folder, 'other-data'));
			assert.deepEqual(
				left.filter(name => /-wal$|-shm$/.test(name)),
				[],
				'the database is closed',
			);
			stranger.close();
			await once(stranger, 'close');

			const later = await startRuntime(options({ port }), { vault: new MemoryVault(), log: new RecordingLog() });
			await later.close(0);
		});

		it('says port_taken when only the IPv6 loopback is taken', async () => {
			const stranger = createServer();
			await once(stranger.listen({ port: 0, host: '::1', ipv6Only: true }), 'listening');
			const { port } = stranger.address() as AddressInfo;
			await assert.rejects(
				startRuntime(options({ port }), { vault: new MemoryVault(), log: new RecordingLog() }),
				(error: unknown) => error instanceof PoolError && error.code === 'port_taken',
			);
			await assert.rejects(send(`http://127.0.0.1:${port}/healthz`));
			stranger.close();
		});

		it('leaves the running owner and its file alone', async () => {
			const { port } = pool.owner;
			const homeDir = join(pool.folder, 'home');
			await assert.rejects(
				startRuntime(options({ port, homeDir }), { vault: new MemoryVault(), log: new RecordingLog() }),
			);
			assert.equal((await pool.control.state()).owner.port, port);
			assert.equal(await isGone(join(homeDir, 'runtime', `${port}.json`)), false);
		});
	});
});
