import type { UsageWindow } from '../../src/shared/accountApi.js';

/** An untouched five-hour window, as the headers told it at the hour at which fake clocks begin. */
export function usageWindow(fields: Partial<UsageWindow> = {}): UsageWindow {
	return {
		limit: 'codex',
		durationMinutes: 300,
		usedPercent: 0,
		resetsAt: null,
		source: 'header',
		observedAt: Date.UTC(2026, 10, 20, 12),
		...fields,
	};
}
