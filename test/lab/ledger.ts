import type { RefreshOutcome } from '../../src/core/issuerPort.js';
import type { JsonReply } from '../../src/core/upstreamPort.js';
import type { InProcessCall } from '../support/upstream/inProcessCall.js';
import { objectAt } from '../support/upstream/json.js';

/** The shortest that the pool takes a limit to last, and how long one without a date. */
const shortestLimitMs = 30_000;
const undatedLimitMs = 5 * 60_000;
/** A model that was refused is not asked for again so soon. */
const missingModelMs = 60 * 60_000;
/** After refreshes that failed in passing the issuer is left alone twice as long each time. */
const firstRefreshRestMs = 5_000;
const longestRefreshRestMs = 10 * 60_000;

/** How an attempt ended, read from the very bytes that the pool was given, without the pool's own code. */
export type Told =
	| { readonly kind: 'answered' }
	/** Something the user could see was sent, and then the answer failed or broke. */
	| { readonly kind: 'broke_after_output' }
	| { readonly kind: 'limit'; readonly until: number | undefined }
	| { readonly kind: 'rate'; readonly waitMs: number }
	| { readonly kind: 'token_refused' }
	| { readonly kind: 'closed' }
	| { readonly kind: 'foreign_content' }
	| { readonly kind: 'model_missing' }
	| { readonly kind: 'callers_fault' }
	| { readonly kind: 'trouble' }
	| { readonly kind: 'offline' }
	/** The pool dropped it. */
	| { readonly kind: 'dropped' };

/** What the provider has told the pool of one account so far, and what the user has decided: never what the pool made of it. */
export class AccountLedger {
	/** The user's decision, and when it was made. */
	isIn = true;
	isPaused = false;
	isSelected = true;
	decidedAt = 0;
	/** Told to be spent until then: it must not be used. */
	spentUntil = 0;
	/** When it was told so last. */
	limitedAt = -Infinity;
	/** Until when the pool may leave it alone for that. */
	excusedUntil = 0;
	restsUntil = 0;
	/** Closed by the provider, or its sign-in is over: only the user can help. */
	isClosed = false;
	isSignedOut = false;
	troubledAt = -Infinity;
	/** When it last answered well, by model. */
	readonly recoveredAt = new Map<string, number>();
	/** By model. */
	readonly missingUntil = new Map<string, number>();
	/** Used per cent by window, as last told. */
	readonly usedPercent = new Map<string, number>();
	/** When a figure last reached into what is kept for the user: replies that cross say different things. */
	reservedAt = -Infinity;
	refreshFailedAt = -Infinity;
	/** Until when the issuer may be left alone after that. */
	refreshRestsUntil = -Infinity;
	#refreshFailures = 0;
	readonly #told: { readonly at: number; readonly tightest: number }[] = [];
	#refusedPolls = 0;

	constructor(
		readonly id: string,
		readonly reservePercent: number,
	) {}

	/** The highest figure that had been told by a moment. */
	tightestAt(moment: number): number {
		return this.#told.findLast(({ at }) => at <= moment)?.tightest ?? 0;
	}

	/** The highest figure it was told last. */
	get tightest(): number {
		return Math.max(0, ...this.usedPercent.values());
	}

	hear(told: Told, model: string, now: number): void {
		switch (told.kind) {
			case 'limit':
				this.limitedAt = now;
				this.spentUntil = Math.max(this.spentUntil, told.until ?? now + shortestLimitMs);
				this.excusedUntil = Math.max(this.excusedUntil, told.until ?? this.#undatedUntil(now), now + shortestLimitMs);
				break;
			case 'rate':
				this.restsUntil = Math.max(this.restsUntil, now + told.waitMs);
				break;
			case 'closed':
				this.isClosed = true;
				break;
			case 'model_missing':
				this.missingUntil.set(model, now + missingModelMs);
				break;
			case 'trouble':
			case 'broke_after_output':
				this.troubledAt = now;
				break;
			case 'answered':
				this.recoveredAt.set(model, now);
				break;
			case 'token_refused':
			case 'foreign_content':
			case 'callers_fault':
			case 'offline':
			case 'dropped':
				break;
			default:
				told satisfies never;
		}
	}

	/** Without a date a limit lasts until a full window resets, else for a while. */
	#undatedUntil(now: number): number {
		return this.tightest >= 100 ? Infinity : now + undatedLimitMs;
	}

	/** `askedAt`: when the request began whose answer carries the figures. */
	hearHeaders(headers: Readonly<Record<string, string>>, askedAt: number, now: number): void {
		const figures = ['primary', 'secondary'].map(
			slot => [headers[`x-codex-${slot}-window-minutes`], headers[`x-codex-${slot}-used-percent`]] as const,
		);
		this.#learn(figures, askedAt, now);
	}

	hearEvents(bytes: Buffer, askedAt: number, now: number): void {
		if (!bytes.includes('"codex.rate_limits"')) return;
		const windows = bytes.toString('utf8').matchAll(/"used_percent":(\d+),"window_minutes":(\d+)/g);
		const figures = [...windows].map(([, used, minutes]) => [minutes, used] as const);
		this.#learn(figures, askedAt, now);
	}

