import assert from 'node:assert/strict';
import { zstdCompressSync } from 'node:zlib';
import type { RequestRecord } from '../../src/shared/requestApi.js';
import { CorePool } from '../support/corePool.js';
import { created, delta, stream, success } from '../support/scriptedUpstream.js';

/** 100 tokens in, 80 of them cached, and 7 out, at the prices of gpt-5.5. */
const cost = (20 * 5 + 80 * 0.5 + 7 * 30) * 1_000;

describe('the cost of a request', () => {
	const settled = async (body: object, answer = success): Promise<RequestRecord> => {
		const pool = await CorePool.of('a');
		pool.upstream.answer(answer);
		await pool.forward({ body: Buffer.from(JSON.stringify({ stream: true, store: false, input: [], ...body })) });
		const [record] = pool.store.requests;
		assert.ok(record);
		return record;
	};

	it('comes from its tokens and the price of its model', async () => {
		assert.equal((await settled({ model: 'gpt-5.5' })).costNanoUsd, cost);
		assert.equal((await settled({ model: 'gpt-5.5-2026-04-23' })).costNanoUsd, cost);
	});

	it('is that of the tier that was asked for', async () => {
		const { tier, costNanoUsd } = await settled({ model: 'gpt-5.5', service_tier: 'priority' });

		assert.deepEqual([tier, costNanoUsd], ['priority', cost * 2.5]);
	});

	it('is that of the tier in a body that was left compressed', async () => {
		const body = JSON.stringify({ model: 'gpt-5.5', stream: true, store: false, input: [], service_tier: 'priority' });
		const pool = await CorePool.of('a');
		pool.upstream.answer(success);

		await pool.forward({
			body: zstdCompressSync(body),
			encoding: 'zstd',
			decode: () => Promise.resolve(Buffer.from(body)),
			headers: {
				'x-codex-routing-hint': 'model=gpt-5.5',
				originator: 'codex_exec',
				'user-agent': 'codex_exec/0.169.0',
			},
		});

		const [record] = pool.store.requests;
		assert.deepEqual([record?.tier, record?.costNanoUsd], ['priority', cost * 2.5]);
	});

	it('is that of the tier even when the reply says default, as those of ChatGPT do', async () => {
		const usage = { input_tokens: 100, input_tokens_details: { cached_tokens: 80 }, output_tokens: 7 };
		const response = { id: 'resp_1', output: [], service_tier: 'default', usage };
		const terminal = `event: response.completed\ndata: ${JSON.stringify({ type: 'response.completed', response })}\n\n`;

		const record = await settled({ model: 'gpt-5.5', service_tier: 'priority' }, stream(created, delta, terminal));

		assert.equal(record.costNanoUsd, cost * 2.5);
	});

	it('is unknown without a price, and without tokens', async () => {
		assert.equal((await settled({ model: 'gpt-daybreak-blue-latest' })).costNanoUsd, null);
		assert.equal((await settled({ model: 'gpt-5.5' }, stream(created, delta))).costNanoUsd, null);
	});
});
