import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { HeaderMap } from '../../src/core/ports.js';
import { retryAfterMs } from '../../src/core/attempt/providerReset.js';
import { refusalFromFrame } from '../../src/core/socket/refusalFromFrame.js';
import { judgeFault, judgeRefusal, type Verdict } from '../../src/core/attempt/verdict.js';
import { hour, now } from './verdictRow.js';

/** When to come back: what the provider says, and what it cannot mean. */

const year = 366 * 24 * hour;

describe('retryAfterMs', () => {
	const rows: readonly [HeaderMap, number | undefined][] = [
		[{}, undefined],
		[{ 'retry-after': '2' }, 2_000],
		[{ 'retry-after': ' 2 ' }, 2_000],
		[{ 'retry-after': '1.5' }, 1_500],
		[{ 'retry-after': '0' }, 0],
		[{ 'retry-after': '-5' }, 0],
		[{ 'retry-after': '' }, undefined],
		[{ 'retry-after': 'soon' }, undefined],
		[{ 'retry-after': 'soon 5' }, undefined],
		[{ 'retry-after': 'NaN' }, undefined],
		[{ 'retry-after': 'Infinity' }, undefined],
		[{ 'retry-after': '2s' }, 2_000],
		[{ 'retry-after': '1m30s' }, 90_000],
		[{ 'retry-after': new Date(now + 5_000).toUTCString() }, 5_000],
		[{ 'retry-after': new Date(now - 5_000).toUTCString() }, 0],
		[{ 'retry-after': 'Fri, 99 Nov 2026 12:00:00 GMT' }, undefined],
		[{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
		[{ 'retry-after-ms': '', 'retry-after': '1' }, 1_000],
		[{ 'retry-after-ms': '-1' }, 0],
		[{ 'retry-after-ms': 'x', 'retry-after': '1' }, 1_000],
	];
	for (const [headers, ms] of rows) {
		it(`reads ${JSON.stringify(headers)}`, () => assert.equal(retryAfterMs(headers, now), ms));
	}
});

describe('the reset of a spent limit', () => {
	const seconds = (ms: number): number => ms / 1000;
	const untilOf = (error: object, headers: HeaderMap = {}): number | null => {
		const verdict = judgeRefusal(
			{ status: 429, headers, body: { error: { type: 'usage_limit_reached', ...error } } },
			now,
		);
		assert.equal(verdict.kind, 'quota');
		return verdict.until;
	};

	const absurd: readonly [string, unknown][] = [
		['in the past', seconds(now - 1_000)],
		['this very moment', seconds(now)],
		['at zero', 0],
		['negative', -5],
		['in the year 2446', seconds(Date.UTC(2446, 0))],
		['just beyond 366 days', seconds(now + year) + 1],
		['in milliseconds', now + hour],
		['huge', Number.MAX_VALUE],
		['not a number', Number.NaN],
		['without end', Number.POSITIVE_INFINITY],
		['a word', 'tomorrow'],
		['empty text', ''],
		['a date as text', new Date(now + hour).toISOString()],
		['an object', {}],
		['a list', [seconds(now + hour)]],
		['true', true],
	];
	for (const [name, resets_at] of absurd) {
		it(`is not known when it is ${name}`, () => assert.equal(untilOf({ resets_at }), null));
		it(`comes from the next source when it is ${name}`, () => {
			assert.equal(untilOf({ resets_at, resets_in_seconds: 60 }), now + 60_000);
			assert.equal(untilOf({ resets_at, resets_in_seconds: -1 }, { 'retry-after': '30' }), now + 30_000);
			assert.equal(untilOf({ resets_at, message: 'Try again in 1 month.' }), now + 30 * 24 * hour);
		});
	}

	it('holds up to 366 days', () => {
		assert.equal(untilOf({ resets_at: seconds(now + year) }), now + year);
		assert.equal(untilOf({ resets_in_seconds: seconds(year) }), now + year);
	});

	it('is not taken from a hint beyond 366 days', () => {
		assert.equal(untilOf({ message: 'Try again in 2 years.' }), null);
		assert.equal(untilOf({}, { 'retry-after': '1e12' }), null);
		assert.equal(untilOf({}, { 'retry-after': '0' }), null);
	});

	it('is that of the last of several full windows', () => {
		const headers = {
			'x-codex-primary-used-percent': '100',
			'x-codex-primary-window-minutes': '300',
			'x-codex-primary-reset-at': String(seconds(now + hour)),
			'x-codex-secondary-used-percent': '100',
			'x-codex-secondary-window-minutes': '10080',
			'x-codex-secondary-reset-at': String(seconds(now + 50 * hour)),
		};
		assert.equal(untilOf({}, headers), now + 50 * hour);
		assert.equal(untilOf({}, { ...headers, 'x-codex-secondary-reset-at': '' }), now + hour);
	});
});

const names = [
	'usage_limit_reached',
	'rate_limit_exceeded',
	'server_is_overloaded',
	'token_expired',
	'deactivated_workspace',
	'model_not_found',
	'invalid_encrypted_content',
	'cyber_policy',
	'__proto__',
	'toString',
];
const anyFigure = fc.oneof(
	fc.double(),
	fc.integer(),
	fc.integer({ min: now / 1000 - 10, max: now / 1000 + 40_000_000 }),
	fc.string(),
	fc.integer().map(String),
	fc.constant(null),
);
const anyError = fc.record(
	{
		type: fc.oneof(fc.constantFrom(...names), fc.jsonValue()),
		code: fc.oneof(fc.constantFrom(...names), fc.jsonValue()),
		message: fc.oneof(
			fc.string(),
			fc.string().map(text => `Please try again in ${text}`),
			fc.constantFrom('Selected model is at capacity.', 'The usage limit has been reached', 'session has ended'),
		),
		resets_at: anyFigure,
		resets_in_seconds: anyFigure,
		limit_window_minutes: anyFigure,
	},
	{ requiredKeys: [] },
);
const anyHeaders = fc.dictionary(
	fc.oneof(
		fc.constantFrom(
			'retry-after',
			'retry-after-ms',
			'content-type',
			'x-error-json',
			'x-openai-authorization-error',
			'x-codex-active-limit',
			'x-codex-rate-limit-reached-type',
			'x-codex-primary-used-percent',
			'x-codex-primary-window-minutes',
			'x-codex-primary-reset-at',
			'x-codex-bengalfox-primary-used-percent',
		),
		fc.string(),
	),
	fc.oneof(fc.string(), fc.integer().map(String), fc.constantFrom('codex_bengalfox', 'text/html', '100', '1e999')),
);
const anyBody = fc.oneof(
	fc.constant(undefined),
	fc.jsonValue(),
	anyError,
	anyError.map(error => ({ error })),
	anyError.map(error => ({ detail: error })),
	anyError.map(error => ({ type: 'response.failed', response: { error } })),
	fc.record({ type: fc.constant('error'), status: fc.jsonValue(), error: anyError, headers: fc.jsonValue() }),
	fc.record({ type: fc.constant('error'), status_code: fc.integer({ min: 0, max: 700 }), headers: anyHeaders }),
);
const anyStatus = fc.oneof(
	fc.constantFrom(200, 400, 401, 402, 403, 404, 408, 413, 429, 500, 503),
	fc.integer({ min: 0, max: 999 }),
);

function assertSane(verdict: Verdict): void {
	switch (verdict.kind) {
		case 'quota':
			assert.ok(verdict.until === null || (verdict.until > now && verdict.until <= now + year), String(verdict.until));
			assert.ok(verdict.limit === null || /^\S+$/.test(verdict.limit), String(verdict.limit));
			assert.match(verdict.reason, /^[\w.-]{1,64}$/);
			return;
		case 'rate':
			assert.ok(verdict.waitMs >= 0 && verdict.waitMs <= 24 * hour, String(verdict.waitMs));
			return;
		case 'overload':
			assert.match(verdict.code, /^[\w.-]{1,64}$/);
			return;
		case 'disabled':
			assert.match(verdict.reason, /^[\w.-]{1,64}$/);
			return;
		case 'caller':
		case 'credential':
		case 'foreign_content':
		case 'model_missing':
		case 'offline':
			return;
		default:
			verdict satisfies never;
	}
}

describe('whatever comes', () => {
	it('gets a verdict whose times are finite, bounded and ahead, and whose codes are words', () => {
		fc.assert(
			fc.property(anyStatus, anyHeaders, anyBody, (status, headers, body) => {
				assertSane(judgeRefusal({ status, headers, body }, now));
			}),
			{ numRuns: 3_000 },
		);
	});

	it('gets one as a frame too, or is none', () => {
		fc.assert(
			fc.property(anyBody, frame => {
				const refusal = refusalFromFrame(frame);
				if (refusal) assertSane(judgeRefusal(refusal, now));
			}),
		);
	});

	it('gets the same one again: the table keeps nothing', () => {
		fc.assert(
			fc.property(anyStatus, anyHeaders, anyBody, (status, headers, body) => {
				const refusal = { status, headers, body };
				assert.deepEqual(judgeRefusal(refusal, now), judgeRefusal(refusal, now));
			}),
		);
	});

	it('is judged in no time when a message is very long', () => {
		for (const piece of ['try again in 1 ', 'account has been ', '1s ', ' ', 'a']) {
			const message = piece.repeat(100_000 / piece.length);
			const started = performance.now();
			for (const status of [200, 401, 403, 429, 500])
				judgeRefusal({ status, headers: {}, body: { detail: message } }, now);
			assert.ok(performance.now() - started < 1_500);
		}
	});

	it('never costs an account anything when this machine is offline', () => {
		fc.assert(
			fc.property(fc.string(), code =>
				assert.deepEqual(judgeFault({ kind: 'offline', code }), { kind: 'offline', code }),
			),
		);
	});
});
