import type { UsageWindow } from '../../src/shared/accountApi.js';
import { minuteMs } from './usageHistory.js';

interface Rise {
	readonly at: number;
	readonly percent: number;
}

/** The forecaster to beat: everything goes on as in the last hour. Knows resets, and nothing else. */
export class LastHour {
	readonly #rises = new Map<string, Rise[]>();
	readonly #newest = new Map<string, UsageWindow>();

	observe(accountId: string, windows: readonly UsageWindow[]): void {
		for (const window of windows) {
			const key = `${accountId} ${window.durationMinutes}`;
			const before = this.#newest.get(key);
			this.#newest.set(key, window);
			if (!before) continue;
			const rise = window.usedPercent - before.usedPercent;
			const rises = this.#rises.get(key) ?? [];
			this.#rises.set(key, rises);
			rises.push({ at: window.observedAt, percent: rise < 0 ? window.usedPercent : rise });
		}
	}

	/** Per cent an hour. */
	pace(accountId: string, durationMinutes: number, now: number): number {
		const rises = this.#rises.get(`${accountId} ${durationMinutes}`) ?? [];
		while (rises[0] && rises[0].at <= now - 60 * minuteMs) rises.shift();
		return rises.reduce((sum, { percent }) => sum + percent, 0);
	}
}
