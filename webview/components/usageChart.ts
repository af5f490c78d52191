import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import uPlot from 'uplot';
import uPlotText from 'uplot/dist/uPlot.min.css';
import { figureText, tokens, totalTokens } from '../figures.js';
import chartText from '../styles/usageChart.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { sumTotals, type UsageBucket } from '../usageSeries.js';
import { chartData, chartOptions, readPalette } from './chartOptions.js';
import { figure } from './parts.js';

const height = 150;

/** Tokens per hour or day, stacked. The pointer reads single bars; the table reads them all. */
class UsageChart extends LitElement {
	static override readonly styles = [controls, sheet(uPlotText), sheet(chartText)];

	@property({ attribute: false }) accessor buckets: readonly UsageBucket[] = [];
	@property({ attribute: false }) accessor by: 'hour' | 'day' = 'hour';
	/** The bar under the pointer. */
	@state() accessor pointed: number | null = null;
	@query('.plot') accessor plotElement: HTMLElement | null = null;

	#plot: uPlot | undefined;
	#shape = '';
	/** The editor changes the theme by rewriting the page's classes and variables; a canvas does not notice by itself. */
	readonly #themes = new MutationObserver(() => this.#redraw());
	readonly #sizes = new ResizeObserver(([entry]) => {
		if (entry && entry.contentRect.width > 0)
			this.#plot?.setSize({ width: Math.floor(entry.contentRect.width), height });
	});

	override connectedCallback(): void {
		super.connectedCallback();
		this.#themes.observe(document.documentElement, { attributeFilter: ['style', 'class'] });
		this.#themes.observe(document.body, { attributeFilter: ['class'] });
		if (this.hasUpdated) this.#redraw();
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.#themes.disconnect();
		this.#sizes.disconnect();
		this.#plot?.destroy();
		this.#plot = undefined;
	}

	protected override render(): TemplateResult {
		const pointed = this.pointed === null ? undefined : this.buckets[this.pointed];
		const totals = pointed?.totals ?? sumTotals(this.buckets.map(bucket => bucket.totals));
		const fresh = totals.inputTokens - totals.cachedTokens;
		return html`
			<div class="legend" aria-hidden="true">
				<span class="when">${pointed ? bucketLabel(pointed.start, this.by, true) : this.#title()}</span>
				<span class="key output">${text.output} ${figure(tokens(totals.outputTokens))}</span>
				<span class="key fresh">${text.newInput} ${figure(tokens(fresh))}</span>
				<span class="key cached">${text.cachedInput} ${figure(tokens(totals.cachedTokens))}</span>
			</div>
			<div class="plot" role="img" aria-label=${this.#label()}></div>
		`;
	}

	protected override updated(changed: PropertyValues<this>): void {
		if (!changed.has('buckets') && !changed.has('by')) return;
		const shape = `${this.by}/${this.buckets.length}`;
		if (this.#plot && shape === this.#shape) {
			this.#plot.setData(chartData(this.buckets));
		} else {
			this.#shape = shape;
			this.#redraw();
		}
	}

	#redraw(): void {
		const { plotElement } = this;
		if (!plotElement) return;
		this.#plot?.destroy();
		const options = chartOptions({
			width: Math.max(120, Math.floor(plotElement.clientWidth)),
			height,
			palette: readPalette(this),
			labelOf: index => bucketLabel(this.buckets[index]?.start ?? 0, this.by, false),
			point: index => (this.pointed = index),
		});
		this.#plot = new uPlot(options, chartData(this.buckets), plotElement);
		this.#sizes.observe(plotElement);
	}

	#title(): string {
		return this.by === 'hour' ? text.perHour : text.perDay;
	}

	#label(): string {
		const sums = this.buckets.map(({ totals }) => totalTokens(totals.inputTokens, totals.outputTokens) ?? 0);
		const peak = Math.max(...sums);
		const at = this.buckets[sums.indexOf(peak)];
		const all = sums.reduce((sum, value) => sum + value, 0);
		const unit = this.by === 'hour' ? text.hour.toLowerCase() : text.day.toLowerCase();
		const moment = at ? bucketLabel(at.start, this.by, true) : '';
		return text.chartLabel(unit, figureText(tokens(all)), figureText(tokens(peak)), moment);
	}
}

customElements.define('pool-usage-chart', UsageChart);

const hourShort = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const hourLong = new Intl.DateTimeFormat(undefined, {
	weekday: 'short',
	hour: '2-digit',
	minute: '2-digit',
	hourCycle: 'h23',
});
const dayShort = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dayLong = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' });

export function bucketLabel(start: number, by: 'hour' | 'day', isLong: boolean): string {
	if (by === 'hour') return (isLong ? hourLong : hourShort).format(start);
	return (isLong ? dayLong : dayShort).format(start);
}
