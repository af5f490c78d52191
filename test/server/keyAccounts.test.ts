import assert from 'node:assert/strict';
import type { CreatedKey } from '../../src/shared/keyApi.js';
import { askSocket, createMessage, eachTestClosesItsSockets, responseIdIn } from '../support/modelSocket.js';
import { codexHeaders, codexTurn } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { isMessage, isTurn } from '../support/turns.js';
import type { SimulatedAccount } from '../support/upstream/accounts.js';
import { objectAt, textAt, type JsonObject } from '../support/upstream/json.js';
import { readEvents, send, turnBody, type WholeAnswer } from '../support/upstream/turn.js';

describe('a pool key for some accounts', () => {
	let pool: PoolUnderTest;
	let personal: SimulatedAccount;
	let work: SimulatedAccount;
	let [personalId, workId]: string[] = [];
	let key: CreatedKey;
	const dialTo = eachTestClosesItsSockets();

	beforeEach(async () => {
		pool = await PoolUnderTest.start({ accounts: [{ plan: 'plus' }, { plan: 'pro' }], sockets: true });
		const [first, second] = pool.upstream.accounts;
		assert.ok(first && second);
		[personal, work] = [first, second];
		[personalId, workId] = await Promise.all([pool.accountId(personal), pool.accountId(work)]);
		// Whoever may choose takes the other.
		work.spend('5h', 60);
		await pool.control.refreshAccount(workId);
		key = await pool.control.createKey('Work', { accountIds: [workId] });
		pool.upstream.clearRecord();
	});
	afterEach(() => closeWithoutViolations(pool));

	const turn = ({ key: secret }: Pick<CreatedKey, 'key'>, thread = 't', body: JsonObject = {}): Promise<WholeAnswer> =>
		codexTurn({ owner: pool.owner, key: secret }, thread, { body: { ...turnBody('hello'), ...body } });
	const get = (path: string, headers: Readonly<Record<string, string>>): Promise<WholeAnswer> =>
		send(`${pool.owner.baseUrl}${path}`, { headers });
	const bearer = ({ key: secret }: Pick<CreatedKey, 'key'>) => ({ authorization: `Bearer ${secret}` });
	const catalogue = async (of: Pick<CreatedKey, 'key'>) => {
		const { headers, text } = await get('/backend-api/codex/models?client_version=0.169.0', bearer(of));
		const { models } = JSON.parse(text) as { models: JsonObject[] };
		return { etag: headers.etag, names: models.map(({ slug }) => slug) };
	};
	const errorOf = ({ text }: WholeAnswer): JsonObject => (JSON.parse(text) as { error: JsonObject }).error;
	const asked = () => pool.upstream.requests.filter(isTurn).map(({ account }) => account);
	const only = (...accountIds: (string | undefined)[]) =>
		pool.control.changeKey(key.id, { accountIds: accountIds.filter(id => id !== undefined) });

	it('is served by those alone, also when they are spent', async () => {
		assert.equal((await turn(key)).status, 200);
		work.spend('5h', 100);
		const refused = await turn(key, 'another');
		assert.equal((await turn(pool)).status, 200);

		assert.deepEqual([refused.status, errorOf(refused)['code']], [429, 'usage_limit_reached']);
		assert.deepEqual(asked(), [work, work, personal]);
		const [, row] = (await pool.control.state()).recentRequests;
		const { choices } = await pool.control.explainRequest(row?.id ?? '');
		assert.deepEqual(choices[0]?.considered[0], { accountId: personalId, score: null, out: 'not_for_key' });
	});

	it('leads to others from the next request on, and keeps them over a restart', async () => {
		await turn(key);
		assert.deepEqual((await only(personalId)).accountIds, [personalId]);
		await turn(key);
		await pool.restart();
		await turn(key);
		const { accountIds } = await pool.control.changeKey(key.id, { accountIds: null });

		assert.deepEqual(asked(), [work, personal, personal]);
		assert.equal(accountIds, null);
	});

	it('cannot be made for an account that is not there, nor for none', async () => {
		const { control } = pool;
		await assert.rejects(control.createKey('x', { accountIds: ['nobody'] }), { code: 'account_not_found' });
		await assert.rejects(only(workId, 'nobody'), { code: 'account_not_found' });
		await assert.rejects(only(), { code: 'invalid_request', message: /at "accountIds": name at least one account/ });
		assert.deepEqual((await control.listKeys()).find(({ id }) => id === key.id)?.accountIds, [workId]);
	});

	it('serves nobody once its last account is removed, until it is given another or that one comes back', async () => {
		await pool.control.removeAccount(workId ?? '');
		const refused = await turn(key);
		assert.deepEqual([refused.status, errorOf(refused)['code']], [503, 'no_account']);
		assert.match(String(errorOf(refused)['message']), /The accounts that the pool key "Work" may use are no longer/);
		assert.deepEqual(asked(), []);

		const { accountIds } = await pool.control.changeKey(key.id, { name: 'Office', accountIds: [workId ?? ''] });
		assert.deepEqual(accountIds, [workId], 'what it has may stay');
		await pool.add([work]);
		assert.equal((await turn(key)).status, 200);
	});

	describe('is told', () => {
		it('the models that its accounts have, and no others', async () => {
			await only(personalId);
			const model = 'gpt-5.3-codex-spark';
			const names = async (of: Pick<CreatedKey, 'key'>) => {
				const { data } = JSON.parse((await get('/v1/models', bearer(of))).text) as { data: { id: string }[] };
				return data.map(({ id }) => id);
			};

			assert.deepEqual([(await names(pool)).includes(model), (await names(key)).includes(model)], [true, false]);
			const [all, own] = [await catalogue(pool), await catalogue(key)];
			assert.deepEqual([all.names.includes(model), own.names.includes(model)], [true, false]);
			const outside = await get(`/v1/models/${model}`, bearer(key));
			assert.deepEqual([outside.status, errorOf(outside)['code']], [404, 'model_not_found']);
			assert.match(String(errorOf(outside)['message']), /No account that the pool key "Work" may use has the model/);
			assert.equal((await get('/v1/models/gpt-5.5', bearer(key))).status, 200);
			assert.equal(errorOf(await turn(key, 't', { model }))['code'], 'model_missing');
		});

		it('of its own catalogue with every answer, and that it is another when its accounts are', async () => {
			const [all, own] = [await catalogue(pool), await catalogue(key)];
			const announced = async (of: Pick<CreatedKey, 'key'>) => (await turn(of)).headers['x-models-etag'];
			assert.deepEqual([await announced(pool), await announced(key)], [all.etag, own.etag]);

			await only(personalId);

			assert.notEqual(await announced(key), own.etag);
			const now = await catalogue(key);
			assert.notEqual(now.etag, own.etag);
			assert.deepEqual([await announced(key), await announced(pool)], [now.etag, all.etag]);
		});

		it('why there is no list when none of its accounts can tell', async () => {
			await pool.control.changeAccount(workId ?? '', { paused: true });
			const refused = await get('/v1/models', bearer(key));
			assert.deepEqual([refused.status, errorOf(refused)['code']], [503, 'no_account']);
			assert.match(String(errorOf(refused)['message']), /^No account that this pool key may use can tell/);
		});

		it('what they have left, in headers, events and the report', async () => {
			const used = async (of: Pick<CreatedKey, 'key'>) => {
				const { headers, text } = await turn(of);
				const event = readEvents(text).find(({ type }) => type === 'codex.rate_limits');
				const report = JSON.parse((await get('/backend-api/wham/usage', bearer(of))).text) as JsonObject;
				return [
					Number(headers['x-codex-primary-used-percent']),
					objectAt(objectAt(event, 'rate_limits'), 'primary')['used_percent'],
					objectAt(objectAt(report, 'rate_limit'), 'primary_window')['used_percent'],
				];
			};
			assert.deepEqual(await used(key), [60, 60, 60]);
			assert.deepEqual(await used(pool), [0, 0, 0]);
		});

		it('in a report under its ChatGPT login, what those of the key have left that it came with last', async () => {
			const own = { authorization: 'Bearer own-login' };
			const used = async (secret: string) => {
				await get('/v1/models', { ...own, 'x-codex-pool-key': secret });
				const report = JSON.parse((await get('/backend-api/wham/usage', own)).text) as JsonObject;
				return objectAt(objectAt(report, 'rate_limit'), 'primary_window')['used_percent'];
			};
			assert.deepEqual([await used(pool.key), await used(key.key), await used(pool.key)], [0, 60, 0]);
		});
	});

	it('takes a WebSocket that is open to its other accounts, between two messages', async () => {
		const socket = await dialTo(`ws://127.0.0.1:${pool.owner.port}/backend-api/codex/responses`, {
			...bearer(key),
			...codexHeaders,
		});
		const first = await askSocket(socket, createMessage('hello'));
		await only(personalId);

		const chained = createMessage('and then', { previous_response_id: responseIdIn(first) });
		const refused = (await askSocket(socket, chained)).at(-1);
		const whole = (await askSocket(socket, createMessage('hello and then'))).at(-1);

		assert.equal(textAt(objectAt(refused, 'error'), 'code'), 'previous_response_not_found');
		assert.equal(whole?.['type'], 'response.completed');
		const served = pool.upstream.requests.filter(isMessage).map(({ account }) => account);
		assert.deepEqual(served, [work, personal]);
	});
});
