import type { HeaderMap } from '../ports.js';
import type { UpstreamFault } from '../upstreamPort.js';
import { errorOf, namesOf } from './providerError.js';
import { refusalFromFrame } from '../socket/refusalFromFrame.js';
import { verdictRules } from './verdictRules.js';

/** What an attempt's outcome means for the account and for the request. */
export type Verdict =
	/** The request itself is at fault: it is answered as it is and the account is untouched. */
	| { readonly kind: 'caller' }
	/** The access token was refused: refresh once and replay on the same account. */
	| { readonly kind: 'credential' }
	/** The provider has closed this account or workspace. */
	| { readonly kind: 'disabled'; readonly reason: string }
	/** A short rate limit that says nothing about quota. */
	| { readonly kind: 'rate'; readonly waitMs: number }
	/**
	 * A usage limit is spent. `until`: epoch ms, ahead of now and at most 366 days; null when the provider did not say.
	 * `limit`: the model family whose own limit it is, named as in UsageWindow; null when it is the general one, which
	 * stops the whole account. An account stays usable for models that do not count against a spent family.
	 */
	| { readonly kind: 'quota'; readonly until: number | null; readonly reason: string; readonly limit: string | null }
	/**
	 * The upstream is overloaded or broken; another account may fare better. `scope`: what to avoid for a while, only
	 * the request's model on this account (the provider says the model has no capacity), or the account with all models.
	 */
	| { readonly kind: 'overload'; readonly code: string; readonly scope: 'model' | 'account' }
	/** The conversation carries what was encrypted for another account: replay without it. */
	| { readonly kind: 'foreign_content' }
	/** The account's plan does not have the model; another account's may. */
	| { readonly kind: 'model_missing' }
	/** This machine is offline: nobody is punished. */
	| { readonly kind: 'offline'; readonly code: string };

/** A refusal over HTTP, inside a 200 stream before anything visible (`status` 200), or out of a WebSocket frame. */
export interface Refusal {
	readonly status: number;
	readonly headers: HeaderMap;
	/** The parsed error body or the data of the terminal event; undefined when it was not JSON. */
	readonly body: unknown;
}

/** The first rule that knows the refusal decides; what no rule knows is the caller's own. */
export function judgeRefusal(refusal: Refusal, now: number): Verdict {
	// An error event may carry its own status, in a stream as in a WebSocket frame.
	const inside = refusal.status === 200 ? refusalFromFrame(refusal.body, refusal.headers) : undefined;
	const { status, headers, body } = inside ?? refusal;
	const error = errorOf(body);
	const facts = { status, headers, body, error, names: namesOf(error, headers), now };
	for (const rule of verdictRules) {
		const verdict = rule(facts);
		if (verdict) return verdict;
	}
	return { kind: 'caller' };
}

/** A connection that failed says nothing of models. */
export function judgeFault(fault: UpstreamFault): Verdict {
	return fault.kind === 'offline'
		? { kind: 'offline', code: fault.code }
		: { kind: 'overload', code: fault.code, scope: 'account' };
}
