import assert from 'node:assert/strict';
import { errorOf, judgeFault, judgeRefusal, retryAfterMs, type Verdict } from '../../src/core/verdict.js';
import type { HeaderMap } from '../../src/core/ports.js';

const now = Date.UTC(2026, 10, 20, 12);
const resetsAt = now + 3_600_000;

interface Row {
	readonly when: string;
	readonly status?: number;
	readonly body?: unknown;
	readonly headers?: HeaderMap;
	readonly then: Verdict;
}

const caller: Verdict = { kind: 'caller' };
const credential: Verdict = { kind: 'credential' };
const overload = (code: string): Verdict => ({ kind: 'overload', code });
const disabled = (reason: string): Verdict => ({ kind: 'disabled', reason });
const quota = (reason: string, until: number | null = null): Verdict => ({ kind: 'quota', until, reason });
const rate = (waitMs: number): Verdict => ({ kind: 'rate', waitMs });

/** Protocol §9, the HTTP table and the body shapes below it. */
const http: readonly Row[] = [
	{ when: '400 in FastAPI form', status: 400, body: { detail: 'Unsupported parameter: top_p' }, then: caller },
	{
		when: '400 context_length_exceeded',
		status: 400,
		body: { error: { code: 'context_length_exceeded' } },
		then: caller,
	},
	{ when: '400 cyber_policy', status: 400, body: { error: { code: 'cyber_policy' } }, then: caller },
	{
		when: '400 that quotes the words of a deactivation',
		status: 400,
		body: { error: { code: 'invalid_value', message: 'Not allowed: "your account has been deactivated"' } },
		then: caller,
	},
	{
		when: '400 invalid_encrypted_content',
		status: 400,
		body: { error: { code: 'invalid_encrypted_content' } },
		then: { kind: 'foreign_content' },
	},
	{
		when: '401 token_expired',
		status: 401,
		body: {
			error: {
				code: 'token_expired',
				type: 'invalid_request_error',
				message: 'Provided authentication token is expired.',
			},
			status: 401,
		},
		then: credential,
	},
	{ when: '401 token_invalidated', status: 401, body: { error: { code: 'token_invalidated' } }, then: credential },
	{ when: '401 token_revoked', status: 401, body: { error: { code: 'token_revoked' } }, then: credential },
	{ when: '401 without a body', status: 401, then: credential },
	{
		when: '401 of a deactivated user',
		status: 401,
		body: { detail: 'Your account has been deactivated.' },
		then: disabled('account_deactivated'),
	},
	{
		when: '401 of a deactivated user, as an error',
		status: 401,
		body: { error: { message: 'This account has been deactivated', code: null } },
		then: disabled('account_deactivated'),
	},
	{
		when: '402 deactivated_workspace in the detail',
		status: 402,
		body: { detail: { code: 'deactivated_workspace' } },
		then: disabled('deactivated_workspace'),
	},
	{
		when: '402 deactivated_workspace in the error',
		status: 402,
		body: { error: { code: 'deactivated_workspace' } },
		then: disabled('deactivated_workspace'),
	},
	{ when: '402 without a reason', status: 402, body: {}, then: disabled('payment_required') },
	{ when: '403 with a JSON body', status: 403, body: { detail: 'Forbidden' }, then: caller },
	{ when: '403 page of the edge', status: 403, headers: { 'cf-ray': 'x' }, then: overload('challenge') },
	{ when: '404', status: 404, body: { error: { code: 'not_found' } }, then: caller },
	{ when: '408', status: 408, then: overload('http_408') },
	{ when: '413', status: 413, body: { detail: 'Too large' }, then: caller },
	{
		when: '429 usage_limit_reached with resets_at',
		status: 429,
		body: { error: { type: 'usage_limit_reached', resets_at: resetsAt / 1000, resets_in_seconds: 7 } },
		then: quota('usage_limit_reached', resetsAt),
	},
	{
		when: '429 usage_limit_reached with resets_in_seconds',
		status: 429,
		body: { error: { type: 'usage_limit_reached', resets_in_seconds: 90 } },
		then: quota('usage_limit_reached', now + 90_000),
	},
	{
		when: '429 usage_limit_reached without a time',
		status: 429,
		body: { error: { type: 'usage_limit_reached' } },
		then: quota('usage_limit_reached'),
	},
	{
		when: '429 usage_limit_reached only as a code',
		status: 429,
		body: { error: { code: 'usage_limit_reached' } },
		then: quota('usage_limit_reached'),
	},
	{
		when: '429 usage_limit_reached unwrapped',
		status: 429,
		body: { type: 'usage_limit_reached', resets_at: resetsAt / 1000 },
		then: quota('usage_limit_reached', resetsAt),
	},
	{
		when: '429 usage_limit_reached with a hint in words',
		status: 429,
		body: { error: { type: 'usage_limit_reached', message: 'Try again in 6m0s.' } },
		then: quota('usage_limit_reached', now + 360_000),
	},
	{
		when: '429 usage_not_included',
		status: 429,
		body: { error: { type: 'usage_not_included' } },
		then: quota('usage_not_included'),
	},
	{
		when: '429 insufficient_quota as a type',
		status: 429,
		body: { error: { type: 'insufficient_quota' } },
		then: quota('insufficient_quota'),
	},
	{
		when: '429 insufficient_quota as a code',
		status: 429,
		body: { error: { code: 'insufficient_quota' } },
		then: quota('insufficient_quota'),
	},
	{
		when: '429 with the header of a workspace limit',
		status: 429,
		body: {},
		headers: { 'x-codex-rate-limit-reached-type': 'workspace_member_credits_depleted' },
		then: quota('workspace_member_credits_depleted'),
	},
	{ when: '429 slow_down', status: 429, body: { error: { code: 'slow_down' } }, then: overload('slow_down') },
	{ when: '429 with Retry-After', status: 429, body: {}, headers: { 'retry-after': '2' }, then: rate(2_000) },
	{
		when: '429 with a hint in words',
		status: 429,
		body: { error: { code: 'rate_limit_exceeded', message: 'Please try again in 300ms.' } },
		then: rate(300),
	},
	{ when: '429 with nothing at all', status: 429, then: rate(1_000) },
	{ when: '500', status: 500, then: overload('http_500') },
	{ when: '500 server_error', status: 500, body: { error: { code: 'server_error' } }, then: overload('server_error') },
	{ when: '502 page', status: 502, then: overload('http_502') },
	{
		when: '503 server_is_overloaded',
		status: 503,
		body: { error: { code: 'server_is_overloaded' } },
		then: overload('server_is_overloaded'),
	},
	{ when: '503 with Retry-After', status: 503, headers: { 'retry-after': '3' }, then: overload('http_503') },
	{ when: '529', status: 529, then: overload('http_529') },
	{ when: '200 that is a page', status: 200, then: overload('no_event_stream') },
	{
		when: '200 that is a JSON object',
		status: 200,
		body: { id: 'resp_1', error: null },
		then: overload('no_event_stream'),
	},
];

