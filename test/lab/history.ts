import type { Strategy } from '../../src/shared/routingApi.js';
import type { Chunking } from '../support/upstream/sse.js';

/** A generated run: what there is at the start, and what happens one thing after the other. Plain data, so that it can be shrunk and printed. */
export interface History {
	readonly seed: number;
	readonly accounts: readonly AccountPlan[];
	readonly sessions: readonly SessionPlan[];
	readonly routing: RoutingPlan;
	readonly style: StylePlan;
	readonly steps: readonly Step[];
}

export interface AccountPlan {
	readonly plan: 'free' | 'plus' | 'pro';
	/** How many tokens fill the five hours: small ones are spent by the turns themselves. */
	readonly capacityTokens: number;
	readonly usedPercent: number;
	readonly refreshReply: 'all' | 'access_only';
	readonly reservePercent: number;
}

export interface SessionPlan {
	readonly client: 'codex' | 'sdk_stream' | 'sdk_whole';
	readonly model: string;
	/** Whether the client names its session at all; a Codex client always does. */
	readonly isNamed: boolean;
	/** Asks for encrypted reasoning and sends it back with later turns. */
	readonly reasons: boolean;
}

export interface RoutingPlan {
	readonly strategy: Exclude<Strategy, 'single_account'>;
	readonly inFlightLimit: number;
	readonly holdMinutes: number;
}

export interface StylePlan {
	readonly thinkMs: number;
	readonly eventDelayMs: number;
	readonly chunking: Chunking;
	readonly noise: boolean;
}

/** After `gapMs` something may happen, then a turn begins; it waits for the turn before it of its session. */
export interface Step {
	readonly gapMs: number;
	readonly incident: Incident | undefined;
	readonly turn: TurnPlan;
}

export interface TurnPlan {
	readonly session: number;
	readonly kind: 'plain' | 'tool' | 'compact' | 'previous_response';
	/** The client goes so long after its request. */
	readonly leaveAfterMs: number | undefined;
	/** Reads so slowly that every write asks for a pause. */
	readonly isSlowReader: boolean;
}

export type Incident =
	| { readonly kind: 'fault'; readonly account: number | undefined; readonly fault: FaultName; readonly times: number }
	| { readonly kind: 'spend'; readonly account: number; readonly window: '5h' | 'weekly' }
	| { readonly kind: AccountEvent; readonly account: number }
	| { readonly kind: 'offline'; readonly ms: number }
	| { readonly kind: 'pass'; readonly ms: number }
	| { readonly kind: 'move_session'; readonly session: number; readonly account: number }
	| { readonly kind: 'forget_session'; readonly session: number }
	| { readonly kind: 'route'; readonly routing: RoutingPlan }
	/** The pool is closed and started again on the same data when nothing runs. */
	| { readonly kind: 'restart' };

/** What befalls one account: at the provider, or by the user's hand. */
export type AccountEvent = (typeof accountEvents)[number];

export const accountEvents = [
	'expire_access',
	'revoke_access',
	'rotate_elsewhere',
	'break_refresh',
	'deactivate_workspace',
	'deactivate_user',
	'reactivate',
	'pause',
	'resume',
	'deselect',
	'select',
	'remove',
	'add',
] as const;

export const faultNames = [
	'rate_1s',
	'rate_header_3s',
	'rate_20s',
	'rate_in_stream',
	'error_500',
	'error_502',
	'error_529',
	'overloaded_503',
	'slow_down_429',
	'overloaded_in_stream',
	'server_error_in_stream',
	'limit_in_stream',
	'context_too_long_in_stream',
	'failed_after_output',
	'incomplete_after_output',
	'end_at_once',
	'end_after_lead',
	'close_after_lead',
	'reset_after_lead',
	'end_after_output',
	'reset_after_output',
	'reset_after_3',
	'refused_connection',
	'silence_at_head',
	'silence_after_lead',
	'silence_after_output',
	'pause_after_output',
	'slow_10s',
	'slow_100s',
	'challenge_403',
	'html_200',
	'token_refused_once',
	'refresh_503',
	'refresh_slow',
	'refresh_lost',
] as const;
export type FaultName = (typeof faultNames)[number];
