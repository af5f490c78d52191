import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { CreatedKey } from '../../src/shared/keyApi.js';
import { askSocket, createMessage, eachTestClosesItsSockets } from '../support/modelSocket.js';
import { codexHeaders, codexTurn, sdkRequest } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { isMessage, isTurn } from '../support/turns.js';
import { type JsonObject, objectAt, textAt } from '../support/upstream/json.js';
import { readText, send, turnBody, type WholeAnswer } from '../support/upstream/turn.js';

describe('a pool key', () => {
	let pool: PoolUnderTest;
	const dialTo = eachTestClosesItsSockets();

	beforeEach(async () => {
		pool = await PoolUnderTest.start({ sockets: true });
	});
	afterEach(() => closeWithoutViolations(pool));

	const withKey = ({ key }: Pick<CreatedKey, 'key'>) => ({ owner: pool.owner, key });
	const turn = (key: Pick<CreatedKey, 'key'>, model = 'gpt-5.5'): Promise<WholeAnswer> =>
		codexTurn(withKey(key), 'thread-1', { body: { ...turnBody('hello'), model } });
	const get = ({ key }: Pick<CreatedKey, 'key'>, path: string): Promise<WholeAnswer> =>
		send(`${pool.owner.baseUrl}${path}`, { headers: { authorization: `Bearer ${key}` } });
	const errorOf = ({ text }: WholeAnswer): JsonObject => (JSON.parse(text) as { error: JsonObject }).error;
	const dial = ({ key }: Pick<CreatedKey, 'key'>) =>
		dialTo(`ws://127.0.0.1:${pool.owner.port}/backend-api/codex/responses`, {
			authorization: `Bearer ${key}`,
			...codexHeaders,
		});
	/** The last event of the answer to a turn. */
	const ask = async (socket: WebSocket, model = 'gpt-5.5') =>
		(await askSocket(socket, createMessage('hello', { model }))).at(-1) ?? {};
	const frameError = (event: JsonObject) => [event['status'], textAt(objectAt(event, 'error'), 'code')];
	const viewOf = async ({ id }: CreatedKey) => (await pool.control.listKeys()).find(key => key.id === id);

	it('is listed with how it begins and what it may use, never with its secret', async () => {
		const limits = { models: ['gpt-5.5'], budget: { tokens: 1_000_000, per: 'week' as const } };
		const created = await pool.control.createKey('CI', limits);

		const view = await viewOf(created);

		assert.deepEqual(
			[view?.name, view?.prefix, view?.isDefault, view?.models, view?.budget?.used],
			['CI', created.key.slice(0, 8), false, ['gpt-5.5'], 0],
		);
		assert.equal(new Date(view?.budget?.resetsAt ?? 0).getDay(), 1, 'Monday');
		const keys = await pool.control.listKeys();
		assert.deepEqual(keys.map(({ isDefault }) => isDefault).sort(), [false, true]);
		assert.ok(!JSON.stringify(keys).includes(created.key) && !JSON.stringify(keys).includes(pool.key));
	});

	it('keeps its name and limits over a restart', async () => {
		const created = await pool.control.createKey('CI');
		await pool.control.changeKey(created.id, { name: 'Build', models: ['gpt-5.5'] });
		await pool.control.changeKey(created.id, { budget: { tokens: 5, per: 'day' } });
		await turn(created);
		const before = await viewOf(created);

		await pool.restart();

		assert.deepEqual(await viewOf(created), { ...before, lastUsedAt: (await viewOf(created))?.lastUsedAt });
		assert.equal(before?.name, 'Build');
		assert.equal((await turn(created)).status, 429, 'what it had used before counts');
	});

	it('cannot be given limits that make no sense', async () => {
		const { id } = await pool.control.createKey('CI');
		const { control } = pool;
		const wrong: readonly (() => Promise<unknown>)[] = [
			() => control.createKey(' '),
			() => control.createKey('x', { models: [] }),
			() => control.createKey('x', { models: ['a b'] }),
			() => control.createKey('x', { budget: { tokens: 0, per: 'day' } }),
			() => control.changeKey(id, { budget: { tokens: 1.5, per: 'day' } }),
			() => control.changeKey(id, { name: 'x'.repeat(81) }),
		];
		for (const call of wrong) await assert.rejects(call, { code: 'invalid_request' });
		await assert.rejects(control.changeKey(id, { models: ['gpt-typo'] }), { code: 'model_not_found' });
		await assert.rejects(control.createKey('x', { models: ['gpt-5.5', 'gpt-typo'] }), { code: 'model_not_found' });
		await assert.rejects(control.changeKey('key_none', { name: 'x' }), { code: 'key_not_found' });
		await assert.rejects(control.rotateKey('key_none'), { code: 'key_not_found' });
	});

	describe('with a scope', () => {
		let scoped: CreatedKey;
		beforeEach(async () => {
			await pool.control.setAlias({ name: 'deep', model: 'gpt-6-sol', effort: 'high' });
			scoped = await pool.control.createKey('CI', { models: ['gpt-5.5', 'deep'] });
		});
		const catalogue = async (key: Pick<CreatedKey, 'key'>) => {
			const answer = await get(key, '/backend-api/codex/models?client_version=0.169.0');
			const { models } = JSON.parse(answer.text) as { models: JsonObject[] };
			return { etag: answer.headers.etag, names: models.map(({ slug }) => slug), models };
		};

		it('serves the models of the scope by the names in it, and nothing else', async () => {
			const statuses = [await turn(scoped), await turn(scoped, 'deep')].map(({ status }) => status);
			const [model, variant] = [await turn(scoped, 'gpt-6-sol'), await turn(scoped, 'gpt-5.5-high')];

			assert.deepEqual(statuses, [200, 200]);
			for (const refused of [model, variant]) {
				assert.deepEqual([refused.status, errorOf(refused)['code']], [400, 'model_not_allowed']);
				assert.match(
					String(errorOf(refused)['message']),
					/^The pool key "CI" may not use .* It may use: gpt-5\.5, deep\./,
				);
			}
			assert.equal(pool.upstream.requests.filter(isTurn).length, 2);
			const [row] = (await pool.control.state()).recentRequests;
			assert.deepEqual([row?.keyId, row?.status, row?.error], [scoped.id, 400, 'model_not_allowed']);
			assert.equal((await turn(pool, 'gpt-6-sol')).status, 200, 'another key is not concerned');
		});

		it('is shown the models of the scope alone', async () => {
			const { data } = JSON.parse((await get(scoped, '/v1/models')).text) as { data: { id: string }[] };
			assert.deepEqual(data.map(({ id }) => id).sort(), ['deep', 'gpt-5.5']);
			assert.equal((await get(scoped, '/v1/models/deep')).status, 200);
			const outside = await get(scoped, '/v1/models/gpt-6-sol');
			assert.deepEqual([outside.status, errorOf(outside)['code']], [404, 'model_not_found']);
			assert.deepEqual((await catalogue(scoped)).names.sort(), ['deep', 'gpt-5.5']);
		});

		it('shows Codex a variant that was chosen for the scope', async () => {
			await pool.control.changeKey(scoped.id, { models: ['gpt-5.5-high'] });
			const { models } = await catalogue(scoped);
			assert.deepEqual(
				models.map(({ slug, visibility }) => [slug, visibility]),
				[['gpt-5.5-high', 'list']],
			);
		});

		it('hears of its own catalogue in every answer, over HTTP and over WebSockets', async () => {
			const all = await catalogue(pool);
			const own = await catalogue(scoped);
			assert.notEqual(own.etag, all.etag);

			const answers = [await turn(scoped), await turn(pool)];
			const announced = await Promise.all(
				[scoped, pool].map(async key => {
					const socket = new WebSocket(`ws://127.0.0.1:${pool.owner.port}/backend-api/codex/responses`, {
						headers: { authorization: `Bearer ${key.key}`, ...codexHeaders },
					});
					const [response] = (await once(socket, 'upgrade')) as [{ headers: Record<string, string> }];
					socket.once('open', () => socket.terminate());
					return response.headers['x-models-etag'];
				}),
			);

			assert.deepEqual(
				answers.map(({ headers }) => headers['x-models-etag']),
				[own.etag, all.etag],
			);
			assert.deepEqual(announced, [own.etag, all.etag]);
		});

		it('has another catalogue when the scope changes', async () => {
			const before = await catalogue(scoped);
			await pool.control.changeKey(scoped.id, { models: ['gpt-5.5'] });
			const announced = (await turn(scoped)).headers['x-models-etag'];
			const after = await catalogue(scoped);
			assert.notEqual(after.etag, before.etag);
			assert.equal(announced, after.etag);
			assert.deepEqual(after.names, ['gpt-5.5']);
		});

		it('is held to it message by message on a WebSocket, which stays open', async () => {
			const socket = await dial(scoped);
			assert.deepEqual(frameError(await ask(socket, 'gpt-6-sol')), [400, 'model_not_allowed']);
			assert.equal((await ask(socket, 'deep'))['type'], 'response.completed');
		});
	});

	describe('with a budget', () => {
		it('is refused with the time at which it is back, once the budget is used up', async () => {
			const created = await pool.control.createKey('CI', { budget: { tokens: 1, per: 'day' } });

			const [first, second] = [await turn(created), await turn(created)];

			assert.equal(readText(first.text), 'Echo: hello', 'what runs when it is used up comes to its end');
			const view = await viewOf(created);
			assert.ok(view?.budget && view.budget.used > 1);
			assert.equal(second.status, 429);
			assert.equal(second.headers['retry-after'], undefined);
			const { type, code, resets_at, message } = errorOf(second);
			assert.deepEqual(
				[type, code, resets_at],
				['usage_limit_reached', 'key_budget_reached', view.budget.resetsAt / 1000],
			);
			assert.match(
				String(message),
				/^The pool key "CI" has used its budget of 1 tokens a day\. It can be used again from/,
			);
			assert.equal(pool.upstream.requests.filter(isTurn).length, 1);
			assert.equal((await turn(pool)).status, 200, 'another key is not concerned');

			await pool.control.changeKey(created.id, { budget: { tokens: 1_000_000, per: 'day' } });
			assert.equal((await turn(created)).status, 200);
		});

		it('counts what was used before the budget was set, as usage by key shows it', async () => {
			const created = await pool.control.createKey('CI');
			await turn(created);
			await sdkRequest(withKey(created), { model: 'gpt-5.5', input: 'hi' });

			const { budget } = await pool.control.changeKey(created.id, { budget: { tokens: 1_000_000, per: 'day' } });

			const { rows } = await pool.control.readUsage({ since: 0, by: 'key' });
			const row = rows.find(({ group }) => group === created.id);
			assert.ok(row && budget);
			assert.equal(budget.used, row.inputTokens + row.outputTokens);
			await turn(created);
			assert.ok(((await viewOf(created))?.budget?.used ?? 0) > budget.used);
		});

		it('is held to it message by message on a WebSocket, with an error frame', async () => {
			const created = await pool.control.createKey('CI', { budget: { tokens: 1, per: 'week' } });
			const socket = await dial(created);
			assert.equal((await ask(socket))['type'], 'response.completed');
			assert.deepEqual(frameError(await ask(socket)), [429, 'key_budget_reached']);
			const again = await dial(created);
			assert.deepEqual(frameError(await ask(again)), [429, 'key_budget_reached'], 'never a 429 on upgrade');
		});
	});

	for (const [how, end] of [
		['is revoked', (id: string) => pool.control.revokeKey(id)],
		['gets another secret', (id: string) => pool.control.rotateKey(id)],
	] as const) {
		describe(`that ${how}`, () => {
			it('is refused at once, over HTTP and on upgrade', async () => {
				const created = await pool.control.createKey('CI');
				assert.equal((await turn(created)).status, 200);

				const renewed = await end(created.id);

				assert.deepEqual([(await turn(created)).status, (await get(created, '/v1/models')).status], [401, 401]);
				await assert.rejects(dial(created), /401/);
				if (renewed) assert.equal((await turn(renewed)).status, 200);
			});

			it('closes the WebSockets that it let in, idle ones at once and others after their answer', async () => {
				const created = await pool.control.createKey('CI');
				const [idle, busy, foreign] = [await dial(created), await dial(created), await dial(pool)];
				const goOn = Promise.withResolvers<undefined>();
				pool.upstream.script({ kind: 'silence', after: 'output', until: goOn.promise }, { when: isMessage });
				const answer = ask(busy);
				await once(busy, 'message');
				const closed = [idle, busy].map(socket => once(socket, 'close') as Promise<[number]>);

				await end(created.id);
				assert.deepEqual((await closed[0])?.[0], 1008);
				busy.send(JSON.stringify({ type: 'response.create', ...turnBody('one more') }));
				goOn.resolve(undefined);

				assert.equal((await answer)['type'], 'response.completed');
				assert.deepEqual((await closed[1])?.[0], 1008);
				assert.equal(pool.upstream.requests.filter(isMessage).length, 1, 'the next message was not answered');
				assert.equal((await ask(foreign))['type'], 'response.completed');
			});

			it('stays refused when the pool is started again', async () => {
				const created = await pool.control.createKey('CI');
				await end(created.id);
				await pool.restart();
				assert.equal((await turn(created)).status, 401);
			});
		});
	}

	it('that everybody copies gets its new secret into the vault, where it is copied from', async () => {
		const { id, key } = await pool.control.revealDefaultKey();

		const renewed = await pool.control.rotateKey(id);

		assert.deepEqual(await pool.control.revealDefaultKey(), renewed);
		assert.deepEqual([(await turn({ key })).status, (await turn(renewed)).status], [401, 200]);
	});
});
