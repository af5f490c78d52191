import assert from 'node:assert/strict';
import { judgeFault } from '../../src/core/attempt/verdict.js';
import {
	caller,
	code,
	credential,
	disabled,
	foreignContent,
	http,
	itJudges,
	modelMissing,
	overload,
	page,
	type,
	type Row,
} from './verdictRow.js';

/**
 * What happens with every way the provider says no: the caller and the account here, the rest in verdictLimits,
 * verdictOverload, verdictEvents (200 streams), verdictFrames (WebSocket) and verdictResets (times).
 */

const text = (message: string): unknown => ({ error: { message, type: 'invalid_request_error', code: null } });

const callersFault: readonly Row[] = [
	{
		name: '400 of the edge in FastAPI form',
		source: 'protocol §9 body shapes',
		refusal: http(400, { detail: 'Unsupported parameter: max_output_tokens' }),
		verdict: caller,
	},
	{
		name: '400 with a list of validation errors',
		source: 'protocol §9 body shapes',
		refusal: http(400, { detail: [{ loc: ['body', 'input'], msg: 'Field required', type: 'missing' }] }),
		verdict: caller,
	},
	{
		name: '400 for a missing tool output',
		source: 'codex-lb §4.6 payload rejections',
		refusal: http(400, text('No tool output found for function call call_1.')),
		verdict: caller,
	},
	{
		name: '400 invalid_value of an image',
		source: 'protocol §9',
		refusal: http(400, { error: { code: 'invalid_value', param: 'input[1].content[0].image_url' } }),
		verdict: caller,
	},
	{
		name: '400 context_length_exceeded',
		source: 'protocol §9',
		refusal: http(400, code('context_length_exceeded')),
		verdict: caller,
	},
	{ name: '400 invalid_prompt', source: 'protocol §9', refusal: http(400, code('invalid_prompt')), verdict: caller },
	{ name: '400 cyber_policy', source: 'protocol §9', refusal: http(400, code('cyber_policy')), verdict: caller },
	{
		name: '403 cyber_policy, whatever the status',
		source: 'protocol §9',
		refusal: http(403, code('cyber_policy')),
		verdict: caller,
	},
	{ name: '400 bio_policy', source: 'protocol §9', refusal: http(400, code('bio_policy')), verdict: caller },
	{
		name: '429 flex_unavailable, which the client shows and does not repeat',
		source: 'protocol §9 events',
		refusal: http(429, code('flex_unavailable')),
		verdict: caller,
	},
	{
		name: '400 previous_response_not_found, after which the client sends everything',
		source: 'protocol §6, codex-lb §4.6',
		refusal: http(400, code('previous_response_not_found')),
		verdict: caller,
	},
	{
		name: '400 invalid_previous_response_id',
		source: 'codex-lb §4.6',
		refusal: http(400, code('invalid_previous_response_id')),
		verdict: caller,
	},
	{
		name: '400 that quotes the words of a deactivation',
		source: 'codex-lb §12 lesson 13',
		refusal: http(400, code('invalid_value', 'Not allowed: "your account has been deactivated"')),
		verdict: caller,
	},
	{
		name: '400 that quotes the words of a lack of capacity',
		source: 'codex-lb §12 lesson 13',
		refusal: http(400, code('invalid_value', 'Not allowed: "selected model is at capacity"')),
		verdict: caller,
	},
	{ name: '400 page', source: 'protocol §9 pool table', refusal: page(400), verdict: caller },
	{ name: '404', source: 'protocol §9', refusal: http(404, code('not_found')), verdict: caller },
	{ name: '404 page', source: 'protocol §9', refusal: page(404), verdict: caller },
	{ name: '405', source: 'protocol §9', refusal: http(405, { detail: 'Method Not Allowed' }), verdict: caller },
	{ name: '413', source: 'protocol §9', refusal: http(413, { detail: 'too large' }), verdict: caller },
	{ name: '413 page', source: 'protocol §9', refusal: page(413), verdict: caller },
	{
		name: '426, with which a backend asks for HTTP instead of WebSocket',
		source: 'protocol §6',
		refusal: http(426),
		verdict: caller,
	},
];

