import assert from 'node:assert/strict';
import { formatAgo, formatDuration, formatElapsed } from '../../src/cli/duration.js';
import {
	parseAddress,
	parseHistoryDays,
	parseHistoryRows,
	parseHold,
	parseInFlightLimit,
	parsePort,
	parsePriority,
	parseReserve,
	parseMoment,
} from '../../src/cli/optionParsers.js';
import { textTable } from '../../src/cli/textTable.js';

describe('formatDuration', () => {
	for (const [ms, text] of [
		[-5, '0 s'],
		[45_999, '45 s'],
		[60_000, '1 m'],
		[3_599_999, '59 m'],
		[7_500_000, '2 h 05 m'],
		[86_400_000, '1 d 00 h'],
		[273_600_000, '3 d 04 h'],
	] as const) {
		it(`writes ${ms} ms as "${text}"`, () => assert.equal(formatDuration(ms), text));
	}

	it('tells the past from the never', () => {
		assert.equal(formatAgo(1_000, 121_000), '2 m ago');
		assert.equal(formatAgo(null, 121_000), 'never');
	});
});

describe('formatElapsed', () => {
	it('grows from milliseconds to minutes', () => {
		assert.deepEqual([0, 412.5, 1_000, 5_260, 59_999, 60_000].map(formatElapsed), [
			'0 ms',
			'413 ms',
			'1.0 s',
			'5.2 s',
			'59.9 s',
			'1 m',
		]);
	});
});

describe('the routing options', () => {
	it('read lengths of time, numbers, priorities and per cent', () => {
		assert.deepEqual(['0', '15', '90m', '6h'].map(parseHold), [0, 15, 90, 360]);
		assert.deepEqual(['0', '1', '1000'].map(parseInFlightLimit), [0, 1, 1_000]);
		assert.deepEqual(['1', '9', 'First', 'normal', 'last'].map(parsePriority), [1, 9, 1, 5, 9]);
		assert.deepEqual(['0', '20%', '90 %'].map(parseReserve), [0, 20, 90]);
		assert.deepEqual(['1', '3650'].map(parseHistoryDays), [1, 3_650]);
		assert.deepEqual(['1000', '10000000'].map(parseHistoryRows), [1_000, 10_000_000]);
	});

	for (const text of ['', '-1', '1.5', '1d', '361', '7h', 'toString']) {
		it(`refuse to hold for "${text}"`, () => assert.throws(() => parseHold(text), /up to 6h/));
	}

	for (const text of ['', '0', '10', '1.5', 'burn', 'constructor']) {
		it(`refuse the priority "${text}"`, () => assert.throws(() => parsePriority(text), /from 1 to 9/));
	}

	for (const text of ['', '-1', '91', '%', '1e1']) {
		it(`refuse the reserve "${text}"`, () => assert.throws(() => parseReserve(text), /from 0 to 90/));
	}

	for (const text of ['', '0', '3651', '1.5', '7d']) {
		it(`refuse to keep requests for "${text}" days`, () =>
			assert.throws(() => parseHistoryDays(text), /from 1 to 3650/));
	}

	for (const text of ['', '999', '10000001', '5k']) {
		it(`refuse to keep "${text}" requests`, () => assert.throws(() => parseHistoryRows(text), /from 1000 to 10000000/));
	}

	for (const text of ['', '-1', '1001', 'many']) {
		it(`refuse the limit "${text}"`, () => assert.throws(() => parseInFlightLimit(text), /0 for no limit/));
	}
});

