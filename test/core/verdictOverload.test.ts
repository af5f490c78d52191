import { code, hour, http, itJudges, modelOverload, overload, page, rate, type, type Row } from './verdictRow.js';

/** What happens when the backend is too busy or broken, over HTTP. */

const overloads: readonly Row[] = [
	{
		name: '429 with Retry-After',
		source: 'protocol §9',
		refusal: http(429, {}, { 'retry-after': '2' }),
		verdict: rate(2_000),
	},
	{
		name: '429 rate_limit_exceeded with a hint in words',
		source: 'protocol §9 events',
		refusal: http(429, code('rate_limit_exceeded', 'Please try again in 300ms.')),
		verdict: rate(300),
	},
	{
		name: '429 rate_limit_exceeded with a reset',
		source: 'codex-lb §4.6',
		refusal: http(429, type('rate_limit_exceeded', { resets_in_seconds: 4 })),
		verdict: rate(4_000),
	},
	{
		name: '429 rate_limit_error',
		source: 'codex-lb §4.6',
		refusal: http(429, type('rate_limit_error')),
		verdict: rate(1_000),
	},
	{
		name: '429 with Retry-After of a month: asked again after a day',
		source: 'peers §1a (hint ≤ 24 h)',
		refusal: http(429, {}, { 'retry-after': '2592000' }),
		verdict: rate(24 * hour),
	},
	{ name: '429 with nothing at all', source: 'peers §1a', refusal: http(429), verdict: rate(1_000) },
	{ name: '429 page', source: 'protocol §9', refusal: page(429, { 'retry-after': '7' }), verdict: rate(7_000) },
	{
		name: '429 slow_down',
		source: 'protocol §9 capacity',
		refusal: http(429, code('slow_down'), { 'retry-after': '2' }),
		verdict: modelOverload('slow_down'),
	},
	{
		name: '503 server_is_overloaded',
		source: 'protocol §9 capacity',
		refusal: http(503, code('server_is_overloaded')),
		verdict: modelOverload('server_is_overloaded'),
	},
	{
		name: '529 overloaded_error',
		source: 'codex-lb §4.6',
		refusal: http(529, type('overloaded_error')),
		verdict: modelOverload('overloaded_error'),
	},
	...[429, 500, 503].map(status => ({
		name: `${status} "Selected model is at capacity"`,
		source: 'codex-lb §4.6',
		refusal: http(status, { error: { message: 'Selected model is at capacity. Please try a different model.' } }),
		verdict: modelOverload('model_at_capacity'),
	})),
	{ name: '408', source: 'protocol §9', refusal: http(408), verdict: overload('http_408') },
	{ name: '500', source: 'protocol §9', refusal: http(500), verdict: overload('http_500') },
	{
		name: '500 server_error',
		source: 'codex-lb §4.6',
		refusal: http(500, code('server_error')),
		verdict: overload('server_error'),
	},
	{
		name: '500 server_error as a type',
		source: 'codex-lb §4.6',
		refusal: http(500, type('server_error', { code: null })),
		verdict: overload('server_error'),
	},
	{
		name: '500 with an unknown code',
		source: 'codex-lb §4.6 (any ≥ 500)',
		refusal: http(500, code('brand_new')),
		verdict: overload('brand_new'),
	},
	{
		name: '500 whose code is a sentence',
		source: 'codex-lb §4.6 (any ≥ 500)',
		refusal: http(500, code('Something went wrong with alice@example.com')),
		verdict: overload('http_500'),
	},
	{ name: '502 page', source: 'protocol §9', refusal: page(502), verdict: overload('http_502') },
	{ name: '503 page', source: 'protocol §9 Cloudflare', refusal: page(503), verdict: overload('http_503') },
	{
		name: '503 with Retry-After',
		source: 'protocol §9',
		refusal: http(503, undefined, { 'retry-after': '3' }),
		verdict: overload('http_503'),
	},
	{ name: '529', source: 'protocol §9', refusal: http(529), verdict: overload('http_529') },
	{
		name: '307, never followed with a bearer',
		source: 'protocol §9 captures (h-307)',
		refusal: http(307, undefined, { location: 'https://example.com/' }),
		verdict: overload('http_307'),
	},
	{ name: '204', source: 'protocol §9', refusal: http(204), verdict: overload('http_204') },
	{
		name: '200 page',
		source: 'protocol §9 (200 with non-SSE body)',
		refusal: page(200),
		verdict: overload('no_event_stream'),
	},
	{
		name: '200 with a JSON object',
		source: 'protocol §9 (200 with non-SSE body)',
		refusal: http(200, { id: 'resp_1', error: null }),
		verdict: overload('no_event_stream'),
	},
];

itJudges('judgeRefusal of a busy or broken backend', overloads);
