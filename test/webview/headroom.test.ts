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

	it('lasts as long as the pace of the windows allows', () => {
		const halfWay = account('a', { windows: [window(fiveHours, 75, 2.5 * hourMs)] });

		const [short] = poolHeadroom([halfWay], now);

		assert.equal(Math.round((short?.lastsMs ?? 0) / minuteMs), 50);
	});
});

describe('The answer to "can I keep working?"', () => {
	it('gives the time when the room ends before the next reset', () => {
		const fast = account('a', { windows: [window(fiveHours, 75, 2.5 * hourMs)] });

		const answer = answerFor(true, [fast], now);

		assert.ok('lastsMs' in answer && !answer.isPastReset && Math.round((answer.lastsMs ?? 0) / minuteMs) === 50);
	});

	it('says so when the next reset comes first', () => {
		const answer = answerFor(true, fourAccounts, now);

		assert.ok(answer.kind === 'ready' && answer.isPastReset && !answer.isLow);
	});

	it('promises no time without figures', () => {
		assert.deepEqual(answerFor(true, [account('a')], now), {
			kind: 'ready',
			lastsMs: null,
			isPastReset: false,
			isLow: false,
		});
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
