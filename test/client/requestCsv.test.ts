import assert from 'node:assert/strict';
import { readRequestCsv, type Span } from '../../src/client/requestCsv.js';
import type { RequestRecord } from '../../src/shared/requestApi.js';
import { accountView, explainedRequest, keyView, poolState } from '../support/managementExamples.js';

describe('single requests as CSV', () => {
	/** A pool that gives two requests a page, in the order of their ends. */
	const poolOf = (requests: readonly RequestRecord[]) => {
		const asked: (string | undefined)[] = [];
		return {
			asked,
			state: () => Promise.resolve({ ...poolState(1), accounts: [accountView({ id: 'account-1', name: '=Ada' })] }),
			listKeys: () => Promise.resolve([keyView({ id: 'key-1', name: 'Laptop, old' })]),
			listRequests: ({ before }: { before?: string }) => {
				asked.push(before);
				const start = Number(before ?? 0);
				const next = start + 2 < requests.length ? String(start + 2) : null;
				return Promise.resolve({ requests: requests.slice(start, start + 2), next, isCutShort: false });
			},
		};
	};
	const read = async (pool: ReturnType<typeof poolOf>, span: Span): Promise<string[]> => {
		let csv = '';
		for await (const piece of readRequestCsv(pool, span)) csv += piece;
		return csv.split('\r\n').slice(0, -1);
	};
	const ids = (lines: readonly string[]): string[] => lines.slice(1).map(line => line.split(',')[0] ?? '');
	const request = (id: string, startedAt: number, totalMs = 1): RequestRecord =>
		explainedRequest({ id, startedAt, totalMs });

	it('have a line each, with names, the exact cost and nothing where nothing is known', async () => {
		const known = explainedRequest({
			id: 'req_1',
			startedAt: Date.UTC(2026, 6, 1, 9),
			accountId: 'account-1',
			keyId: 'key-1',
			model: 'gpt-5.5',
			alias: 'quick',
			inputTokens: 100,
			costNanoUsd: 350_001,
		});
		const nothing = { accountId: null, model: null, costNanoUsd: null, sessionId: null };
		const unknown = { ...known, ...nothing, id: 'req_2', keyId: 'revoked' };

		const [header = '', first = '', second = ''] = await read(poolOf([known, unknown]), { since: 0 });

		const columns = header.split(',');
		// A comma stands in quotes in one cell alone.
		const cells = (line: string): Record<string, string | undefined> => {
			const split = line.replace('"Laptop, old"', 'Laptop').split(',');
			assert.equal(split.length, columns.length);
			return Object.fromEntries(columns.map((column, at) => [column, split[at]]));
		};
		const { started_at, account_id, account, key, model, alias, input_tokens, cost_usd, session_id } = cells(first);
		assert.deepEqual(
			[started_at, account_id, account, key, model, alias, input_tokens, cost_usd, session_id],
			[
				...['2026-07-01T09:00:00.000Z', 'account-1', "'=Ada", 'Laptop', 'gpt-5.5', 'quick', '100', '0.000350001'],
				'session-1',
			],
		);
		const late = cells(second);
		assert.deepEqual(
			[late['account'], late['key'], late['model'], late['cost_usd'], late['session_id']],
			['', 'revoked', '', '', ''],
		);
	});

	it('are read page by page, and none twice', async () => {
		const pool = poolOf([5, 4, 3, 2, 1].map(at => request(`req_${at}`, at * 1_000)));

		const lines = await read(pool, { since: 0 });

		assert.deepEqual(ids(lines), ['req_5', 'req_4', 'req_3', 'req_2', 'req_1']);
		assert.deepEqual(pool.asked, [undefined, '2', '4']);
	});

	it('are those that started in the span, and no page behind it is read', async () => {
		const pool = poolOf([6, 5, 4, 3, 2, 1].map(at => request(`req_${at}`, at * 1_000)));

		const lines = await read(pool, { since: 4_000, until: 6_000 });

		assert.deepEqual(ids(lines), ['req_5', 'req_4']);
		assert.deepEqual(pool.asked, [undefined, '2']);
	});

	it('may have started in the span and ended long after others that have not', async () => {
		const long = request('req_long', 5_000, 60_000);
		const pool = poolOf([long, request('req_early', 1_000, 30_000), request('req_in', 6_000), request('req_out', 100)]);

		assert.deepEqual(ids(await read(pool, { since: 4_000 })), ['req_long', 'req_in']);
	});

	it('are a header alone where there are none', async () => {
		assert.equal((await read(poolOf([]), { since: 0 })).length, 1);
	});
});
