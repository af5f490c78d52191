import { code, hour, http, itJudges, now, quota, type, type Row } from './verdictRow.js';

/** What happens when a usage limit is spent, over HTTP. */

const resetsAt = now + hour;
const general = {
	'x-codex-primary-used-percent': '100',
	'x-codex-primary-window-minutes': '300',
	'x-codex-primary-reset-at': String((now + 2 * hour) / 1000),
	'x-codex-secondary-used-percent': '40',
	'x-codex-secondary-window-minutes': '10080',
	'x-codex-secondary-reset-at': String((now + 90 * hour) / 1000),
};
const spark = {
	'x-codex-bengalfox-primary-used-percent': '100',
	'x-codex-bengalfox-primary-window-minutes': '300',
	'x-codex-bengalfox-primary-reset-at': String((now + 3 * hour) / 1000),
};
const generalHasRoom = { ...general, 'x-codex-primary-used-percent': '12' };
const usageLimit = type('usage_limit_reached', { message: 'The usage limit has been reached' });

const spentLimits: readonly Row[] = [
	{
		name: '429 usage_limit_reached',
		source: 'protocol §9 body shapes',
		refusal: http(
			429,
			type('usage_limit_reached', {
				message: 'The usage limit has been reached',
				plan_type: 'plus',
				resets_at: resetsAt / 1000,
				eligible_promo: null,
				resets_in_seconds: 3_600,
				limit_window_minutes: 300,
			}),
		),
		verdict: quota('usage_limit_reached', resetsAt),
	},
	{
		name: '429 usage_limit_reached with only resets_in_seconds',
		source: 'protocol §9 pool table',
		refusal: http(429, type('usage_limit_reached', { resets_in_seconds: 90 })),
		verdict: quota('usage_limit_reached', now + 90_000),
	},
	{
		name: '429 usage_limit_reached with figures as text',
		source: 'protocol §10.1 (parse defensively)',
		refusal: http(429, type('usage_limit_reached', { resets_at: String(resetsAt / 1000) })),
		verdict: quota('usage_limit_reached', resetsAt),
	},
	{
		name: '429 usage_limit_reached whose time only the headers tell',
		source: 'protocol §9 pool table',
		refusal: http(429, usageLimit, general),
		verdict: quota('usage_limit_reached', now + 2 * hour),
	},
	{
		name: '429 usage_limit_reached that names the window, not yet at 100 %',
		source: 'protocol §9 body shapes (limit_window_minutes)',
		refusal: http(429, type('usage_limit_reached', { limit_window_minutes: 10_080 }), generalHasRoom),
		verdict: quota('usage_limit_reached', now + 90 * hour),
	},
	{
		name: '429 usage_limit_reached with Retry-After',
		source: 'protocol §9 pool table',
		refusal: http(429, usageLimit, { 'retry-after': '120' }),
		verdict: quota('usage_limit_reached', now + 120_000),
	},
	{
		name: '429 usage_limit_reached with a hint in words',
		source: 'codex-lb §4.6',
		refusal: http(429, type('usage_limit_reached', { message: 'Try again in 6m0s.' })),
		verdict: quota('usage_limit_reached', now + 360_000),
	},
	{
		name: '429 usage_limit_reached without a time',
		source: 'protocol §9',
		refusal: http(429, usageLimit),
		verdict: quota('usage_limit_reached'),
	},
	{
		name: '429 usage_limit_reached only as a code',
		source: 'protocol §9',
		refusal: http(429, code('usage_limit_reached')),
		verdict: quota('usage_limit_reached'),
	},
	{
		name: '429 usage_limit_reached without its envelope',
		source: 'protocol §9 body shapes',
		refusal: http(429, { type: 'usage_limit_reached', resets_at: resetsAt / 1000 }),
		verdict: quota('usage_limit_reached', resetsAt),
	},
	{
		name: '429 that says it only in words',
		source: 'protocol §9 body shapes',
		refusal: http(429, { detail: 'The usage limit has been reached' }),
		verdict: quota('usage_limit_reached'),
	},
	{
		name: '404 usage_limit_reached, whatever the status',
		source: 'codex-lb §4.6 (by code)',
		refusal: http(404, code('usage_limit_reached')),
		verdict: quota('usage_limit_reached'),
	},
	{
		name: '429 usage_not_included',
		source: 'protocol §9',
		refusal: http(429, type('usage_not_included')),
		verdict: quota('usage_not_included'),
	},
	{
		name: '403 usage_not_included',
		source: 'codex-lb §4.6 (by code)',
		refusal: http(403, type('usage_not_included')),
		verdict: quota('usage_not_included'),
	},
	...['insufficient_quota', 'quota_exceeded', 'credit_balance_exhausted'].flatMap(word => [
		{
			name: `429 ${word} as a type`,
			source: 'protocol §9, codex-lb §4.6',
			refusal: http(429, type(word)),
			verdict: quota(word),
		},
		{
			name: `402 ${word} as a code`,
			source: 'protocol §9, codex-lb §4.6 (by code)',
			refusal: http(402, code(word)),
			verdict: quota(word),
		},
	]),
	...[
		'workspace_owner_credits_depleted',
		'workspace_member_credits_depleted',
		'workspace_owner_usage_limit_reached',
		'workspace_member_usage_limit_reached',
	].map(word => ({
		name: `429 with the header ${word}: a cap stops every model`,
		source: 'protocol §9, §10.1',
		refusal: http(429, usageLimit, {
			'x-codex-rate-limit-reached-type': word,
			'x-codex-active-limit': 'codex_bengalfox',
			...spark,
		}),
		verdict: quota(word),
	})),
	{
		name: '402 with the header of spent credits',
		source: 'protocol §10.1',
		refusal: http(402, {}, { 'x-codex-rate-limit-reached-type': 'workspace_member_credits_depleted' }),
		verdict: quota('workspace_member_credits_depleted'),
	},
	{
		name: '429 with only the header of a reached limit',
		source: 'protocol §9',
		refusal: http(429, {}, { 'x-codex-rate-limit-reached-type': 'rate_limit_reached' }),
		verdict: quota('rate_limit_reached'),
	},
	{
		name: '429 with usage_limit_reached and the header that says the same',
		source: 'protocol §10.1',
		refusal: http(429, usageLimit, { 'x-codex-rate-limit-reached-type': 'rate_limit_reached' }),
		verdict: quota('usage_limit_reached'),
	},
	{
		name: "429 of a model's own limit: the account stays good for other models",
		source: 'protocol §10',
		refusal: http(429, usageLimit, { 'x-codex-active-limit': 'codex_bengalfox', ...generalHasRoom, ...spark }),
		verdict: quota('usage_limit_reached', now + 3 * hour, 'codex_bengalfox'),
	},
	{
		name: "429 of a model's own limit, spelled as in the header names",
		source: 'protocol §10.1',
		refusal: http(429, usageLimit, { 'x-codex-active-limit': ' Codex-Bengalfox ', ...generalHasRoom, ...spark }),
		verdict: quota('usage_limit_reached', now + 3 * hour, 'codex_bengalfox'),
	},
	{
		name: '429 of a model whose own limit has room while the general one is full',
		source: 'protocol §10.2',
		refusal: http(429, usageLimit, {
			'x-codex-active-limit': 'codex_bengalfox',
			...general,
			...spark,
			'x-codex-bengalfox-primary-used-percent': '5',
		}),
		verdict: quota('usage_limit_reached', now + 2 * hour),
	},
	...['codex', 'premium', ''].map(active => ({
		name: `429 of the general limit, called "${active}"`,
		source: 'protocol §10.1 and live replies',
		refusal: http(429, usageLimit, { 'x-codex-active-limit': active, ...general, ...spark }),
		verdict: quota('usage_limit_reached', now + 2 * hour),
	})),
];

itJudges('judgeRefusal of a spent limit', spentLimits);
