import { randomUUID } from 'node:crypto';
import type { UpstreamClock } from './clock.js';
import type { JsonObject } from './json.js';
import type { SimulatedWindow } from './usageWindow.js';

export interface ResetCreditOptions {
	readonly title?: string;
	readonly description?: string;
	readonly expiresInMs?: number;
}

interface BankedReset extends JsonObject {
	readonly id: string;
	readonly expires_at: string;
}

const dayMs = 24 * 3_600_000;

/** Resets that an account has earned and not yet used. */
export class ResetCredits {
	readonly #clock: UpstreamClock;
	readonly #banked: BankedReset[];
	readonly #redeemed = new Set<string>();
	readonly #earned: number;
	#confirmed = 0;

	constructor(clock: UpstreamClock, options: readonly ResetCreditOptions[]) {
		this.#clock = clock;
		this.#banked = options.map(({ title = 'Full reset', description = 'Empties your windows', expiresInMs }) => ({
			id: `crd_${randomUUID()}`,
			reset_type: 'usage_limit',
			status: 'available',
			granted_at: this.#isoIn(-dayMs),
			expires_at: this.#isoIn(expiresInMs ?? 30 * dayMs),
			title,
			description,
		}));
		this.#earned = options.length;
	}

	get count(): number {
		return this.#available().length;
	}

	/** Of those that can be redeemed, the one that expires first in front. */
	get ids(): string[] {
		return this.#available().map(({ id }) => id);
	}

	/** How many ids have redeemed one. */
	get redeemed(): number {
		return this.#redeemed.size;
	}

	/** A person says yes: one redemption more is wished for. */
	confirm(): void {
		this.#confirmed += 1;
	}

	/** Whether a person has wished for what comes under this id. */
	isWished(redeemRequestId: string): boolean {
		return this.#redeemed.has(redeemRequestId) || this.#confirmed > 0;
	}

	list(): JsonObject {
		return { credits: this.#available(), available_count: this.count, total_earned_count: this.#earned };
	}

	/** The one that expires first empties the windows. */
	redeem(redeemRequestId: string, windows: readonly SimulatedWindow[]): JsonObject {
		if (this.#redeemed.has(redeemRequestId)) return { code: 'already_redeemed', windows_reset: 0 };
		this.#confirmed = Math.max(0, this.#confirmed - 1);
		const [next] = this.#available();
		if (!next) return { code: 'no_credit', windows_reset: 0 };
		const used = windows.filter(window => window.usedPercent > 0);
		if (used.length === 0) return { code: 'nothing_to_reset', windows_reset: 0 };
		for (const window of used) window.begin();
		this.#banked.splice(this.#banked.indexOf(next), 1);
		this.#redeemed.add(redeemRequestId);
		return { code: 'reset', windows_reset: used.length };
	}

	#available(): BankedReset[] {
		const now = this.#clock.now();
		return this.#banked
			.filter(each => Date.parse(each.expires_at) > now)
			.sort((a, b) => a.expires_at.localeCompare(b.expires_at));
	}

	#isoIn(ms: number): string {
		return new Date(this.#clock.now() + ms).toISOString();
	}
}
