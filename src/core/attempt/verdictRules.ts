import { isEvent, type ProviderError } from './providerError.js';
import { quotaReset, rateWaitMs, spentLimit } from './providerReset.js';
import { fieldOf } from '../untrusted.js';
import type { Refusal, Verdict } from './verdict.js';

/** What the rules look at. */
export interface RefusalFacts extends Refusal {
	readonly error: ProviderError;
	/** Codes and types that the provider gives the failure. */
	readonly names: readonly string[];
	readonly now: number;
}

type Rule = (facts: RefusalFacts) => Verdict | undefined;

const caller: Verdict = { kind: 'caller' };
const credential: Verdict = { kind: 'credential' };

/**
 * Protocol §9, codex-lb §2 and §4.6: every way the provider says no, in the order of what is surest. A name is the
 * provider's own word and holds with any status; words are read only where they cannot be the caller's own, quoted.
 */
export const verdictRules: readonly Rule[] = [
	// The content, or the connection that the client keeps: no other account would answer otherwise.
	named(['context_length_exceeded', 'invalid_prompt', 'cyber_policy', 'bio_policy', 'flex_unavailable'], () => caller),
	// The client connects anew and sends everything again when it reads these.
	named(
		['previous_response_not_found', 'invalid_previous_response_id', 'websocket_connection_limit_reached'],
		() => caller,
	),
	named(['invalid_encrypted_content'], () => ({ kind: 'foreign_content' })),

	named(['deactivated_workspace', 'account_deactivated', 'account_suspended', 'account_deleted'], (_facts, name) =>
		disabled(name),
	),
	named(
		[
			'token_expired',
			'token_invalidated',
			'token_revoked',
			'refresh_token_expired',
			'refresh_token_reused',
			'refresh_token_invalidated',
			'invalid_api_key',
			'account_session_expired',
			'app_session_terminated',
			'account_auth_invalidated',
		],
		() => credential,
	),

	named(
		[
			'usage_limit_reached',
			'usage_not_included',
			'insufficient_quota',
			'quota_exceeded',
			'credit_balance_exhausted',
			'organization_spend_limit_exceeded',
			'project_spend_limit_exceeded',
		],
		quota,
	),
	reachedInHeader,
	says(/usage limit has been reached/i, [429], facts => quota(facts, 'usage_limit_reached')),

	named(['server_is_overloaded', 'slow_down', 'overloaded_error'], (_facts, name) => overloadedModel(name)),
	says(/model is at capacity/i, [200, 429, 500, 502, 503, 529], () => overloadedModel('model_at_capacity')),
	named(['rate_limit_exceeded', 'rate_limit_error'], rate),
	named(['server_error', 'internal_server_error'], (_facts, name) => overloadedAccount(name)),

	says(/(?:account|user) (?:has been|is|was) deactivated/i, [401, 402, 403, 404], () =>
		disabled('account_deactivated'),
	),
	says(/session has ended/i, [200, 401, 403], () => credential),
	modelMissing,
	edgePage,
	status([401], () => credential),
	status([402], () => disabled('payment_required')),
	status([429], rate),
	// Not this account, says the backend, in words we do not know; it may let another one in.
	status([403], facts => overloadedAccount(codeWord(facts.error.code) ?? 'http_403')),
	failedStream,
	brokenUpstream,
];

function named(known: readonly string[], give: (facts: RefusalFacts, name: string) => Verdict): Rule {
	const set = new Set(known);
	return facts => {
		const name = facts.names.find(each => set.has(each));
		return name === undefined ? undefined : give(facts, name);
	};
}

function says(words: RegExp, statuses: readonly number[], give: (facts: RefusalFacts) => Verdict): Rule {
	return facts => (statuses.includes(facts.status) && words.test(facts.error.message) ? give(facts) : undefined);
}

function status(statuses: readonly number[], give: (facts: RefusalFacts) => Verdict): Rule {
	return facts => (statuses.includes(facts.status) ? give(facts) : undefined);
}

function disabled(reason: string): Verdict {
	return { kind: 'disabled', reason };
}

function overloadedModel(code: string): Verdict {
	return { kind: 'overload', code, scope: 'model' };
}

function overloadedAccount(code: string): Verdict {
	return { kind: 'overload', code, scope: 'account' };
}

function rate({ headers, error, now }: RefusalFacts): Verdict {
	return { kind: 'rate', waitMs: rateWaitMs(headers, error, now) };
}

function quota({ headers, error, now }: RefusalFacts, name: string): Verdict {
	const workspace = workspaceReason(headers['x-codex-rate-limit-reached-type']);
	// A workspace's cap or credits stop every model.
	const limit = workspace === undefined ? spentLimit(headers, now) : null;
	return { kind: 'quota', until: quotaReset(headers, error, limit, now), reason: workspace ?? name, limit };
}

function reachedInHeader(facts: RefusalFacts): Verdict | undefined {
	const reached = codeWord(facts.headers['x-codex-rate-limit-reached-type']);
	return reached !== undefined && [402, 403, 429].includes(facts.status) ? quota(facts, reached) : undefined;
}

/** `rate_limit_reached` says no more than the body; the others tell whose cap or credits it is. */
function workspaceReason(reached: string | undefined): string | undefined {
	return reached?.startsWith('workspace_') === true ? codeWord(reached) : undefined;
}

/** In a stream `model_not_found` is the model's answer to a request that had been accepted: the client shows it. */
function modelMissing({ status, names, error }: RefusalFacts): Verdict | undefined {
	const isMissing =
		(status !== 200 && names.includes('model_not_found')) ||
		([400, 403, 404].includes(status) && /model is not supported/i.test(error.message));
	return isMissing ? { kind: 'model_missing' } : undefined;
}

/** A page in front of the backend speaks for no account, whatever its status says. */
function edgePage({ status, headers, body }: RefusalFacts): Verdict | undefined {
	if (body !== undefined) return undefined;
	if (status === 403) return overloadedAccount('challenge');
	const isHtml = /\bhtml\b/i.test(headers['content-type'] ?? '');
	return isHtml && (status === 401 || status === 402) ? overloadedAccount('page_instead_of_answer') : undefined;
}

/** What has a name that no rule above knows may be a new policy: it is shown, and not tried on every account. */
function failedStream({ status, body, names }: RefusalFacts): Verdict | undefined {
	if (status !== 200) return undefined;
	if (names.length > 0 || fieldOf(body, 'type') === 'response.incomplete') return caller;
	return overloadedAccount(isEvent(body) ? 'unnamed_failure' : 'no_event_stream');
}

/** 5xx, timeouts, and redirects, which are not followed with an account's bearer. */
function brokenUpstream({ status, error }: RefusalFacts): Verdict | undefined {
	const isAnswer = status >= 400 && status < 500 && ![408, 421, 425].includes(status);
	return isAnswer ? undefined : overloadedAccount(codeWord(error.code) ?? `http_${status}`);
}

/** A code goes into the log and the account's state; longer text is no code. */
function codeWord(code: string | undefined): string | undefined {
	return code !== undefined && /^[\w.-]{1,64}$/.test(code) ? code : undefined;
}
