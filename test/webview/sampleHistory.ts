import type { WindowHistory, WindowPoint } from '../../src/shared/forecastApi.js';
import { hourMs, minuteMs } from '../../webview/durations.js';
import { fiveHours, sampleNow, week } from './samplePool.js';

/** A week of work: the short window fills and resets, the long one only fills. */
export function windowHistory(since: number): WindowHistory {
	const moments = Array.from(
		{ length: Math.floor((sampleNow - since) / (30 * minuteMs)) + 1 },
		(_, step) => since + step * 30 * minuteMs,
	);
	const points = (hours: number, climb: number): WindowPoint[] =>
		moments.flatMap(at => {
			const resetsAt = Math.ceil((at + 1) / (hours * hourMs)) * hours * hourMs;
			const usedPercent = Math.min(100, ((hours * hourMs - (resetsAt - at)) / (hours * hourMs)) * climb);
			const hour = new Date(at).getUTCHours();
			return hour < 6 ? [] : [{ at, usedPercent, resetsAt }];
		});
	return {
		since,
		windows: [
			{ limit: 'codex', durationMinutes: week, points: points(168, 74) },
			{ limit: 'codex', durationMinutes: fiveHours, points: points(5, 96) },
		],
	};
}