const event = (code: string, message = 'It failed.') => ({
	type: 'response.failed',
	response: { error: { code, message } },
});

/** Protocol §9, the event table: what comes inside a 200 before anything visible. */
const events: readonly Row[] = [
	...[
		'context_length_exceeded',
		'invalid_prompt',
		'cyber_policy',
		'bio_policy',
		'model_not_found',
		'flex_unavailable',
	].map(code => ({ when: code, body: event(code), then: caller })),
	...[
		'insufficient_quota',
		'credit_balance_exhausted',
		'organization_spend_limit_exceeded',
		'project_spend_limit_exceeded',
		'usage_not_included',
		'usage_limit_reached',
	].map(code => ({ when: code, body: event(code), then: quota(code) })),
	...['server_is_overloaded', 'slow_down', 'server_error'].map(code => ({
		when: code,
		body: event(code),
		then: overload(code),
	})),
	{
		when: 'rate_limit_exceeded with a hint',
		body: event('rate_limit_exceeded', 'Please try again in 1.2s.'),
		then: rate(1_200),
	},
	{ when: 'rate_limit_exceeded without one', body: event('rate_limit_exceeded'), then: rate(1_000) },
	{ when: 'an unknown code', body: event('brand_new'), then: caller },
	{
		when: 'a flat error event',
		body: { type: 'error', code: 'server_error', message: 'x' },
		then: overload('server_error'),
	},
	{
		when: 'a nested error event',
		body: { type: 'error', error: { type: 'usage_limit_reached', resets_at: resetsAt / 1000 }, status_code: 429 },
		then: quota('usage_limit_reached', resetsAt),
	},
	{
		when: 'a failure without an error',
		body: { type: 'response.failed', response: { error: null } },
		then: overload('no_event_stream'),
	},
];

describe('judgeRefusal', () => {
	for (const { when, status = 200, body, headers = {}, then } of http) {
		it(`calls ${when} ${then.kind}`, () => assert.deepEqual(judgeRefusal({ status, headers, body }, now), then));
	}
	for (const { when, body, then } of events) {
		it(`calls ${when} in a stream ${then.kind}`, () =>
			assert.deepEqual(judgeRefusal({ status: 200, headers: {}, body }, now), then));
	}

	it('survives bodies of every kind', () => {
		for (const body of [
			undefined,
			null,
			7,
			'text',
			[],
			[[]],
			{ error: 'text' },
			{ error: [] },
			{ detail: [1] },
			{ response: 1 },
		]) {
			for (const status of [200, 400, 401, 402, 403, 429, 500]) {
				assert.ok(judgeRefusal({ status, headers: {}, body }, now).kind);
			}
		}
	});
});

describe('judgeFault', () => {
	it('punishes nobody when this machine is offline', () =>
		assert.deepEqual(judgeFault({ kind: 'offline', code: 'ENOTFOUND' }), { kind: 'offline', code: 'ENOTFOUND' }));

	for (const kind of ['refused', 'reset', 'tls', 'timeout'] as const) {
		it(`takes a ${kind} connection for an overload`, () =>
			assert.deepEqual(judgeFault({ kind, code: 'X' }), overload('X')));
	}
});

describe('retryAfterMs', () => {
	const rows: readonly [HeaderMap, number | undefined][] = [
		[{}, undefined],
		[{ 'retry-after': '2' }, 2_000],
		[{ 'retry-after': '0' }, 0],
		[{ 'retry-after': '-5' }, 0],
		[{ 'retry-after': '' }, undefined],
		[{ 'retry-after': 'soon' }, undefined],
		[{ 'retry-after': new Date(now + 5_000).toUTCString() }, 5_000],
		[{ 'retry-after': new Date(now - 5_000).toUTCString() }, 0],
		[{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
		[{ 'retry-after-ms': '', 'retry-after': '1' }, 1_000],
		[{ 'retry-after-ms': '-1' }, 0],
		[{ 'retry-after-ms': 'x', 'retry-after': '1' }, 1_000],
	];
	for (const [headers, ms] of rows) {
		it(`reads ${JSON.stringify(headers)}`, () => assert.equal(retryAfterMs(headers, now), ms));
	}
});

describe('errorOf', () => {
	it('reads a detail text as the message', () =>
		assert.equal(errorOf({ detail: 'Store must be false' }).message, 'Store must be false'));
	it('reads an error that is only a text', () =>
		assert.equal(errorOf({ error: 'invalid_grant' }).message, 'invalid_grant'));
});
