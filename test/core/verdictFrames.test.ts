import assert from 'node:assert/strict';
import { refusalFromFrame } from '../../src/core/socket/refusalFromFrame.js';
import { judgeRefusal, type Verdict } from '../../src/core/attempt/verdict.js';
import { caller, credential, hour, modelOverload, now, overload, quota, rate } from './verdictRow.js';

/** What happens with refusals in WebSocket frames. */

const resetsAt = now + hour;

interface FrameRow {
	readonly name: string;
	readonly source: string;
	readonly frame: unknown;
	readonly verdict: Verdict;
}

const frames: readonly FrameRow[] = [
	{
		name: 'a usage limit',
		source: 'protocol §6, captures (error_frames)',
		frame: {
			type: 'error',
			status: 429,
			error: { type: 'usage_limit_reached', plan_type: 'plus', resets_at: resetsAt / 1000, eligible_promo: null },
			headers: { 'x-codex-primary-used-percent': '100' },
		},
		verdict: quota('usage_limit_reached', resetsAt),
	},
	{
		name: 'a live usage limit: status_code, capitals in header names, the general limit called premium',
		source: 'protocol §9 body shapes (WS variant)',
		frame: {
			type: 'error',
			error: { type: 'usage_limit_reached', message: 'The usage limit has been reached' },
			status_code: 429,
			headers: {
				'X-Codex-Active-Limit': 'premium',
				'X-Codex-Primary-Used-Percent': 100,
				'X-Codex-Primary-Window-Minutes': '300',
				'X-Codex-Primary-Reset-At': String(resetsAt / 1000),
				'X-Codex-Credits-Has-Credits': false,
			},
		},
		verdict: quota('usage_limit_reached', resetsAt),
	},
	{
		name: 'a rate limit with Retry-After as a number in a list',
		source: 'protocol §6',
		frame: { type: 'error', status: 429, error: { message: 'Slow.' }, headers: { 'Retry-After': [2] } },
		verdict: rate(2_000),
	},
	{
		name: 'a status that is no figure at all',
		source: 'whatever a broken or hostile provider sends: it must not end the process',
		frame: { type: 'error', status: { toString: null }, error: {} },
		verdict: overload('unnamed_failure'),
	},
	{
		name: 'a spend cap in the headers',
		source: 'protocol §10.1',
		frame: {
			type: 'error',
			status: '429',
			error: {},
			headers: { 'x-codex-rate-limit-reached-type': 'workspace_owner_usage_limit_reached' },
		},
		verdict: quota('workspace_owner_usage_limit_reached'),
	},
	{
		name: 'websocket_connection_limit_reached, after which the client connects anew',
		source: 'protocol §6',
		frame: {
			type: 'error',
			status: 400,
			error: { type: 'invalid_request_error', code: 'websocket_connection_limit_reached', message: '60 minutes' },
		},
		verdict: caller,
	},
	{
		name: 'previous_response_not_found',
		source: 'protocol §6',
		frame: {
			type: 'error',
			status: 400,
			error: {
				type: 'invalid_request_error',
				code: 'previous_response_not_found',
				message: "Previous response with id 'resp_1' not found.",
				param: 'previous_response_id',
			},
		},
		verdict: caller,
	},
	{
		name: '401',
		source: 'protocol §6',
		frame: { type: 'error', status: 401, error: { message: 'no' } },
		verdict: credential,
	},
	{
		name: '500',
		source: 'protocol §6',
		frame: { type: 'error', status: 500, error: { message: 'no' } },
		verdict: overload('http_500'),
	},
	{
		name: '503 server_is_overloaded',
		source: 'protocol §6',
		frame: { type: 'error', status_code: 503, error: { code: 'server_is_overloaded' } },
		verdict: modelOverload('server_is_overloaded'),
	},
	{
		name: 'an error without a status',
		source: 'protocol §9 events',
		frame: { type: 'error', error: { code: 'server_error' } },
		verdict: overload('server_error'),
	},
	{
		name: 'response.failed',
		source: 'protocol §9 events',
		frame: { type: 'response.failed', response: { error: { code: 'slow_down' } } },
		verdict: modelOverload('slow_down'),
	},
	{
		name: 'an error whose status is a success',
		source: 'protocol §6 (non-2xx)',
		frame: { type: 'error', status: 200, error: { message: 'odd' } },
		verdict: overload('unnamed_failure'),
	},
];

describe('judgeRefusal of a WebSocket frame', () => {
	for (const { name, source, frame, verdict } of frames) {
		it(`${name} → ${verdict.kind} (${source})`, () => {
			const refusal = refusalFromFrame(frame);
			assert.ok(refusal);
			assert.deepEqual(judgeRefusal(refusal, now), verdict);
		});
	}
});

describe('refusalFromFrame', () => {
	for (const frame of [
		{ type: 'response.completed', response: { id: 'resp_1' } },
		{ type: 'response.incomplete', response: {} },
		{ type: 'codex.rate_limits', status: 429 },
		{ type: 'response.output_text.delta', delta: 'error' },
		{ error: { code: 'server_error' } },
		null,
		undefined,
		'error',
		[],
	]) {
		it(`leaves ${JSON.stringify(frame)} alone`, () => assert.equal(refusalFromFrame(frame), undefined));
	}

	it("puts the frame's headers over those of the reply it came in", () => {
		const frame = { type: 'error', status: 429, headers: { 'Retry-After': '2', nothing: null, nested: { a: 1 } } };
		assert.deepEqual(refusalFromFrame(frame, { 'retry-after': '9', 'x-request-id': 'r' })?.headers, {
			'retry-after': '2',
			'x-request-id': 'r',
		});
	});
});
