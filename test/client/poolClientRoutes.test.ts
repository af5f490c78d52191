import assert from 'node:assert/strict';
import { PoolClient } from '../../src/client/poolClient.js';
import { requestRecordSchema } from '../../src/shared/requestApi.js';
import { explainedRequest, sessionView } from '../support/managementExamples.js';
import { rejectsWith } from '../support/hasCode.js';
import { ManagementServer } from '../support/managementServer.js';

describe('the routes of PoolClient', () => {
	let server: ManagementServer;
	let pool: PoolClient;

	beforeEach(async () => {
		server = await ManagementServer.start();
		pool = await PoolClient.attach({ port: server.port, homeDir: server.homeDir });
	});
	afterEach(async () => {
		pool.dispose();
		await server.close();
	});

	it('reads and changes the pool', async () => {
		const changed = await pool.changePool({ enabled: false, routing: { strategy: 'round_robin' } });

		assert.deepEqual([changed.enabled, changed.routing.strategy], [false, 'round_robin']);
		assert.deepEqual(await pool.state(), server.state);
	});

	it('imports, changes, refreshes and removes accounts', async () => {
		const [added] = await pool.importAccounts(['{"tokens":{}}']);
		assert.equal(added?.id, 'imported-1');
		assert.equal((await pool.changeAccount('imported-1', { name: 'Work', selected: false })).name, 'Work');
		assert.equal((await pool.refreshAccount('imported-1')).selected, false);
		assert.deepEqual((await pool.refreshAccounts()).failedIds, []);
		assert.deepEqual((await pool.redeemReset('imported-1')).code, 'reset');
		await pool.removeAccount('imported-1');

		assert.deepEqual(
			(await pool.state()).accounts.map(account => account.id),
			['account-1'],
		);
	});

	it('sends ids with any character as one piece of the path', async () => {
		const id = 'user/../x?y#z %ü';

		await rejectsWith(pool.removeAccount(id), 'account_not_found');

		assert.equal(server.requests.at(-1)?.path, `/pool/api/accounts/${encodeURIComponent(id)}`);
	});

	it('pauses and resumes an account, and takes its name away', async () => {
		const paused = await pool.changeAccount('account-1', { paused: true, name: 'Work' });
		const resumed = await pool.changeAccount('account-1', { paused: false, name: null });

		assert.deepEqual([paused.state, paused.name], ['paused', 'Work']);
		assert.deepEqual([resumed.state, resumed.name], ['active', null]);
	});

	it('removes an account alone, or with its sign-in and usage', async () => {
		await pool.importAccounts(['{}']);

		await pool.removeAccount('account-1');
		await pool.removeAccount('imported-1', { revoke: true, forgetUsage: true });

		const removals = server.requests.filter(({ method }) => method === 'DELETE').map(({ body }) => body);
		assert.deepEqual(removals, [{}, { revoke: true, forgetUsage: true }]);
	});

	it('puts accounts in order', async () => {
		await pool.importAccounts(['{}', '{}']);

		const ordered = await pool.orderAccounts(['imported-2', 'account-1']);

		assert.deepEqual(
			ordered.map(account => account.id),
			['imported-2', 'account-1', 'imported-1'],
		);
		await rejectsWith(pool.orderAccounts(['nobody']), 'account_not_found');
	});

	it('exports an account in the shape asked for', async () => {
		assert.equal(await pool.exportAccount('account-1', 'opencode'), 'opencode file of account-1\n');
		assert.equal(server.requests.at(-1)?.path, '/pool/api/accounts/account-1/export');
		await rejectsWith(pool.exportAccount('nobody', 'codex'), 'account_not_found');
	});

	it('starts the sign-in that is asked for, for the account that is asked for', async () => {
		const started = await pool.startSignIn({ method: 'device', accountId: 'account-1' });

		assert.deepEqual([started.method, started.userCode], ['device', 'ABCD-EFGHI']);
		assert.deepEqual(server.requests.at(-1)?.body, { method: 'device', accountId: 'account-1' });
	});

	it('finishes a sign-in with the address that the browser ended on, and no other', async () => {
		const { id } = await pool.startSignIn({ method: 'paste' });

		await rejectsWith(pool.finishSignIn(id, 'http://127.0.0.1:1455/'), 'invalid_request', /another sign-in/);
		const finished = await pool.finishSignIn(id, server.callbackUrl);

		assert.deepEqual([finished.state, finished.accountId], ['succeeded', 'account-1']);
		assert.deepEqual(server.requests.at(-1)?.body, { callbackUrl: server.callbackUrl });
	});

	it('signs in with the browser', async () => {
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
		assert.equal((await pool.createKey('Laptop')).key, 'cpk_created');
		assert.deepEqual(await pool.listKeys(), server.keys);
		assert.equal((await pool.revealDefaultKey()).key, 'cpk_default');
		const changed = await pool.changeKey('key-1', { name: 'Mine', models: ['gpt-5.5'] });
		assert.deepEqual([changed.name, changed.models], ['Mine', ['gpt-5.5']]);
		assert.equal((await pool.rotateKey('key-1')).key, 'cpk_rotated');
		await pool.revokeKey('key-1');

		assert.deepEqual(await pool.listKeys(), []);
	});

	it('reads sessions and usage', async () => {
		server.sessions = [sessionView()];

		assert.deepEqual(await pool.listSessions(), server.sessions);
		assert.deepEqual(await pool.readUsage({ since: 86_400_000, until: 172_800_000, by: 'model' }), {
			since: 86_400_000,
			until: 172_800_000,
			by: 'model',
			rows: [],
		});
		assert.equal(server.requests.at(-1)?.path, '/pool/api/usage?since=86400000&by=model&until=172800000');
		server.windowHistory = [
			{ limit: 'codex', durationMinutes: 300, points: [{ at: 86_400_000, usedPercent: 7, resetsAt: null }] },
		];
		assert.deepEqual(await pool.readWindowHistory('account-1', 86_400_000), {
			since: 86_400_000,
			windows: server.windowHistory,
		});
	});

	it('lists requests, as they are asked for', async () => {
		const request = requestRecordSchema.parse(explainedRequest());
		server.state = { ...server.state, recentRequests: [request] };

		const page = await pool.listRequests({ before: '1z', accountId: '', text: 'a b', limit: 10, model: undefined });

		assert.deepEqual(page, { requests: [request], next: null, isCutShort: false });
		assert.equal(server.requests.at(-1)?.path, '/pool/api/requests?before=1z&accountId=&text=a+b&limit=10');
	});

	it('moves and forgets a session', async () => {
		server.sessions = [sessionView({ accountId: 'account-2' })];

		const moved = await pool.moveSession('session-1', 'account-1');
		await pool.forgetSession('session-1');

		assert.deepEqual(moved, sessionView({ accountId: 'account-1' }));
		assert.deepEqual(server.sessions, []);
		await rejectsWith(pool.moveSession('session-1', 'account-1'), 'session_not_found');
		await rejectsWith(pool.forgetSession('session-1'), 'session_not_found');
	});

	it('explains a request, the latest unless told', async () => {
		server.explained = [explainedRequest({ id: 'req_2' }), explainedRequest({ id: 'req_1' })];

		assert.deepEqual(await pool.explainRequest(), explainedRequest({ id: 'req_2' }));
		assert.deepEqual(await pool.explainRequest('req_1'), explainedRequest({ id: 'req_1' }));
		await rejectsWith(pool.explainRequest('req_3'), 'request_not_found');
	});

	it('asks the runtime to shut down', async () => {
		await pool.shutDown();

		assert.equal(server.requests.at(-1)?.path, '/pool/api/shut-down');
	});
});
