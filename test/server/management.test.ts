import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { poolStateSchema, runtimeFileSchema, type PoolState } from '../../src/shared/poolApi.js';
import { managementRoutes } from '../../src/shared/managementRoutes.js';
import { codexTurn } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { send, type SendOptions } from '../support/upstream/turn.js';

describe('the management API', () => {
	let pool: PoolUnderTest;
	let adminToken: string;

	beforeEach(async () => {
		pool = await PoolUnderTest.start();
		const file = join(pool.folder, 'home', 'runtime', `${pool.owner.port}.json`);
		adminToken = runtimeFileSchema.parse(JSON.parse(await readFile(file, 'utf8'))).adminToken;
	});
	afterEach(() => closeWithoutViolations(pool));

	const admin = () => ({ authorization: `Bearer ${adminToken}` });
	const ask = async (path: string, options: SendOptions = {}) => {
		const answer = await send(`${pool.owner.baseUrl}${path}`, { headers: admin(), ...options });
		const body = answer.text === '' ? undefined : (JSON.parse(answer.text) as { error?: { code: string } });
		return { status: answer.status, headers: answer.headers, body, code: body?.error?.code };
	};

	it('opens to the admin token alone, on every route', async () => {
		for (const [method, path] of Object.values(managementRoutes)) {
			for (const authorization of [undefined, `Bearer ${pool.key}`, 'Bearer wrong', `Basic ${adminToken}`]) {
				const answer = await ask(path.replace(':id', 'x'), {
					method,
					headers: authorization === undefined ? {} : { authorization },
				});
				assert.deepEqual([answer.status, answer.code], [401, 'admin_token_rejected'], `${method} ${path}`);
			}
		}
	});

	it('does not open the model routes to the admin token', async () => {
		assert.equal((await ask('/v1/models')).code, 'pool_key_rejected');
		assert.equal((await ask('/backend-api/codex/responses', { body: {} })).code, 'pool_key_rejected');
	});

	it('says of an unknown route that it is unknown, not that the token is wrong', async () => {
		const answer = await ask('/pool/api/from-the-future');
		assert.deepEqual([answer.status, answer.code], [404, 'not_found']);
	});

	it('refuses what it cannot read with the caller as the cause', async () => {
		const patch = (path: string, body: string | object) =>
			ask(path, {
				method: 'PATCH',
				body: typeof body === 'string' ? body : JSON.stringify(body),
				headers: { ...admin(), 'content-type': 'application/json' },
			});
		for (const body of ['{', '[]', '"x"', '{"enabled":"yes"}', '{"routing":{"strategy":"random"}}']) {
			const answer = await patch('/pool/api/pool', body);
			assert.deepEqual([answer.status, answer.code], [400, 'invalid_request'], body);
		}
		assert.equal((await patch('/pool/api/accounts/nobody', { selected: true })).code, 'account_not_found');
		const [account] = (await pool.control.state()).accounts;
		for (const change of [{ priority: 0 }, { priority: 5.5 }, { reservePercent: 91 }, { reservePercent: -1 }]) {
			const answer = await patch(`/pool/api/accounts/${account?.id}`, change);
			assert.equal(answer.code, 'invalid_request', JSON.stringify(change));
		}
		assert.equal((await patch('/pool/api/sessions/nothing', {})).code, 'invalid_request');
		assert.equal((await patch('/pool/api/sessions/nothing', { accountId: 'nobody' })).code, 'account_not_found');
		assert.equal((await patch('/pool/api/sessions/nothing', { accountId: account?.id })).code, 'session_not_found');
		assert.equal((await ask('/pool/api/sessions/nothing', { method: 'DELETE' })).code, 'session_not_found');
		assert.equal((await ask('/pool/api/requests/latest')).code, 'request_not_found');
		assert.equal((await ask('/pool/api/requests/req_nothing')).code, 'request_not_found');
		assert.equal((await ask('/pool/api/accounts/%E0%A4%A', { method: 'DELETE' })).status, 400);
		assert.equal((await ask('/pool/api/keys/nothing', { method: 'DELETE' })).code, 'key_not_found');
		assert.equal((await ask('/pool/api/usage?by=moon')).code, 'invalid_request');
		const charset = { ...admin(), 'content-type': 'application/json; charset=klingon' };
		assert.equal((await ask('/pool/api/keys', { body: '{"name":"x"}', headers: charset })).status, 415);
		assert.deepEqual(
			pool.logLines.filter(line => line.startsWith('error')),
			[],
		);
	});

	it('is never kept by a cache', async () => {
		assert.equal((await ask('/pool/api/state')).headers['cache-control'], 'no-store');
		assert.equal((await ask('/pool/api/keys/default/reveal', { method: 'POST' })).headers['cache-control'], 'no-store');
	});

	it('is written down for its owner alone', async () => {
		const { stat } = await import('node:fs/promises');
		const file = join(pool.folder, 'home', 'runtime', `${pool.owner.port}.json`);
		assert.equal((await stat(file)).mode & 0o777, 0o600);
	});

	it('adds accounts all or none', async () => {
		const good = pool.upstream.addAccount();
		const documents = [JSON.stringify(good.authFile()), '{"tokens":'];
		const answer = await ask('/pool/api/accounts/import', {
			body: JSON.stringify({ documents }),
			headers: { ...admin(), 'content-type': 'application/json' },
		});
		assert.deepEqual([answer.status, answer.code], [400, 'invalid_account_file']);
		assert.equal((await pool.control.state()).accounts.length, 2);
	});

	it('changes what it is asked to change and keeps it across a restart', async () => {
		const [first] = (await pool.control.state()).accounts;
		assert.ok(first);
		await pool.control.changePool({ routing: { strategy: 'round_robin', holdMinutes: 30 } });
		await pool.control.changePool({ routing: { inFlightLimit: 2 } });
		await pool.control.changeAccount(first.id, {
			name: 'Work',
			selected: false,
			paused: true,
			priority: 1,
			reservePercent: 20,
		});
		await pool.restart();
		const state = await pool.control.state();
		const renamed = state.accounts.find(({ id }) => id === first.id);
		assert.deepEqual(
			[renamed?.name, renamed?.selected, renamed?.state, renamed?.priority, renamed?.reservePercent],
			['Work', false, 'paused', 1, 20],
		);
		const routing = { strategy: 'round_robin', singleAccountId: null, inFlightLimit: 2, holdMinutes: 30 };
		assert.deepEqual(state.routing, routing);
	});

	it('removes an account with its tokens', async () => {
		const [first, second] = (await pool.control.state()).accounts;
		assert.ok(first && second);
		await pool.control.removeAccount(first.id);
		assert.ok(!pool.vault.names.includes(`account/${first.id}`));
		for (let turn = 0; turn < 3; turn++) {
			const answer = await codexTurn(pool, `t${turn}`);
			assert.equal(answer.headers['x-codex-pool-account'], second.id);
		}
	});

	it('keeps the priority and reserve of an account that is added again', async () => {
		const [account] = pool.upstream.accounts;
		assert.ok(account);
		const id = await pool.accountId(account);
		await pool.control.changeAccount(id, { priority: 9, reservePercent: 15 });

		await pool.add([account]);

		const again = (await pool.control.state()).accounts.find(each => each.id === id);
		assert.deepEqual([again?.priority, again?.reservePercent], [9, 15]);
	});

	it('reads usage figures anew when asked', async () => {
		const [account] = pool.upstream.accounts;
		assert.ok(account);
		account.spend('weekly', 64);
		const view = await pool.control.refreshAccount(await pool.accountId(account));
		const weekly = view.windows.find(({ durationMinutes }) => durationMinutes === 10_080);
		assert.deepEqual([weekly?.usedPercent, weekly?.source], [64, 'poll']);
	});

	it('keeps the past of every window', async () => {
		const [account] = pool.upstream.accounts;
		assert.ok(account);
		const id = await pool.accountId(account);
		await pool.control.refreshAccount(id);
		const { windows } = await pool.control.readWindowHistory(id, 0);
		assert.deepEqual(windows.map(({ durationMinutes }) => durationMinutes).sort(), [10_080, 300]);
		assert.ok(windows.every(({ points }) => points.length > 0));
		assert.equal((await ask('/pool/api/accounts/nobody/window-history')).code, 'account_not_found');
		assert.equal((await ask(`/pool/api/accounts/${id}/window-history?since=soon`)).code, 'invalid_request');
	});

	it('tells of a sign-in that has ended when figures are asked for, instead of failing', async () => {
		const [account] = pool.upstream.accounts;
		assert.ok(account);
		const id = await pool.accountId(account);
		account.revokeAccess();
		account.breakRefresh('refresh_token_invalidated');
		const view = await pool.control.refreshAccount(id);
		assert.equal(view.state, 'needs_sign_in');
	});

	describe('the event stream', () => {
		const open = (headers: Record<string, string>) =>
			new WebSocket(`ws://127.0.0.1:${pool.owner.port}/pool/api/events`, { headers });
		const nextState = async (socket: WebSocket): Promise<PoolState> => {
			const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
			assert.equal(isBinary, false);
			return poolStateSchema.parse(JSON.parse(data.toString('utf8')));
		};

		it('sends the newest state at once and another after a change', async () => {
			const socket = open(admin());
			const first = await nextState(socket);
			assert.equal(first.enabled, true);
			const changed = nextState(socket);
			await pool.control.changePool({ enabled: false });
			const second = await changed;
			assert.equal(second.enabled, false);
			assert.ok(second.revision > first.revision);
			socket.close();
		});

		it('shows a turn that runs and that it has ended', async () => {
			const socket = open(admin());
			const seen: PoolState[] = [];
			socket.on('message', (data: Buffer) => seen.push(poolStateSchema.parse(JSON.parse(data.toString('utf8')))));
			await once(socket, 'message');
			await codexTurn(pool);
			while (seen.at(-1)?.inFlight !== 0 || seen.at(-1)?.recentRequests.length !== 1) await once(socket, 'message');
			assert.equal(seen.at(-1)?.totals.today.requests, 1);
			socket.close();
		});

		it('refuses the pool key, no token, foreign hosts and web pages', async () => {
			for (const [headers, status] of [
				[{ authorization: `Bearer ${pool.key}` }, 401],
				[{}, 401],
				[{ ...admin(), origin: 'https://example.com' }, 403],
				[{ ...admin(), host: 'evil.test' }, 403],
			] as const) {
				const socket = open(headers);
				const [error] = (await once(socket, 'error')) as [Error];
				assert.match(error.message, new RegExp(String(status)));
			}
		});

		it('says goodbye when the pool closes', async () => {
			const socket = open(admin());
			await nextState(socket);
			const closed = once(socket, 'close');
			await pool.runtime.close(0);
			assert.equal((await closed)[0], 1001);
		});

		it('outlives a client that sends rubbish', async () => {
			const socket = open(admin());
			await nextState(socket);
			const closed = once(socket, 'close');
			socket.on('error', () => undefined);
			socket.send('x'.repeat(100_000));
			await closed;
			assert.equal((await ask('/pool/api/state')).status, 200);
		});
	});

	it('answers before it shuts down', async () => {
		const asked = pool.runtime.shutDownAsked.then(() => pool.runtime.close(0));
		const answer = await ask('/pool/api/shut-down', { method: 'POST' });
		assert.equal(answer.status, 204);
		await asked;
	});
});
