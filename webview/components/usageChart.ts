import * as l10n from '@vscode/l10n';
import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import uPlot from 'uplot';
import uPlotText from 'uplot/dist/uPlot.min.css';
import { figureText, tokens, totalTokens } from '../figures.js';
import chartText from '../styles/usageChart.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { sumTotals, type BucketSize, type UsageBucket } from '../usageSeries.js';
import { bucketLabel } from '../bucketLabel.js';
import { chartData, chartOptions, readPalette } from './chartOptions.js';
import { figure } from './parts.js';
import { watchPlot, type WatchedPlot } from './plotWatch.js';

const height = 150;

/** Tokens per hour or day, stacked. The pointer reads single bars; the table reads them all. */
class UsageChart extends LitElement {
	static override readonly styles = [controls, sheet(uPlotText), sheet(chartText)];

	@property({ attribute: false }) accessor buckets: readonly UsageBucket[] = [];
	@property({ attribute: false }) accessor by: BucketSize = 'hour';
	/** The bar under the pointer. */
	@state() accessor pointed: number | null = null;
	@query('.plot') accessor plotElement: HTMLElement | null = null;

	#plot: WatchedPlot | undefined;

	override connectedCallback(): void {
		super.connectedCallback();
		if (this.hasUpdated) this.#watch();
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.#plot?.dispose();
		this.#plot = undefined;
	}

	protected override render(): TemplateResult {
		const pointed = this.pointed === null ? undefined : this.buckets[this.pointed];
		const totals = pointed?.totals ?? sumTotals(this.buckets.map(bucket => bucket.totals));
		const fresh = totals.inputTokens - totals.cachedTokens;
		return html`
			<div class="legend" aria-hidden="true">
				<span class="when">${pointed ? bucketLabel(pointed.start, this.by, true) : text.perBucket[this.by]}</span>
				<span class="key output">${text.output} ${figure(tokens(totals.outputTokens))}</span>
				<span class="key fresh">${text.newInput} ${figure(tokens(fresh))}</span>
				<span class="key cached">${text.cachedInput} ${figure(tokens(totals.cachedTokens))}</span>
			</div>
			<div class="plot" role="img" aria-label=${this.#label()}></div>
		`;
	}

	protected override updated(changed: PropertyValues<this>): void {
		if (!changed.has('buckets') && !changed.has('by')) return;
		if (this.#plot) this.#plot.redraw();
		else this.#watch();
	}

	#watch(): void {
		const { plotElement } = this;
		if (plotElement) this.#plot = watchPlot(plotElement, width => this.#draw(plotElement, width));
	}

	#draw(element: HTMLElement, width: number): uPlot {
		const options = chartOptions({
			width,
			height,
			palette: readPalette(this),
			labelOf: index => bucketLabel(this.buckets[index]?.start ?? 0, this.by, false),
			point: index => (this.pointed = index),
		});
		return new uPlot(options, chartData(this.buckets), element);
	}

	#label(): string {
		const sums = this.buckets.map(({ totals }) => totalTokens(totals.inputTokens, totals.outputTokens) ?? 0);
		const peak = Math.max(...sums);
		const at = this.buckets[sums.indexOf(peak)];
		const all = sums.reduce((sum, value) => sum + value, 0);
		const moment = at ? bucketLabel(at.start, this.by, true) : '';
		return l10n.t(
			'{0}: {1} in all, most {2} at {3}. The table has every figure.',
			text.perBucket[this.by],
			figureText(tokens(all)),
			figureText(tokens(peak)),
			moment,
		);
	}
}

customElements.define('pool-usage-chart', UsageChart);
