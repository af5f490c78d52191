import assert from 'node:assert/strict';
import type { RequestList } from '../../src/shared/requestApi.js';
import { filterMark, isFiltered, noFilter } from '../../webview/requestFilter.js';
import { filterOptions } from '../../webview/filterOptions.js';
import { rowsOf, withNewest, withOlder, withWaiting } from '../../webview/requestRows.js';
import { rowHeight, rowWindow, scrollTo } from '../../webview/rowWindow.js';
import { fourAccounts, request, sampleKeys } from './samplePool.js';

const page = (ids: readonly number[], next: string | null = null): RequestList => ({
	requests: ids.map(id => request(id)),
	next,
	isCutShort: false,
});
const idsOf = ({ rows }: { rows: readonly { id: string }[] }) =>
	rows.map(({ id }) => Number(id.slice('request-'.length)));

describe('The rows of the log', () => {
	it('leave what is new aside until it is taken', () => {
		const shown = rowsOf(page([5, 6, 7], 'x'));

		const waiting = withNewest(shown, page([3, 4, 5, 6], 'y'));
		const taken = withWaiting(waiting);

		assert.deepEqual([idsOf(waiting), waiting.newer], [[5, 6, 7], 2]);
		assert.deepEqual([idsOf(taken), taken.newer, taken.next], [[3, 4, 5, 6, 7], 0, 'x']);
		assert.equal(withWaiting(taken), taken);
	});

	it('put a request that took long where the pool has it', () => {
		const taken = withWaiting(withNewest(rowsOf(page([5, 7, 8])), page([5, 6, 7])));

		assert.deepEqual(idsOf(taken), [5, 6, 7, 8]);
	});

	it('begin anew where more have come than were read', () => {
		const waiting = withNewest(rowsOf(page([5, 6], 'x')), page([1, 2], 'y'));

		assert.equal(waiting.hasGap, true);
		assert.deepEqual(withWaiting(waiting), rowsOf(page([1, 2], 'y')));
	});

	it('are what was read when there were none', () => {
		assert.deepEqual(withNewest(rowsOf(page([])), page([1])), rowsOf(page([1])));
	});

	it('have each request once, though pages overlap', () => {
		const rows = withOlder(rowsOf(page([1, 2, 3], 'x')), page([3, 4], null));

		assert.deepEqual([idsOf(rows), rows.next], [[1, 2, 3, 4], null]);
	});
});

describe('The window onto a long list', () => {
	it('draws what can be seen, and a little more', () => {
		const { first, end } = rowWindow(100_000, 50_000 * rowHeight, 600);

		assert.ok(first < 50_000 && first > 49_980, String(first));
		assert.ok(end > 50_025 && end < 50_050, String(end));
		assert.deepEqual(rowWindow(3, 0, 600), { first: 0, end: 3 });
		assert.deepEqual(rowWindow(0, 0, 600), { first: 0, end: 0 });
		assert.deepEqual(rowWindow(3, 9_000, 600), { first: 3, end: 3 });
	});

	it('scrolls no further than a row needs', () => {
		assert.equal(scrollTo(2, 0, 240), undefined);
		assert.equal(scrollTo(10, 0, 240), rowHeight);
		assert.equal(scrollTo(3, 240, 240), 3 * rowHeight);
	});
});

describe('The filter of the log', () => {
	it('tells one from none and from another', () => {
		assert.equal(isFiltered({ ...noFilter }), false);
		assert.equal(isFiltered({ ...noFilter, search: 'a' }), true);
		assert.notEqual(filterMark({ ...noFilter, model: 'a' }), filterMark({ ...noFilter, client: 'a' }));
	});

	it('offers what there is, and goes on offering it', () => {
		const none = { accountId: {}, model: {}, client: {}, keyId: {} };
		const known = { accounts: fourAccounts, keys: sampleKeys.slice(0, 2) };
		const all = filterOptions({ ...known, rows: [request(0), request(2), request(1, { keyId: 'gone' })] }, none);

		const later = filterOptions({ ...known, rows: [request(0)] }, all);

		assert.deepEqual(Object.keys(later.model), ['gpt-5.3', 'gpt-5.3-codex']);
		assert.deepEqual(later.keyId, { default: 'Default', build: 'Build server', gone: 'Revoked key' });
		assert.equal(later.accountId['ada.lindqvist'], 'Work');
	});
});
