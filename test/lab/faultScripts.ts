import type { SimulatedAccount } from '../support/upstream/accounts.js';
import { failedStream, htmlReply, incompleteStream, type Fault, type FaultMatch } from '../support/upstream/faults.js';
import type { FaultName } from './history.js';

const hint = (seconds: number): string => `Rate limit reached. Please try again in ${seconds}s.`;

function refusal(status: number, code: string, message = 'It failed.', headers: Record<string, string> = {}): Fault {
	return { kind: 'reply', status, headers, body: { error: { type: code, code, message } } };
}

const slowHead = (wait: number): Fault => ({ kind: 'slow', wait });

/** What each name does to the next turns, or to the next token refresh. */
const faults: Readonly<Record<FaultName, Fault>> = {
	rate_1s: refusal(429, 'rate_limit_exceeded', hint(1)),
	rate_header_3s: refusal(429, 'rate_limit_exceeded', 'Slower, please.', { 'retry-after': '3' }),
	rate_20s: refusal(429, 'rate_limit_exceeded', hint(20)),
	rate_in_stream: failedStream('rate_limit_exceeded', hint(2)),
	error_500: refusal(500, 'server_error'),
	error_502: htmlReply(502, 'Bad gateway'),
	error_529: refusal(529, 'overloaded_error'),
	overloaded_503: refusal(503, 'server_is_overloaded'),
	slow_down_429: refusal(429, 'slow_down'),
	overloaded_in_stream: failedStream('server_is_overloaded'),
	server_error_in_stream: failedStream('server_error'),
	limit_in_stream: failedStream('usage_limit_reached'),
	context_too_long_in_stream: failedStream('context_length_exceeded'),
	failed_after_output: failedStream('server_error', 'It broke.', 'output'),
	incomplete_after_output: incompleteStream('max_output_tokens'),
	end_at_once: { kind: 'cut', after: 0, how: 'end' },
	end_after_lead: { kind: 'cut', after: 'lead', how: 'end' },
	close_after_lead: { kind: 'cut', after: 'lead', how: 'close' },
	reset_after_lead: { kind: 'cut', after: 'lead', how: 'reset' },
	end_after_output: { kind: 'cut', after: 'output', how: 'end' },
	reset_after_output: { kind: 'cut', after: 'output', how: 'reset' },
	reset_after_3: { kind: 'cut', after: 3, how: 'reset' },
	refused_connection: { kind: 'refuse' },
	silence_at_head: { kind: 'slow', wait: 100_000_000 },
	silence_after_lead: { kind: 'silence', after: 'lead' },
	silence_after_output: { kind: 'silence', after: 'output' },
	pause_after_output: { kind: 'silence', after: 'output', until: 90_000 },
	slow_10s: slowHead(10_000),
	slow_100s: slowHead(100_000),
	challenge_403: htmlReply(403),
	html_200: htmlReply(200, 'Maintenance'),
	token_refused_once: refusal(401, 'token_expired'),
	refresh_503: refusal(503, 'server_error'),
	refresh_slow: slowHead(4_000),
	refresh_lost: { kind: 'lose' },
};

export function scriptOf(name: FaultName, account: SimulatedAccount | undefined, times: number): [Fault, FaultMatch] {
	const path = name.startsWith('refresh_') ? '/oauth/token' : '/codex/responses';
	return [faults[name], { path, times, ...(account && { account }) }];
}