describe('parseMoment', () => {
	const now = Date.UTC(2026, 6, 15);
	const midnight = new Date(2026, 6, 15).getTime();

	for (const [text, at] of [
		['90m', now - 90 * 60_000],
		['24h', now - 86_400_000],
		['7d', now - 7 * 86_400_000],
		['999999d', 0],
		['2026-07-01', new Date(2026, 6, 1).getTime()],
		['2026-07-01T09:30Z', Date.UTC(2026, 6, 1, 9, 30)],
		['2026-07-01T09:30:00+02:00', Date.UTC(2026, 6, 1, 7, 30)],
	] as const) {
		it(`reads "${text}"`, () => assert.equal(parseMoment(text, now), at));
	}

	for (const [text, at] of [
		['today', midnight],
		['Today', midnight],
		['week', new Date(2026, 6, 13).getTime()],
		['month', new Date(2026, 6, 1).getTime()],
	] as const) {
		it(`reads "${text}" as the start of the running one`, () => assert.equal(parseMoment(text, midnight + 1), at));
	}

	it('begins the week on Monday, on Sundays too', () => {
		assert.equal(parseMoment('week', new Date(2026, 6, 19, 23, 59).getTime()), new Date(2026, 6, 13).getTime());
	});

	for (const text of ['', '7', 'h', '-7d', '1.5h', '2026-13-01', '2026-07-01Tmorning', '01/07/2026']) {
		it(`refuses "${text}"`, () => assert.throws(() => parseMoment(text, now), /span like 24h/));
	}
});

describe('parsePort', () => {
	it('reads ports and 0', () => {
		assert.deepEqual(['0', '2456', '65535'].map(parsePort), [0, 2456, 65_535]);
	});

	for (const text of ['', '-1', '65536', '1e3', '80 ', 'http']) {
		it(`refuses "${text}"`, () => assert.throws(() => parsePort(text), /0 to 65535/));
	}
});

describe('parseAddress', () => {
	it('takes https anywhere and http on this machine, without a slash at the end', () => {
		const addresses = ['https://example.com/api/', 'http://127.0.0.1:8080', 'http://[::1]:1', 'http://localhost'];

		assert.deepEqual(addresses.map(parseAddress), [
			'https://example.com/api',
			'http://127.0.0.1:8080',
			'http://[::1]:1',
			'http://localhost',
		]);
	});

	for (const text of ['', 'example.com', 'http://example.com', 'http://127.0.0.1.example.com', 'file:///etc/passwd']) {
		it(`refuses "${text}"`, () => assert.throws(() => parseAddress(text), /starts with https/));
	}
});

describe('textTable', () => {
	it('aligns columns under their titles, without trailing blanks', () => {
		const table = textTable(
			[{ title: 'Name' }, { title: 'Turns', align: 'right' }, { title: 'Id' }],
			[
				['a', '1', 'x'],
				['longer', '1,000', ''],
			],
		);

		assert.equal(table, ['NAME    TURNS  ID', 'a           1  x', 'longer  1,000'].join('\n'));
	});

	it('counts wide characters as two columns', () => {
		const table = textTable(
			[{ title: 'Name' }, { title: 'Id' }],
			[
				['仕事', '1'],
				['🙂 é', '2'],
			],
		);

		assert.equal(table, ['NAME  ID', '仕事  1', '🙂 é  2'].join('\n'));
	});

	it('stands columns that do not fit below the others, each still in line', () => {
		const columns = [
			{ title: 'Account' },
			{ title: 'Running', align: 'right' },
			{ title: 'Used' },
			{ title: 'Id' },
		] as const;
		const rows = [
			['仕事', '2', '12 %', 'account-1'],
			['bob@example.com', '0', '', ''],
		];

		assert.equal(
			textTable(columns, rows, { maxWidth: 24 }),
			[
				'ACCOUNT          RUNNING',
				'  USED  ID',
				'仕事                   2',
				'  12 %  account-1',
				'bob@example.com        0',
			].join('\n'),
		);
		assert.equal(textTable(columns, rows, { maxWidth: 41 }), textTable(columns, rows));
		assert.equal(textTable(columns, rows, { maxWidth: 1 }).split('\n').length, 4 + 4 + 2);
	});

	it('drops what would steer the terminal', () => {
		const table = textTable([{ title: 'Name' }], [['a\u001b]0;title\u0007\r\nb\u202e']]);

		assert.equal(table, 'NAME\na ]0;title b');
	});

	it('dresses the title line alone', () => {
		assert.equal(textTable([{ title: 'A' }], [['b']], { styleTitle: line => `<${line}>` }), '<A>\nb');
	});
});
