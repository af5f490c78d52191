import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import uPlot from 'uplot';
import uPlotText from 'uplot/dist/uPlot.min.css';
import type { WindowHistory } from '../../src/shared/forecastApi.js';
import { figureText, missing, type Figure } from '../figures.js';
import { listed } from '../joined.js';
import type { Loaded } from '../loaded.js';
import { controls, sheet } from '../styles/sheets.js';
import historyText from '../styles/windowHistory.css';
import { text } from '../text.js';
import { wholePercent } from '../windowReading.js';
import { alignedTrends, trendDays, windowTrends, type WindowTrend } from '../windowTrend.js';
import { notRead, skeleton } from './absent.js';
import { watchPlot, type WatchedPlot } from './plotWatch.js';
import { figure, iconButton } from './parts.js';
import { trendOptions } from './trendOptions.js';
import { bucketLabel } from '../bucketLabel.js';

/** How full each usage window of an account was. A reset is a fall. */
class WindowHistorySection extends LitElement {
	static override readonly styles = [controls, sheet(uPlotText), sheet(historyText)];

	@property() accessor name = '';
	@property({ attribute: false }) accessor history: Loaded<WindowHistory> = { kind: 'loading' };
	@state() private accessor showsTable = false;
	/** The moment under the pointer. */
	@state() private accessor pointed: number | null = null;
	@query('.plot') private accessor plotElement: HTMLElement | null = null;
	#trends: readonly WindowTrend[] = [];
	#plot: WatchedPlot | undefined;

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.#dispose();
	}

	protected override willUpdate(changed: PropertyValues<this>): void {
		if (changed.has('history')) this.#trends = this.history.kind === 'ready' ? windowTrends(this.history.value) : [];
	}

	protected override render(): TemplateResult {
		return html`<section aria-label=${text.historyOf(this.name)}>${this.#content()}</section>`;
	}

	protected override updated(changed: PropertyValues<this>): void {
		const { plotElement } = this;
		if (this.#plot && this.#plot.element === plotElement) {
			if (changed.has('history')) this.#plot.redraw();
			return;
		}
		this.#dispose();
		if (plotElement) this.#plot = watchPlot(plotElement, width => this.#draw(plotElement, width));
	}

	#content(): TemplateResult {
		const { history } = this;
		switch (history.kind) {
			case 'loading':
				return skeleton(1, text.readingHistory);
			case 'failed':
				return notRead(text.historyFailed(history.problem), 'history');
			case 'ready':
				return this.#trends.length === 0 ? html`<p class="dim">${text.noHistory}</p>` : this.#shown();
			default:
				return history satisfies never;
		}
	}

	#shown(): TemplateResult {
		const { showsTable } = this;
		return html`<div class="head">
				<div class="legend" aria-hidden=${showsTable ? nothing : 'true'}>
					${showsTable ? text.peakOfDay : this.#trends.map((trend, index) => this.#key(trend, index))}
				</div>
				${iconButton({
					icon: showsTable ? 'graph-line' : 'table',
					label: showsTable ? text.showChart : text.showTable,
					press: () => (this.showsTable = !showsTable),
				})}
			</div>
			${showsTable ? this.#table() : html`<div class="plot" role="img" aria-label=${this.#label()}></div>`}`;
	}

	#key({ name, points }: WindowTrend, index: number): TemplateResult {
		const at = this.pointed;
		const point = at === null ? points.at(-1) : points.findLast(each => each.at <= at);
		return html`<span class="key line-${index % 4}"
			><bdi>${name}</bdi> ${figure(percentFigure(point?.usedPercent ?? null))}</span
		>`;
	}

	#table(): TemplateResult {
		return html`<table>
			<thead>
				<tr>
					<th scope="col">${text.bucketNames.day}</th>
					${this.#trends.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}
				</tr>
			</thead>
			<tbody>
				${trendDays(this.#trends).map(
					({ start, peaks }) =>
						html`<tr>
							<th scope="row">${bucketLabel(start, 'day', true)}</th>
							${peaks.map(peak => html`<td class="number">${figure(percentFigure(peak))}</td>`)}
						</tr>`,
				)}
			</tbody>
		</table>`;
	}

	#label(): string {
		const now = this.#trends.map(({ name, points }) =>
			text.peakNow(name, figureText(percentFigure(points.at(-1)?.usedPercent ?? null))),
		);
		return text.historyChart(listed(now));
	}

	#draw(element: HTMLElement, width: number): uPlot {
		const [moments, ...columns] = alignedTrends(this.#trends);
		const options = trendOptions(this, {
			width,
			lines: columns.length,
			point: index => (this.pointed = index === null ? null : (moments[index] ?? null)),
		});
		return new uPlot(options, [moments.map(at => at / 1_000), ...columns], element);
	}

	#dispose(): void {
		this.#plot?.dispose();
		this.#plot = undefined;
	}
}

customElements.define('pool-window-history', WindowHistorySection);

function percentFigure(percent: number | null): Figure {
	return percent === null ? missing : { value: String(wholePercent(percent)), unit: '%' };
}
