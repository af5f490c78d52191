import assert from 'node:assert/strict';
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import { codexTurn, sdkRequest } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { isTurn, lastTurnBody } from '../support/turns.js';
import type { JsonObject } from '../support/upstream/json.js';
import { readText, send, turnBody, type WholeAnswer } from '../support/upstream/turn.js';

const zstd = promisify<Buffer, Buffer>(zstdCompress);

describe('the models of the pool', () => {
	let pool: PoolUnderTest;

	beforeEach(async () => {
		pool = await PoolUnderTest.start({ accounts: [{ plan: 'plus' }, { plan: 'pro' }] });
	});
	afterEach(() => closeWithoutViolations(pool));

	const get = (path: string): Promise<WholeAnswer> =>
		send(`${pool.owner.baseUrl}${path}`, { headers: { authorization: `Bearer ${pool.key}` } });
	const listed = async (): Promise<string[]> =>
		(JSON.parse((await get('/v1/models')).text) as { data: { id: string }[] }).data.map(({ id }) => id);
	const catalogue = async (): Promise<{ etag: string | undefined; models: JsonObject[] }> => {
		const answer = await get('/backend-api/codex/models?client_version=0.169.0');
		return { etag: answer.headers.etag, models: (JSON.parse(answer.text) as { models: JsonObject[] }).models };
	};
	const entry = async (slug: string): Promise<JsonObject | undefined> =>
		(await catalogue()).models.find(model => model['slug'] === slug);
	const sent = () => lastTurnBody(pool.upstream);
	const ask = (body: JsonObject): Promise<WholeAnswer> =>
		sdkRequest(pool, Buffer.from(JSON.stringify({ input: 'hello', stream: true, ...body })));

	it('are asked of an account whose plan has the tier, as the lists say', async () => {
		const [plus, pro] = pool.upstream.accounts;
		pro?.spend('5h', 50);
		await catalogue();

		const fits = await ask({ model: 'gpt-5.5', service_tier: 'ultrafast' });
		const any = await ask({ model: 'gpt-5.5', service_tier: 'priority' });
		const unknown = await ask({ model: 'gpt-5.5', service_tier: 'nobody-has-it' });

		assert.deepEqual([fits.status, any.status, unknown.status], [200, 200, 400]);
		const [first, second] = pool.upstream.requests.filter(isTurn);
		assert.deepEqual([first?.account, second?.account], [pro, plus]);
	});

	it('say which accounts have them', async () => {
		await pool.control.setAlias({ name: 'quick', model: 'gpt-5.3-codex-spark' });
		const [plus, pro] = (await pool.control.state()).accounts.map(({ id }) => id);

		const models = await pool.control.listModels();

		const holders = (name: string) => models.find(model => model.name === name)?.accountIds;
		assert.deepEqual(holders('gpt-5.5'), [plus, pro]);
		for (const name of ['gpt-5.3-codex-spark', 'gpt-5.3-codex-spark-low', 'quick']) {
			assert.deepEqual(holders(name), [pro], name);
		}
	});

	it('are listed with their variants and the names of the user', async () => {
		await pool.control.setAlias({ name: 'deep', model: 'gpt-6-sol', effort: 'xhigh' });

		const names = await listed();

		for (const name of ['gpt-5.5', 'gpt-5.5-high', 'gpt-5.5-fast', 'gpt-5.3-codex-spark-low', 'deep']) {
			assert.ok(names.includes(name), name);
		}
		assert.equal(names.includes('codex-auto-review-high'), false, 'the variant of a hidden model');
		assert.equal(new Set(names).size, names.length);
	});

	it('are told of one by one', async () => {
		const [model, variant, hidden, unknown] = await Promise.all(
			['gpt-5.5', 'gpt-5.5-high', 'codex-auto-review', 'gpt-5.5-fastest'].map(name => get(`/v1/models/${name}`)),
		);

		assert.deepEqual(JSON.parse(model?.text ?? ''), { id: 'gpt-5.5', object: 'model', created: 0, owned_by: 'openai' });
		assert.deepEqual([variant?.status, hidden?.status, unknown?.status], [200, 200, 404]);
		const { error } = JSON.parse(unknown?.text ?? '') as { error: JsonObject };
		assert.deepEqual([error['code'], error['type']], ['model_not_found', 'invalid_request_error']);
	});

	it('stand in the catalogue of Codex as copies of the model behind them', async () => {
		await pool.control.setAlias({ name: 'deep', model: 'gpt-6-sol', effort: 'xhigh', tier: 'fast', verbosity: 'high' });

		const [model, deep, variant] = [await entry('gpt-6-sol'), await entry('deep'), await entry('gpt-6-sol-low')];

		assert.deepEqual(deep, {
			...model,
			slug: 'deep',
			display_name: 'deep',
			default_reasoning_level: 'xhigh',
			default_service_tier: 'priority',
			default_verbosity: 'high',
		});
		assert.deepEqual(variant, {
			...model,
			slug: 'gpt-6-sol-low',
			display_name: 'GPT-6-SOL low',
			default_reasoning_level: 'low',
			// One entry for each effort would bury the models in the picker.
			visibility: 'hide',
		});
	});

	it('are shown or not as the user wants, and serve in any case', async () => {
		const before = await catalogue();

		await pool.control.changeExposure({ hide: ['gpt-5.5'], expose: ['gpt-6-sol-high', 'codex-auto-review'] });

		const names = await listed();
		assert.deepEqual([names.includes('gpt-5.5'), names.includes('gpt-5.5-high')], [false, false]);
		assert.ok(names.includes('codex-auto-review'));
		assert.equal((await entry('gpt-5.5'))?.['visibility'], 'hide', 'a client that uses it must go on knowing it');
		assert.equal((await entry('gpt-6-sol-high'))?.['visibility'], 'list');
		assert.notEqual((await catalogue()).etag, before.etag);
		assert.equal(readText((await ask({ model: 'gpt-5.5' })).text), 'Echo: hello');
		await assert.rejects(pool.control.changeExposure({ hide: ['gpt-nothing'] }), { code: 'model_not_found' });
	});

	it('announce to Codex at once that the list has changed', async () => {
		const before = await catalogue();
		await pool.control.changeExposure({ hide: ['gpt-5.5'] });

		const { headers } = await codexTurn(pool);

		const announced = headers['x-models-etag'];
		assert.notEqual(announced, before.etag);
		assert.equal(announced, (await catalogue()).etag);
	});

	it('keep what the user chose over a restart', async () => {
		await pool.control.setAlias({ name: 'deep', model: 'gpt-5.5', effort: 'high' });
		await pool.control.changeExposure({ hide: ['gpt-6-luna'] });

		await pool.restart();

		const names = await listed();
		assert.deepEqual([names.includes('deep'), names.includes('gpt-6-luna')], [true, false]);
	});

	describe('under another name', () => {
		it('answer with the effort, the tier and the verbosity of the name', async () => {
			await pool.control.setAlias({ name: 'deep', model: 'gpt-5.5', effort: 'xhigh', tier: 'fast', verbosity: 'low' });

			const answer = await ask({ model: 'deep' });

			assert.equal(readText(answer.text), 'Echo: hello');
			const { model, reasoning, service_tier, text } = sent();
			assert.deepEqual(
				[model, reasoning, service_tier, text],
				['gpt-5.5', { effort: 'xhigh' }, 'priority', { verbosity: 'low' }],
			);
			assert.equal(answer.headers['x-codex-pool-model'], 'gpt-5.5');
			const [row] = (await pool.control.state()).recentRequests;
			assert.deepEqual([row?.model, row?.effort, row?.tier], ['gpt-5.5', 'xhigh', 'priority']);
		});

		it('listen to what the request says itself', async () => {
			await ask({ model: 'gpt-5.5-high', reasoning: { effort: 'low', summary: 'auto' } });
			assert.deepEqual(sent()['reasoning'], { effort: 'low', summary: 'auto' });

			await ask({ model: 'gpt-5.5-fast', service_tier: 'default' });
			assert.equal(sent()['service_tier'], undefined);
		});

		it('are themselves when they happen to be called so', async () => {
			const { upstream } = pool;
			upstream.catalogue.replace([
				{ slug: 'gpt-5.5', priority: 1, minimalClientVersion: '0.1.0' },
				{ slug: 'gpt-5.5-high', priority: 2, minimalClientVersion: '0.1.0' },
			]);

			await ask({ model: 'gpt-5.5-high' });

			assert.deepEqual([sent()['model'], sent()['reasoning']], ['gpt-5.5-high', undefined]);
			await assert.rejects(pool.control.setAlias({ name: 'gpt-5.5-high', model: 'gpt-5.5' }), /model of its own/);
		});

		it('are asked only of accounts that have the model behind it', async () => {
			for (let time = 0; time < 3; time++) await ask({ model: 'gpt-5.3-codex-spark-high' });

			const plans = pool.upstream.requests.filter(isTurn).map(({ account }) => account?.plan);
			assert.deepEqual(plans, ['pro', 'pro', 'pro']);
		});

		it('take an effort they do not know for the nearest they do', async () => {
			const [minimal, ultra, odd] = [
				await ask({ model: 'gpt-5.5', reasoning: { effort: 'minimal' } }),
				await ask({ model: 'gpt-5.5-ultra' }),
				await ask({ model: 'gpt-5.5', reasoning: { effort: 'enormous' } }),
			];

			assert.deepEqual([minimal.status, minimal.headers['x-codex-pool-effort']], [200, 'low']);
			assert.deepEqual([ultra.status, sent()['reasoning']], [200, { effort: 'xhigh' }]);
			assert.equal(odd.status, 400);
			assert.match(odd.text, /\\"enormous\\" is no reasoning effort. gpt-5\.5 takes: low, medium, high, xhigh\./);
		});

		it('are answered to Codex under the name it used', async () => {
			const body = Buffer.from(
				JSON.stringify(turnBody('hi', { model: 'gpt-5.5-high', reasoning: { summary: 'auto' } })),
			);
			const headers = {
				'x-codex-routing-hint': 'model=gpt-5.5-high',
				'x-codex-turn-metadata': '{"model":"gpt-5.5-high"}',
			};

			const answer = await codexTurn(pool, 't', { body, headers });

			assert.equal(readText(answer.text), 'Echo: hi');
			assert.equal(answer.headers['openai-model'], 'gpt-5.5-high');
			const turn = pool.upstream.requests.findLast(isTurn);
			const expected = body
				.toString()
				.replace('"gpt-5.5-high"', '"gpt-5.5"')
				.replace('{"summary":"auto"}', '{"effort":"high","summary":"auto"}');
			assert.equal(turn?.bytes.toString(), expected);
			assert.equal(turn.header('x-codex-routing-hint'), 'model=gpt-5.5');
			assert.equal(turn.header('x-codex-turn-metadata'), '{"model":"gpt-5.5"}');
		});

		it('decode zstd of Codex only for such a name', async () => {
			const turn = async (model: string): Promise<Buffer> => {
				const body = await zstd(Buffer.from(JSON.stringify(turnBody('packed', { model }))));
				const headers = { 'content-encoding': 'zstd', 'x-codex-routing-hint': `model=${model}` };
				const answer = await codexTurn(pool, 't', { body, headers });
				assert.equal(readText(answer.text), 'Echo: packed');
				return body;
			};

			const plain = await turn('gpt-5.5');
			await turn('gpt-5.5-fast');

			const [first, second] = pool.upstream.requests.filter(isTurn);
			assert.deepEqual([first?.bytes, first?.header('content-encoding')], [plain, 'zstd']);
			assert.equal(second?.header('content-encoding'), undefined);
			assert.deepEqual([sent()['model'], sent()['service_tier']], ['gpt-5.5', 'priority']);
		});
	});

	describe('named by the user', () => {
		const refused: readonly (readonly [alias: Parameters<PoolUnderTest['control']['setAlias']>[0], message: RegExp])[] =
			[
				[{ name: 'x', model: 'gpt-nothing' }, /no model "gpt-nothing"/],
				[{ name: 'x', model: 'gpt-5.5', effort: 'ultra' }, /does not take the effort "ultra"\. It takes: low, medium/],
				[{ name: 'x', model: 'gpt-5.5', tier: 'flex' }, /does not take the tier "flex"\. It takes: priority/],
				[{ name: 'gpt-5.5', model: 'gpt-6-sol' }, /"gpt-5\.5" is a model of its own/],
				[{ name: 'no spaces', model: 'gpt-5.5' }, /use letters, digits/],
			];
		for (const [alias, message] of refused) {
			it(`are refused as ${JSON.stringify(alias)}`, async () => {
				await assert.rejects(pool.control.setAlias(alias), { message });
			});
		}

		it('can be taken away when no account has the model any more, and are shown to nobody until then', async () => {
			await pool.control.setAlias({ name: 'quick', model: 'gpt-5.3-codex-spark' });
			const pro = (await pool.control.state()).accounts[1]?.id ?? '';
			const quick = async () => (await pool.control.listModels()).find(({ name }) => name === 'quick');
			assert.deepEqual((await quick())?.accountIds, [pro]);

			await pool.control.changeAccount(pro, { selected: false });

			const { exposed, inPicker, model, accountIds } = (await quick()) ?? assert.fail();
			assert.deepEqual(
				{ exposed, inPicker, model, accountIds },
				{
					exposed: false,
					inPicker: false,
					model: 'gpt-5.3-codex-spark',
					accountIds: [],
				},
			);
			assert.equal((await get('/v1/models/quick')).status, 404);
			await pool.control.removeAlias('quick');
			assert.equal(await quick(), undefined);
		});

		it('can be changed and taken away', async () => {
			await pool.control.setAlias({ name: 'mine', model: 'gpt-5.5' });
			await pool.control.setAlias({ name: 'mine', model: 'gpt-6-sol' });
			await ask({ model: 'mine' });
			assert.equal(sent()['model'], 'gpt-6-sol');

			await pool.control.removeAlias('mine');

			assert.equal((await ask({ model: 'mine' })).status, 400);
			await assert.rejects(pool.control.removeAlias('mine'), { code: 'model_not_found' });
		});
	});
});