const accountsState: readonly Row[] = [
	{
		name: '401 token_expired',
		source: 'protocol §9 body shapes',
		refusal: http(401, {
			error: {
				message: 'Provided authentication token is expired. Please try signing in again.',
				type: 'invalid_request_error',
				code: 'token_expired',
				param: null,
			},
			status: 401,
		}),
		verdict: credential,
	},
	{
		name: '401 token_invalidated',
		source: 'protocol §9, §16.3',
		refusal: http(401, code('token_invalidated')),
		verdict: credential,
	},
	{ name: '401 token_revoked', source: 'protocol §9', refusal: http(401, code('token_revoked')), verdict: credential },
	{ name: '401 without a body', source: 'protocol §9', refusal: http(401), verdict: credential },
	{
		name: '401 in FastAPI form',
		source: 'protocol §9',
		refusal: http(401, { detail: 'Unauthorized' }),
		verdict: credential,
	},
	...['invalid_api_key', 'account_session_expired', 'app_session_terminated', 'account_auth_invalidated'].map(word => ({
		name: `403 ${word}`,
		source: 'codex-lb §2 permanent codes, §4.6',
		refusal: http(403, code(word)),
		verdict: credential,
	})),
	...['refresh_token_expired', 'refresh_token_reused', 'refresh_token_invalidated'].map(word => ({
		name: `400 ${word}`,
		source: 'protocol §11.2',
		refusal: http(400, code(word)),
		verdict: credential,
	})),
	{
		name: '403 "session has ended"',
		source: 'codex-lb §4.6, §12 lesson 16',
		refusal: http(403, { detail: 'Your session has ended. Please log in again.' }),
		verdict: credential,
	},
	{
		name: '401 page of some gateway on the way',
		source: 'protocol §9 Cloudflare',
		refusal: page(401),
		verdict: overload('page_instead_of_answer'),
	},
	{
		name: '401 of a deactivated user',
		source: 'protocol §9 body shapes',
		refusal: http(401, { detail: 'Your account has been deactivated.' }),
		verdict: disabled('account_deactivated'),
	},
	{
		name: '403 of a deactivated user, as an error',
		source: 'protocol §9 pool table (402/403 deactivated)',
		refusal: http(403, text('Your OpenAI account has been deactivated, please check your email.')),
		verdict: disabled('account_deactivated'),
	},
	{
		name: '404 of a deactivated user',
		source: 'codex-lb §5 (402/404/deactivated text)',
		refusal: http(404, text('This user has been deactivated.')),
		verdict: disabled('account_deactivated'),
	},
	...['account_deactivated', 'account_suspended', 'account_deleted'].map(word => ({
		name: `401 ${word}`,
		source: 'codex-lb §2 permanent codes',
		refusal: http(401, code(word)),
		verdict: disabled(word),
	})),
	{
		name: '402 deactivated_workspace in the detail',
		source: 'protocol §9 body shapes',
		refusal: http(402, { detail: { code: 'deactivated_workspace' } }),
		verdict: disabled('deactivated_workspace'),
	},
	{
		name: '402 deactivated_workspace in the error',
		source: 'protocol §9 body shapes',
		refusal: http(402, code('deactivated_workspace')),
		verdict: disabled('deactivated_workspace'),
	},
	{
		name: '403 deactivated_workspace only as a type',
		source: 'protocol §9 pool table (402/403 deactivated)',
		refusal: http(403, type('deactivated_workspace')),
		verdict: disabled('deactivated_workspace'),
	},
	{
		name: '403 deactivated_workspace in the header that Codex reads',
		source: 'protocol §5.3 x-error-json',
		refusal: http(403, undefined, {
			'x-error-json': Buffer.from(JSON.stringify(code('deactivated_workspace'))).toString('base64'),
		}),
		verdict: disabled('deactivated_workspace'),
	},
	{
		name: '401 account_deactivated in the authorization header',
		source: 'protocol §5.3 x-openai-authorization-error',
		refusal: http(401, undefined, { 'x-openai-authorization-error': 'account_deactivated' }),
		verdict: disabled('account_deactivated'),
	},
	{
		name: '402 without a reason',
		source: 'codex-lb §5',
		refusal: http(402, {}),
		verdict: disabled('payment_required'),
	},
	{
		name: '402 page',
		source: 'protocol §9 Cloudflare',
		refusal: page(402),
		verdict: overload('page_instead_of_answer'),
	},
	{
		name: '403 in words we do not know: another account may be let in',
		source: 'peers §1a 401/403',
		refusal: http(403, { detail: { code: 'invalid_workspace_selected' } }),
		verdict: overload('invalid_workspace_selected'),
	},
	{
		name: '403 without a name',
		source: 'peers §1a 401/403',
		refusal: http(403, { detail: 'Forbidden' }),
		verdict: overload('http_403'),
	},
	{ name: '403 page', source: 'protocol §9 Cloudflare', refusal: page(403), verdict: overload('challenge') },
	{
		name: '403 with nothing at all',
		source: 'protocol §9 Cloudflare',
		refusal: http(403),
		verdict: overload('challenge'),
	},
	{
		name: '400 invalid_encrypted_content',
		source: 'protocol §7, §16.6',
		refusal: http(400, code('invalid_encrypted_content', 'The encrypted content could not be verified.')),
		verdict: foreignContent,
	},
	{
		name: "400 for a model that the account's plan does not have",
		source: 'codex-lb §4.6',
		refusal: http(400, {
			detail: "The 'gpt-5.3-codex-spark' model is not supported when using Codex with a ChatGPT account.",
		}),
		verdict: modelMissing,
	},
	{
		name: '404 model_not_found',
		source: 'peers §1a 404, codex-lb §4.6',
		refusal: http(404, code('model_not_found', 'The model does not exist or you do not have access to it.')),
		verdict: modelMissing,
	},
	{
		name: '400 model_not_found',
		source: 'peers §1a 404',
		refusal: http(400, code('model_not_found')),
		verdict: modelMissing,
	},
];

itJudges("judgeRefusal of the caller's own fault", callersFault);
itJudges("judgeRefusal of the account's state", accountsState);

describe('judgeFault', () => {
	it('punishes nobody when this machine is offline (DESIGN §5)', () =>
		assert.deepEqual(judgeFault({ kind: 'offline', code: 'ENOTFOUND' }), { kind: 'offline', code: 'ENOTFOUND' }));

	for (const kind of ['refused', 'reset', 'tls', 'timeout'] as const) {
		it(`takes a ${kind} connection for an overload of the account (codex-lb §4.6)`, () =>
			assert.deepEqual(judgeFault({ kind, code: 'X' }), overload('X')));
	}
});
