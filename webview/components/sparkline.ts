import { nothing, svg, html, type TemplateResult } from 'lit';

const width = 100;
const height = 24;

/** How a figure went, without axes: the chart and its table have every value. */
export function sparkline(values: readonly number[]): TemplateResult {
	const peak = Math.max(...values, 0);
	return html`<svg class="spark" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
		${values.length < 2 || peak === 0 ? nothing : course(values, peak)}
	</svg>`;
}

function course(values: readonly number[], peak: number): TemplateResult {
	const x = (index: number) => round((index / (values.length - 1)) * width);
	// Half a line's width of room at either edge.
	const y = (value: number) => round(height - 1 - (value / peak) * (height - 2));
	const line = values.map((value, index) => `${x(index)} ${y(value)}`).join(' L ');
	return svg`<path class="area" d="M 0 ${height} L ${line} L ${width} ${height} Z"></path>
		<path class="line" d="M ${line}" vector-effect="non-scaling-stroke"></path>`;
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
