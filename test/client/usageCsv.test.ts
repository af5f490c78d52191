import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { usageCsv } from '../../src/client/usageCsv.js';
import { exactUsd, formatCost, formatUsd } from '../../src/shared/usd.js';
import { usageGroupingSchema } from '../../src/shared/usageApi.js';
import { openStore } from '../../src/storage/sqliteStore.js';
import { explainedRequest, noon, stillClock } from '../storage/storageFixtures.js';
import { RecordingLog } from '../support/recordingLog.js';
import { usageTotals } from '../support/managementExamples.js';

const nobody = { accounts: new Map<string, string>(), keys: new Map<string, string>() };

describe('a usage report as CSV', () => {
	const count = fc.option(fc.nat(1_000_000));
	const requests = fc.array(
		fc
			.record({
				startedAt: fc.integer({ min: noon - 40 * 86_400_000, max: noon }),
				accountId: fc.constantFrom('account-1', 'account-2', null),
				model: fc.constantFrom('gpt-5.5', 'gpt-5.6-sol', null),
				keyId: fc.constantFrom('key-1', 'key-2'),
				client: fc.constantFrom('codex_cli_rs', '=evil,"client"\r\n', null),
				outcome: fc.constantFrom('succeeded', 'failed', 'cancelled'),
				inputTokens: count,
				cachedTokens: count,
				outputTokens: count,
				reasoningTokens: count,
				costNanoUsd: fc.option(fc.nat(9_999_999_999)),
			})
			.map(explainedRequest),
		{ maxLength: 20 },
	);

	it('adds up to the sums of its requests, whatever it is grouped by', async () => {
		await fc.assert(
			fc.asyncProperty(requests, fc.constantFrom(...usageGroupingSchema.options), async (all, by) => {
				const folder = mkdtempSync(join(tmpdir(), 'pool-csv-'));
				const store = await openStore(join(folder, 'pool.sqlite'), { clock: stillClock, log: new RecordingLog() });
				try {
					for (const request of all) store.appendRequest(request);

					const csv = usageCsv(store.usage({ since: 0, by }), nobody);

					const totals = store.totals(0);
					assert.deepEqual(columnSum(csv, 'requests'), all.length);
					assert.deepEqual(columnSum(csv, 'cost_usd'), nanoUsd(all.map(({ costNanoUsd }) => costNanoUsd)));
					assert.deepEqual(columnSum(csv, 'cost_usd'), totals.costNanoUsd);
					assert.deepEqual(columnSum(csv, 'input_tokens'), totals.inputTokens);
					assert.deepEqual(columnSum(csv, 'cached_tokens'), totals.cachedTokens);
					assert.deepEqual(columnSum(csv, 'output_tokens'), totals.outputTokens);
					assert.deepEqual(columnSum(csv, 'reasoning_tokens'), totals.reasoningTokens);
					assert.deepEqual(columnSum(csv, 'failed'), totals.failed);
					assert.deepEqual(columnSum(csv, 'unpriced_requests'), totals.unpriced);
				} finally {
					store.close();
					rmSync(folder, { recursive: true });
				}
			}),
			{ numRuns: 25 },
		);
	});
});

describe('a cost', () => {
	it('is written out exactly', () => {
		for (const [nano, text] of [
			[0, '0.000000000'],
			[1, '0.000000001'],
			[1_000_000_000, '1.000000000'],
			[1_230_000_004, '1.230000004'],
			[Number.MAX_SAFE_INTEGER, '9007199.254740991'],
		] as const) {
			assert.equal(exactUsd(nano), text);
		}
	});

	it('is shown in cents, and by its first figures below one', () => {
		const shown = [0, 5, 4_210_000, 9_999_999, 10_000_000, 1_234_500_000, 12_345_678_900_000];
		assert.deepEqual(shown.map(formatUsd), [
			'$0.00',
			'$0.000000005',
			'$0.0042',
			'$0.01',
			'$0.01',
			'$1.23',
			'$12,345.68',
		]);
	});

	for (const [what, totals, shown] of [
		['the cost when every request has a price', { inputTokens: 1, costNanoUsd: 2e9 }, '$2.00'],
		['at least that when some have none', { inputTokens: 1, costNanoUsd: 2e9, unpriced: 1 }, '≥ $2.00'],
		['nothing when none has one', { inputTokens: 1, unpriced: 1 }, null],
		['nothing where there are no tokens', { requests: 1 }, null],
		['a cost of nothing where tokens are free', { outputTokens: 1 }, '$0.00'],
	] as const) {
		it(`is shown as ${what}`, () => assert.equal(formatCost(usageTotals(totals)), shown));
	}
});

/** Of whole numbers, or of dollars in 10⁻⁹ of them. */
function columnSum(csv: string, column: string): number {
	const [header = '', ...lines] = csv.replaceAll(/"(?:[^"]|"")*"/g, 'quoted').split('\r\n');
	const at = header.split(',').indexOf(column);
	assert.notEqual(at, -1);
	const cells = lines.slice(0, -1).map(line => line.split(',')[at] ?? '');
	return Number(cells.reduce((sum, cell) => sum + BigInt(cell.replace('.', '')), 0n));
}

function nanoUsd(costs: readonly (number | null)[]): number {
	return costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0);
}
