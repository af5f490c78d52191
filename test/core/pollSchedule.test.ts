import assert from 'node:assert/strict';
import { duePoll, isIdle, type Poll } from '../../src/core/quota/pollSchedule.js';
import type { AccountView, UsageWindow } from '../../src/shared/accountApi.js';
import { accountView } from '../support/managementExamples.js';

const now = Date.UTC(2026, 10, 20, 12);
const minute = 60_000;

function seen(minutesAgo: number, source: UsageWindow['source'] = 'header'): UsageWindow {
	const observedAt = now - minutesAgo * minute;
	return { limit: 'codex', durationMinutes: 300, usedPercent: 5, resetsAt: null, source, observedAt };
}

function account(fields: Partial<AccountView> = {}): AccountView {
	return accountView({ id: 'a', inFlight: 0, windows: [seen(0)], ...fields });
}

function asked(minutesAgo: number, fields: Partial<Poll> = {}): Poll {
	return { askedAt: now - minutesAgo * minute, failures: 0, restMs: 0, ...fields };
}

describe('duePoll', () => {
	const isDue = (view: AccountView, poll?: Poll, isIdle = false) =>
		duePoll([view], new Map(poll ? [['a', poll]] : []), { isIdle, now }) === 'a';

	for (const [what, view, poll, pause, due] of [
		['an account of which nothing is known', account({ windows: [] }), undefined, false, true],
		['figures of four minutes', account({ windows: [seen(4)] }), asked(20), false, false],
		['figures of five minutes', account({ windows: [seen(5)] }), asked(20), false, true],
		['live figures, but a whole picture of half an hour', account(), asked(30), false, true],
		['figures of ten minutes in an idle pool', account({ windows: [seen(10)] }), asked(10), true, false],
		['figures of half an hour in an idle pool', account({ windows: [seen(30)] }), asked(30), true, true],
		[
			'an account that works in an otherwise idle pool',
			account({ windows: [seen(5)], inFlight: 1 }),
			asked(20),
			true,
			true,
		],
		['a paused account after half an hour', account({ state: 'paused', windows: [] }), asked(59), false, false],
		['a paused account after an hour', account({ state: 'paused', windows: [] }), asked(60), false, true],
		['a deselected account after half an hour', account({ selected: false, windows: [] }), asked(59), false, false],
		['a deselected account after an hour', account({ selected: false, windows: [] }), asked(60), false, true],
		[
			'a limited account, which may be back early',
			account({ state: 'limited', windows: [seen(5)] }),
			asked(5),
			false,
			true,
		],
		['an account that needs a sign-in', account({ state: 'needs_sign_in', windows: [] }), undefined, false, false],
		['a disabled account', account({ state: 'disabled', windows: [] }), undefined, false, false],
		['one that failed four minutes ago', account({ windows: [] }), asked(4, { failures: 1 }), false, false],
		['one that failed five minutes ago', account({ windows: [] }), asked(5, { failures: 1 }), false, true],
		['one that failed twice, after nine minutes', account({ windows: [] }), asked(9, { failures: 2 }), false, false],
		[
			'one that failed three times, after 20 minutes',
			account({ windows: [] }),
			asked(20, { failures: 3 }),
			false,
			true,
		],
		[
			'one that failed a hundred times, after 29 minutes',
			account({ windows: [] }),
			asked(29, { failures: 100 }),
			false,
			false,
		],
		[
			'one that failed a hundred times, after 30 minutes',
			account({ windows: [] }),
			asked(30, { failures: 100 }),
			false,
			true,
		],
		[
			'one that asked to be left alone for 40 minutes',
			account({ windows: [] }),
			asked(39, { failures: 1, restMs: 40 * minute }),
			false,
			false,
		],
		[
			'one that asked to be left alone for a year, after an hour',
			account({ windows: [] }),
			asked(60, { failures: 1, restMs: 365 * 24 * 60 * minute }),
			false,
			true,
		],
		['figures from the future', account({ windows: [seen(-600)] }), asked(-600), false, true],
		['a failure in the future', account({ windows: [] }), asked(-600, { failures: 9 }), false, true],
	] as const) {
		it(`${due ? 'asks' : 'does not ask'} for ${what}`, () => {
			assert.equal(isDue(view, poll, pause), due);
		});
	}

	it('knows from before a restart when the whole picture was seen', () => {
		assert.equal(isDue(account({ windows: [seen(0), seen(20, 'poll')] })), false);
		assert.equal(isDue(account({ windows: [seen(0), seen(30, 'poll')] })), true);
	});

	it('takes the account that has waited longest beyond its time', () => {
		const accounts = [
			account({ id: 'fresh' }),
			account({ id: 'late', windows: [seen(9)] }),
			account({ id: 'latest', windows: [seen(12)] }),
			account({ id: 'paused', state: 'paused', windows: [seen(65, 'poll')] }),
		];
		const polls = new Map(accounts.map(({ id }) => [id, asked(id === 'paused' ? 65 : 15)]));
		assert.equal(duePoll(accounts, polls, { isIdle: false, now }), 'latest');
		assert.equal(duePoll([], polls, { isIdle: false, now }), undefined);
	});

	it('lets an account with live figures not starve behind many that are due more often', () => {
		const others = Array.from({ length: 9 }, (_, at) => account({ id: `other ${at}`, windows: [seen(12)] }));
		const live = account({ id: 'live', windows: [seen(0)] });
		const polls = new Map([...others.map(({ id }) => [id, asked(12)] as const), ['live', asked(38)]]);
		assert.equal(duePoll([...others, live], polls, { isIdle: false, now }), 'live');
	});
});

describe('isIdle', () => {
	it('is a pool that was not used for a quarter of an hour, or never', () => {
		assert.deepEqual(
			[14, 15].map(minutes => isIdle(now - minutes * minute, now)),
			[false, true],
		);
		assert.equal(isIdle(0, now), true);
		assert.equal(isIdle(now + minute, now), true);
	});
});