	/** Answers to the pool's own questions tell as much as those to turns. */
	hearPoll({ status, body }: JsonReply, now: number): void {
		if (status === 402 || JSON.stringify(body).includes('deactivated')) this.isClosed = true;
		if (status === 401 && this.#refusedPolls++ > 0) this.isSignedOut = true;
		if (status !== 200) return;
		this.#refusedPolls = 0;
		const limit = objectAt(body, 'rate_limit');
		const figures = ['primary_window', 'secondary_window'].map(slot => {
			const window = objectAt(limit, slot);
			return [String(Number(window['limit_window_seconds']) / 60), String(window['used_percent'])] as const;
		});
		this.#learn(figures, now, now);
	}

	/** A fall of the figures says that a limit is over, unless they are older than the limit. */
	#learn(
		figures: readonly (readonly [minutes: string | undefined, used: string | undefined])[],
		askedAt: number,
		now: number,
	): void {
		const before = this.tightest;
		for (const [minutes, used] of figures) {
			if (minutes !== undefined && minutes !== '0') this.usedPercent.set(minutes, Number(used));
		}
		this.#told.push({ at: now, tightest: this.tightest });
		if (this.reservePercent > 0 && this.tightest >= 100 - this.reservePercent) this.reservedAt = now;
		if (this.tightest >= before || askedAt < this.limitedAt) return;
		this.spentUntil = 0;
		if (this.excusedUntil === Infinity) this.excusedUntil = 0;
	}

	hearRefresh(outcome: RefreshOutcome, now: number): void {
		if (outcome.kind === 'rotated') {
			this.#refreshFailures = 0;
			return;
		}
		this.refreshFailedAt = now;
		this.refreshRestsUntil = now + Math.min(firstRefreshRestMs * 2 ** this.#refreshFailures, longestRefreshRestMs);
		this.#refreshFailures++;
		if (outcome.kind === 'permanent') this.isSignedOut = true;
	}

	decide(decision: { isIn?: boolean; isPaused?: boolean; isSelected?: boolean }, now: number): void {
		const { isIn = this.isIn, isPaused = this.isPaused, isSelected = this.isSelected } = decision;
		if (isIn === this.isIn && isPaused === this.isPaused && isSelected === this.isSelected) return;
		this.isIn = isIn;
		this.isPaused = isPaused;
		this.isSelected = isSelected;
		this.decidedAt = now;
	}

	/** A new sign-in wipes what was held against it. */
	signIn(now: number): void {
		this.isIn = true;
		this.isClosed = false;
		this.isSignedOut = false;
		this.spentUntil = 0;
		this.decidedAt = now;
	}
}

const visible = /"type":"response\.(?:output|content|function|reasoning|custom)/;

export function readTold(call: InProcessCall): Told {
	const { status, outcome } = call;
	if (outcome === 'aborted' && !isRefusedInside(call)) return { kind: 'dropped' };
	if (typeof outcome === 'object' && outcome.kind === 'offline') return { kind: 'offline' };
	const text = Buffer.concat(call.chunks).toString('utf8');
	if (status === 200) return readStream(text, call.headers);
	if (typeof outcome === 'object' || status === undefined) return { kind: 'trouble' };
	return readRefusal(status, call.headers, text);
}

/** The pool drops a stream when it has read a refusal in it. */
function isRefusedInside(call: InProcessCall): boolean {
	return call.status === 200 && call.chunks.some(chunk => chunk.includes('"type":"response.failed"'));
}

function readStream(text: string, headers: Readonly<Record<string, string>>): Told {
	if (text.includes('"type":"response.completed"') || text.includes('"type":"response.incomplete"')) {
		return { kind: 'answered' };
	}
	if (visible.test(text)) return { kind: 'broke_after_output' };
	const code = /"type":"response\.failed".*?"code":"(\w+)"/s.exec(text)?.[1];
	if (code === 'usage_limit_reached') return { kind: 'limit', until: fullUntil(headers) };
	if (code === 'rate_limit_exceeded') return { kind: 'rate', waitMs: hintMs(text) };
	return { kind: code === 'context_length_exceeded' ? 'callers_fault' : 'trouble' };
}

/** A limit without a date is dated by the full windows in the head of the same reply. */
function fullUntil(headers: Readonly<Record<string, string>>): number | undefined {
	const resets = ['primary', 'secondary']
		.filter(slot => Number(headers[`x-codex-${slot}-used-percent`]) >= 100)
		.map(slot => Number(headers[`x-codex-${slot}-reset-at`]) * 1000);
	return resets.length === 0 ? undefined : Math.max(...resets);
}

function readRefusal(status: number, headers: Readonly<Record<string, string>>, text: string): Told {
	if (status === 429) {
		if (text.includes('usage_limit_reached')) {
			const seconds = /"resets_at":(\d+)/.exec(text)?.[1];
			return { kind: 'limit', until: seconds === undefined ? undefined : Number(seconds) * 1000 };
		}
		if (text.includes('slow_down')) return { kind: 'trouble' };
		const seconds = headers['retry-after'];
		return { kind: 'rate', waitMs: seconds === undefined ? hintMs(text) : Number(seconds) * 1000 };
	}
	if (status === 402 || text.includes('account has been deactivated')) return { kind: 'closed' };
	if (status === 401) return { kind: 'token_refused' };
	if (text.includes('invalid_encrypted_content')) return { kind: 'foreign_content' };
	if (text.includes('model is not supported')) return { kind: 'model_missing' };
	if (status === 403 && text.startsWith('<')) return { kind: 'trouble' };
	return status >= 500 ? { kind: 'trouble' } : { kind: 'callers_fault' };
}

function hintMs(text: string): number {
	return Number(/try again in ([\d.]+)s/.exec(text)?.[1] ?? 1) * 1000;
}
