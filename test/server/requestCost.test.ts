import assert from 'node:assert/strict';
import { readRequestCsv } from '../../src/client/requestCsv.js';
import type { RequestRecord } from '../../src/shared/requestApi.js';
import { exactUsd } from '../../src/shared/usd.js';
import { codexTurn } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest, type PoolUnderTestOptions } from '../support/poolUnderTest.js';
import { turnBody } from '../support/upstream/turn.js';

describe('what requests cost', () => {
	let pool: PoolUnderTest;

	afterEach(() => closeWithoutViolations(pool));

	const start = async (options: PoolUnderTestOptions = {}): Promise<void> => {
		pool = await PoolUnderTest.start({ accounts: 1, ...options });
	};
	const ask = async (model: string): Promise<RequestRecord> => {
		await codexTurn(pool, 't', { body: turnBody('hello', { model }) });
		const [record] = (await pool.control.state()).recentRequests;
		assert.ok(record);
		return record;
	};

	it('is remembered with each, beside the name it was asked under, and added up', async () => {
		await start();
		await pool.control.setAlias({ name: 'quick', model: 'gpt-5.5', tier: 'priority' });

		const plain = await ask('gpt-5.5');
		const quick = await ask('quick');

		const rate = ({ inputTokens, cachedTokens, outputTokens }: RequestRecord): number =>
			((inputTokens ?? 0) - (cachedTokens ?? 0)) * 5_000 + (cachedTokens ?? 0) * 500 + (outputTokens ?? 0) * 30_000;
		assert.ok(rate(plain) > 0);
		assert.deepEqual([plain.alias, plain.model, plain.costNanoUsd], [null, 'gpt-5.5', rate(plain)]);
		assert.deepEqual([quick.alias, quick.model, quick.costNanoUsd], ['quick', 'gpt-5.5', rate(quick) * 2.5]);
		let csv = '';
		for await (const piece of readRequestCsv(pool.control, { since: 0 })) csv += piece;
		assert.equal(csv.split('\r\n').length, 4, 'a header, two requests and the end');
		assert.match(csv, new RegExp(`,gpt-5\\.5,quick,.*,${exactUsd(rate(quick) * 2.5)},`));
		const { rows } = await pool.control.readUsage({ since: 0, by: 'model' });
		assert.deepEqual(
			rows.map(({ group, requests, costNanoUsd, unpriced }) => [group, requests, costNanoUsd, unpriced]),
			[['gpt-5.5', 2, rate(plain) + rate(quick) * 2.5, 0]],
		);
	});

	it("follows the user's own prices", async () => {
		await start({ prices: { 'gpt-5.5': { input: 1_000, cachedInput: 1_000, output: 0 } } });

		const { inputTokens, costNanoUsd } = await ask('gpt-5.5');

		assert.equal(costNanoUsd, (inputTokens ?? 0) * 1_000_000);
	});
});
