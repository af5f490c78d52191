import uPlot from 'uplot';
import { figureText, tokens } from '../figures.js';
import type { UsageBucket } from '../usageSeries.js';

/** Resolved colours: a canvas cannot read custom properties. */
interface ChartPalette {
	readonly cached: string;
	readonly fresh: string;
	readonly output: string;
	readonly words: string;
	readonly grid: string;
	readonly font: string;
}

interface ChartRequest {
	readonly width: number;
	readonly height: number;
	readonly palette: ChartPalette;
	readonly labelOf: (index: number) => string;
	readonly point: (index: number | null) => void;
}

export function readPalette(element: Element): ChartPalette {
	const style = getComputedStyle(element);
	const read = (name: string) => style.getPropertyValue(name).trim();
	return {
		cached: read('--pool-chart-cached'),
		fresh: read('--pool-chart-fresh'),
		output: read('--pool-chart-output'),
		words: read('--pool-dim'),
		grid: read('--pool-grid'),
		font: `11px ${style.fontFamily}`,
	};
}

/** Stacked by adding up: the tallest series is drawn first and the others over it. */
export function chartData(buckets: readonly UsageBucket[]): uPlot.AlignedData {
	const totals = buckets.map(bucket => bucket.totals);
	return [
		totals.map((_, index) => index),
		totals.map(t => t.inputTokens + t.outputTokens),
		totals.map(t => t.inputTokens),
		totals.map(t => t.cachedTokens),
	];
}

export function chartOptions({ width, height, palette, labelOf, point }: ChartRequest): uPlot.Options {
	const bars = uPlot.paths.bars?.({ size: [0.72, 48], radius: 0.06 });
	const series = (fill: string): uPlot.Series => ({
		fill,
		width: 0,
		points: { show: false },
		...(bars && { paths: bars }),
	});
	return {
		width,
		height,
		padding: [8, 4, 0, 0],
		legend: { show: false },
		cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
		scales: {
			// Half a bar of room at either end.
			x: { time: false, range: (_, min, max) => [min - 0.5, max + 0.5] },
			y: { range: (_, __, max) => [0, Math.max(max, 1) * 1.05] },
		},
		series: [{}, series(palette.output), series(palette.fresh), series(palette.cached)],
		axes: [
			{
				stroke: palette.words,
				font: palette.font,
				size: 26,
				gap: 6,
				space: 64,
				incrs: [1, 2, 3, 4, 5, 6, 7, 10, 12, 15],
				grid: { show: false },
				ticks: { show: false },
				values: (_, splits) => splits.map(labelOf),
			},
			{
				stroke: palette.words,
				font: palette.font,
				size: 52,
				gap: 6,
				space: 36,
				grid: { stroke: palette.grid, width: 1 },
				ticks: { show: false },
				values: (_, splits) => splits.map(value => figureText(tokens(value))),
			},
		],
		hooks: { setCursor: [plot => point(plot.cursor.idx ?? null)] },
	};
}
