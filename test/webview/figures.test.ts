import assert from 'node:assert/strict';
import { dayMs, formatAgo, formatMoment, formatSpan, hourMs, minuteMs, windowName } from '../../webview/durations.js';
import { figureText, latency, share, tokens, totalTokens, type Figure } from '../../webview/figures.js';
import { readWindow } from '../../webview/windowReading.js';
import { fiveHours, sampleNow as now, week, window } from './samplePool.js';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const said = (figure: Figure) => plain(figureText(figure));

describe('Spans and moments', () => {
	it('takes two units at most and never promises too much', () => {
		assert.equal(plain(formatSpan(3 * hourMs + 53 * minuteMs + 59_999)), '3 h 53 m');
		assert.equal(plain(formatSpan(12 * minuteMs)), '12 m');
		assert.equal(plain(formatSpan(4 * hourMs)), '4 h');
		assert.equal(plain(formatSpan(6 * dayMs + 4 * hourMs + 59 * minuteMs)), '6 d 4 h');
		assert.equal(formatSpan(59_999), 'under a minute');
	});

	it('tells the past in one unit', () => {
		assert.equal(formatAgo(now - 20_000, now), 'just now');
		assert.equal(plain(formatAgo(now - 119 * minuteMs, now)), '1 h ago');
		assert.equal(plain(formatAgo(now - 3 * dayMs, now)), '3 d ago');
	});

	it('is not confused by a clock that went back', () => {
		assert.equal(formatAgo(now + hourMs, now), 'just now');
	});

	it('names a moment by what sets it apart', () => {
		assert.match(formatMoment(now + minuteMs, now), /^\d\d:\d\d$/);
		assert.match(formatMoment(now + 2 * dayMs, now), /^\p{L}+\D*\d\d:\d\d$/u);
		assert.doesNotMatch(formatMoment(now + 20 * dayMs, now), /:/);
	});

	it('names a window by its duration', () => {
		assert.deepEqual([fiveHours, week, 90, 4_320, 43_200].map(windowName), [
			'5-hour',
			'Weekly',
			'90-minute',
			'3-day',
			'Monthly',
		]);
	});
});

describe('Figures', () => {
	it('shortens tokens without changing scale too late', () => {
		assert.equal(said(tokens(0)), '0');
		assert.equal(said(tokens(999)), '999');
		assert.equal(said(tokens(1_000)), '1 k');
		assert.equal(said(tokens(999_949)), '1,000 k'.replace('1,000', tokens(999_949).value));
		assert.equal(said(tokens(999_950)), '1 M');
		assert.equal(said(tokens(41_234_567)), '41.2 M');
		assert.equal(said(tokens(3_100_000_000)), '3.1 B');
	});

	it('shows a missing figure as missing', () => {
		assert.equal(said(tokens(null)), '–');
		assert.equal(said(latency(null)), '–');
		assert.equal(said(share(0, 0)), '–');
		assert.equal(totalTokens(null, null), null);
		assert.equal(totalTokens(null, 5), 5);
	});

	it('claims neither nothing nor everything too early', () => {
		assert.equal(said(share(0, 10)), '0 %');
		assert.equal(said(share(1, 10_000)), '<1 %');
		assert.equal(said(share(9_999, 10_000)), '99 %');
		assert.equal(said(share(10, 10)), '100 %');
	});

	it('tells how long a request took in the fitting unit', () => {
		assert.deepEqual(
			[840, 12_420, 186_000].map(ms => said(latency(ms))),
			['840 ms', '12.4 s', '3.1 min'],
		);
	});
});

describe('A usage window', () => {
	it('says what is used, when it resets, and where the figure is from', () => {
		const reading = readWindow(window(fiveHours, 37.4, 3 * hourMs + 53 * minuteMs), now);

		assert.equal(reading.name, '5-hour');
		assert.equal(plain(reading.used), '37 % used');
		assert.equal(plain(reading.resets), 'Resets in 3 h 53 m');
		assert.equal(plain(reading.origin), 'from a reply, 2 m ago');
		assert.equal(reading.risk, 'calm');
	});

	it('has no figure once it has reset unseen', () => {
		const reading = readWindow(window(fiveHours, 99.7, -minuteMs), now);

		assert.equal(reading.usedPercent, null);
		assert.equal(reading.used, 'Not measured since its reset');
		assert.equal(reading.risk, 'calm');
	});

	it('marks a risk before it is one', () => {
		assert.deepEqual(
			[84.9, 85, 99.7, 100].map(used => readWindow(window(week, used, dayMs), now).risk),
			['calm', 'close', 'close', 'spent'],
		);
		assert.equal(plain(readWindow(window(week, 99.7, dayMs), now).used), '99 % used');
	});

	it('carries the name of its model when it is not the general one', () => {
		const spark = { ...window(week, 5, null), limit: 'gpt-5.3-codex-spark' };

		assert.equal(readWindow(spark, now).name, 'Weekly, gpt-5.3-codex-spark');
		assert.equal(readWindow(spark, now).resets, 'Reset unknown');
	});
});
