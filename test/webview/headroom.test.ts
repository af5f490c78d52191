import assert from 'node:assert/strict';
import { dayMs, hourMs, minuteMs } from '../../webview/durations.js';
import { answerFor, poolHeadroom } from '../../webview/headroom.js';
import { account, fiveHours, fourAccounts, sampleNow as now, week, window } from './samplePool.js';

describe('The headroom of the pool', () => {
	it('is told for each window duration, the shortest first', () => {
		const [short, long] = poolHeadroom(fourAccounts, now);

		assert.equal(short?.durationMinutes, fiveHours);
		assert.equal(short.bestLeftPercent, 96);
		assert.equal(short.usable, 3);
		assert.equal(short.accounts, 4);
		assert.equal(short.nextResetAt, now + 72 * minuteMs);
		assert.equal(long?.durationMinutes, week);
		assert.equal(long.bestLeftPercent, 78);
	});

	it('counts nothing on an account that cannot take a request', () => {
		const paused = account('a', { state: 'paused', windows: [window(fiveHours, 10, hourMs)] });
		const spentElsewhere = account('b', { windows: [window(fiveHours, 10, hourMs), window(week, 100, dayMs)] });

		const [short] = poolHeadroom([paused, spentElsewhere], now);

		assert.deepEqual(
			short?.shares.map(share => share.leftPercent),
			[0, 0],
		);
		assert.equal(short.usable, 0);
	});

	it('counts a quota that two accounts spend once', () => {
		const one = account('a', { sharesWith: ['b'], windows: [window(fiveHours, 10, hourMs)] });
		const two = account('b', { sharesWith: ['a'], windows: [window(fiveHours, 10, hourMs)] });

		const [short] = poolHeadroom([one, two], now);

		assert.deepEqual([short?.shares.length, short?.accounts], [1, 1]);
	});

	it('leaves out what was never measured and marks what was not measured since its reset', () => {
		const unmeasured = account('a');
		const justReset = account('b', { windows: [window(fiveHours, 97, -minuteMs)] });

		const headroom = poolHeadroom([unmeasured, justReset], now);

		assert.equal(headroom.length, 1);
		assert.deepEqual(
			headroom[0]?.shares.map(({ leftPercent, isMeasured }) => ({ leftPercent, isMeasured })),
			[{ leftPercent: 100, isMeasured: false }],
		);
		assert.equal(headroom[0].usable, 2);
	});

	it('leaves out the windows of single models', () => {
		const spark = { ...window(week, 100, dayMs), limit: 'gpt-5.3-codex-spark' };

		assert.deepEqual(poolHeadroom([account('a', { windows: [spark] })], now), []);
	});
});

describe('The answer to "can I keep working?"', () => {
	it('says that nothing is measured yet when no figure has come', () => {
		assert.deepEqual(answerFor(true, [account('a')], now), { kind: 'ready', isMeasured: false, isLow: false });
		assert.deepEqual(answerFor(true, fourAccounts, now), { kind: 'ready', isMeasured: true, isLow: false });
	});

	it('warns when the best account is nearly used up', () => {
		const answer = answerFor(true, [account('a', { windows: [window(week, 93, dayMs)] })], now);

		assert.ok(answer.kind === 'ready' && answer.isLow);
	});

	it('names the moment when the first account is free of every obstacle', () => {
		const late = account('a', {
			state: 'limited',
			limitedUntil: now + hourMs,
			windows: [window(fiveHours, 100, hourMs), window(week, 100, dayMs)],
		});
		const early = account('b', { state: 'limited', limitedUntil: now + 3 * hourMs });

		assert.deepEqual(answerFor(true, [late, early], now), { kind: 'resting', until: now + 3 * hourMs });
		assert.deepEqual(answerFor(true, [late], now), { kind: 'resting', until: now + dayMs });
	});

	it('asks for a new sign-in when nothing else helps', () => {
		const lost = account('a', { state: 'needs_sign_in' });

		assert.equal(answerFor(true, [lost, account('b', { state: 'paused' })], now).kind, 'sign_in');
		assert.equal(answerFor(true, [lost, account('b')], now).kind, 'ready');
		assert.equal(answerFor(true, [account('b', { state: 'paused' })], now).kind, 'blocked');
	});

	it('tells a pool that is off from one without accounts in it', () => {
		assert.equal(answerFor(false, fourAccounts, now).kind, 'off');
		assert.equal(answerFor(true, [account('a', { selected: false })], now).kind, 'none_selected');
	});
});
