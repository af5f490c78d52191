import assert from 'node:assert/strict';
import type { HeaderMap } from '../../src/core/ports.js';
import { judgeRefusal, type Verdict } from '../../src/core/attempt/verdict.js';
import {
	caller,
	credential,
	disabled,
	foreignContent,
	hour,
	modelOverload,
	now,
	overload,
	quota,
	rate,
} from './verdictRow.js';

/** What happens with refusals inside a 200 stream, before anything visible. */

const resetsAt = now + hour;

const failed = (code: string, message = 'It failed.'): unknown => ({
	type: 'response.failed',
	response: { id: 'resp_1', error: { code, message } },
});

interface EventRow {
	readonly name: string;
	readonly source: string;
	readonly event: unknown;
	/** Of the 200 reply. */
	readonly headers?: HeaderMap;
	readonly verdict: Verdict;
}

const events: readonly EventRow[] = [
	...[
		'context_length_exceeded',
		'invalid_prompt',
		'cyber_policy',
		'bio_policy',
		'model_not_found',
		'flex_unavailable',
	].map(code => ({ name: code, source: 'protocol §9 events', event: failed(code), verdict: caller })),
	...[
		'insufficient_quota',
		'credit_balance_exhausted',
		'organization_spend_limit_exceeded',
		'project_spend_limit_exceeded',
		'usage_not_included',
		'usage_limit_reached',
	].map(code => ({ name: code, source: 'protocol §9 events', event: failed(code), verdict: quota(code) })),
	{
		name: "usage_limit_reached of a model's own limit",
		source: 'protocol §10',
		event: failed('usage_limit_reached'),
		headers: {
			'x-codex-active-limit': 'codex_bengalfox',
			'x-codex-bengalfox-primary-used-percent': '100',
			'x-codex-bengalfox-primary-window-minutes': '300',
			'x-codex-bengalfox-primary-reset-at': String(resetsAt / 1000),
		},
		verdict: quota('usage_limit_reached', resetsAt, 'codex_bengalfox'),
	},
	...['server_is_overloaded', 'slow_down'].map(code => ({
		name: code,
		source: 'protocol §9 events',
		event: failed(code),
		verdict: modelOverload(code),
	})),
	{
		name: 'a code we do not know, in known words',
		source: 'codex-lb §4.6',
		event: failed('brand_new', 'Selected model is at capacity. Please try a different model.'),
		verdict: modelOverload('model_at_capacity'),
	},
	{
		name: 'server_error',
		source: 'protocol §9 events',
		event: failed('server_error'),
		verdict: overload('server_error'),
	},
	{
		name: 'rate_limit_exceeded with a hint',
		source: 'protocol §9 events',
		event: failed(
			'rate_limit_exceeded',
			'Rate limit reached for gpt-5.5. Please try again in 1.2s. Visit the help center.',
		),
		verdict: rate(1_200),
	},
	{
		name: 'rate_limit_exceeded with a hint in milliseconds',
		source: 'protocol §9 events',
		event: failed('rate_limit_exceeded', 'Please try again in 300ms'),
		verdict: rate(300),
	},
	{
		name: 'rate_limit_exceeded without one',
		source: 'protocol §9 events',
		event: failed('rate_limit_exceeded'),
		verdict: rate(1_000),
	},
	{
		name: 'invalid_encrypted_content',
		source: 'protocol §7',
		event: failed('invalid_encrypted_content'),
		verdict: foreignContent,
	},
	{
		name: 'previous_response_not_found',
		source: 'protocol §6',
		event: failed('previous_response_not_found'),
		verdict: caller,
	},
	{
		name: 'token_invalidated',
		source: 'codex-lb §4.6 (codes in stream)',
		event: failed('token_invalidated'),
		verdict: credential,
	},
	{
		name: 'account_suspended',
		source: 'codex-lb §4.6 (codes in stream)',
		event: failed('account_suspended'),
		verdict: disabled('account_suspended'),
	},
	{
		name: '"session has ended"',
		source: 'codex-lb §4.6',
		event: { type: 'error', message: 'Your session has ended. Please log in again.' },
		verdict: credential,
	},
	{ name: 'a code that nobody knows', source: 'protocol §9 events', event: failed('brand_new'), verdict: caller },
	{
		name: 'a flat error event',
		source: 'protocol §9 events',
		event: { type: 'error', code: 'server_error', message: 'x', sequence_number: 3 },
		verdict: overload('server_error'),
	},
	{
		name: 'a nested error event that has only a type',
		source: 'protocol §9 events',
		event: { type: 'error', error: { type: 'server_error', code: null, message: 'The server had an error.' } },
		verdict: overload('server_error'),
	},
	{
		name: 'a nested error event with a status',
		source: 'protocol §9 events, §6',
		event: { type: 'error', error: { type: 'usage_limit_reached', resets_at: resetsAt / 1000 }, status_code: 429 },
		verdict: quota('usage_limit_reached', resetsAt),
	},
	{
		name: 'an error event of which only the status is known',
		source: 'protocol §6',
		event: { type: 'error', status: 503, error: { message: 'upstream connect error' } },
		verdict: overload('http_503'),
	},
	{
		name: 'an error event without a name',
		source: 'protocol §9 events (stream-level retry)',
		event: { type: 'error', message: 'An error occurred while processing your request.' },
		verdict: overload('unnamed_failure'),
	},
	{
		name: 'a failure without an error',
		source: 'protocol §9 events',
		event: { type: 'response.failed', response: { error: null } },
		verdict: overload('unnamed_failure'),
	},
	...['max_output_tokens', 'content_filter'].map(reason => ({
		name: `response.incomplete ${reason}`,
		source: 'protocol §9 events',
		event: { type: 'response.incomplete', response: { error: null, incomplete_details: { reason } } },
		verdict: caller,
	})),
];

describe('judgeRefusal inside a 200 stream', () => {
	for (const { name, source, event, headers = {}, verdict } of events) {
		it(`${name} → ${verdict.kind} (${source})`, () =>
			assert.deepEqual(judgeRefusal({ status: 200, headers, body: event }, now), verdict));
	}
});
