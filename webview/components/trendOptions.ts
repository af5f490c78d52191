import type uPlot from 'uplot';
import { text } from '../text.js';
import { bucketLabel } from '../bucketLabel.js';

const height = 130;
/** Told apart without colour too. */
const dashes = [[], [6, 4], [2, 3], [9, 3, 2, 3]];

interface TrendRequest {
	readonly width: number;
	readonly lines: number;
	readonly point: (index: number | null) => void;
}

/** Lines of usage windows over time, in the colours of the element's theme. */
export function trendOptions(element: Element, { width, lines, point }: TrendRequest): uPlot.Options {
	const style = getComputedStyle(element);
	const read = (name: string) => style.getPropertyValue(name).trim();
	const axis: uPlot.Axis = {
		stroke: read('--pool-dim'),
		font: `11px ${style.fontFamily}`,
		gap: 6,
		ticks: { show: false },
	};
	return {
		width,
		height,
		padding: [8, 8, 0, 0],
		legend: { show: false },
		cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
		scales: { x: { time: true }, y: { range: [0, 100] } },
		series: [
			{},
			...Array.from({ length: lines }, (_, index): uPlot.Series => ({
				stroke: read(`--pool-trend-${index % dashes.length}`),
				width: 1.5,
				dash: dashes[index % dashes.length] ?? [],
				points: { show: false },
			})),
		],
		axes: [
			{
				...axis,
				size: 26,
				space: 64,
				// Whole days: the clock is not what a week is about.
				incrs: [86_400, 2 * 86_400, 7 * 86_400],
				grid: { show: false },
				values: (_, splits) => splits.map(at => bucketLabel(at * 1_000, 'day', false)),
			},
			{
				...axis,
				size: 46,
				incrs: [50],
				grid: { stroke: read('--pool-grid'), width: 1 },
				values: (_, splits) => splits.map(value => text.percent(value)),
			},
		],
		hooks: { setCursor: [plot => point(plot.cursor.idx ?? null)] },
	};
}
