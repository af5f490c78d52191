import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { UsageReport, UsageTotals } from '../../src/shared/usageApi.js';
import { nameOf } from '../accountStatus.js';
import { count, figureText, share, tokens, totalTokens, type Figure } from '../figures.js';
import { ViewChoiceEvent } from '../panelAction.js';
import { usageChoice, type ShownUsage } from '../panelStore.js';
import usageText from '../styles/usageSection.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { fillBuckets, sumTotals, usageRanges } from '../usageSeries.js';
import type { ViewChoices } from '../viewChoices.js';
import { figure, iconButton, selectControl } from './parts.js';
import './usageChart.js';
import { bucketLabel } from './usageChart.js';
import { usageTable, type UsageLine } from './usageTable.js';

/** Where do my tokens go? */
class UsageSection extends LitElement {
	static override readonly styles = [controls, sheet(usageText)];

	@property({ attribute: false }) accessor accounts: readonly AccountView[] = [];
	@property({ attribute: false }) accessor usage: ShownUsage | null = null;
	@property({ attribute: false }) accessor choices: ViewChoices | null = null;

	protected override render(): TemplateResult | typeof nothing {
		const { choices, usage } = this;
		if (!choices) return nothing;
		return html`<section aria-labelledby="title">
			<div class="head">
				<h2 id="title">${text.usage}</h2>
				${selectControl({
					label: text.range,
					value: choices.range,
					options: text.ranges,
					choose: range => this.#choose({ range }),
				})}
				${selectControl({
					label: text.grouping,
					value: choices.group,
					options: text.groupings,
					choose: group => this.#choose({ group }),
				})}
				${choices.group === 'time' ? this.#tableToggle(choices.showsTable) : nothing}
			</div>
			${usage?.choice === usageChoice(choices) ? this.#answer(usage, choices) : skeleton()}
		</section>`;
	}

	#answer({ report, starts }: ShownUsage, choices: ViewChoices): TemplateResult {
		if (!report) return html`<p class="dim">${text.usageFailed}</p>`;
		const sum = sumTotals(report.rows);
		if (sum.requests === 0)
			return html`<div class="empty">
				<p>${text.noUsage}</p>
				<p class="dim">${text.noUsageBody}</p>
			</div>`;
		return html`${cards(sum)}${choices.group === 'time' ? this.#overTime(report, starts, choices) : this.#grouped(report)}`;
	}

	#overTime(report: UsageReport, starts: readonly number[], { range, showsTable }: ViewChoices): TemplateResult {
		const buckets = fillBuckets(report, starts);
		const { by } = usageRanges[range];
		if (!showsTable) return html`<pool-usage-chart .buckets=${buckets} .by=${by}></pool-usage-chart>`;
		const lines = buckets.map(({ start, totals }) => ({ name: bucketLabel(start, by, true), totals }));
		return usageTable(by === 'hour' ? text.hour : text.day, lines.toReversed());
	}

	#grouped(report: UsageReport): TemplateResult {
		const lines = report.rows.map((row): UsageLine => ({ name: this.#groupName(report, row.group), totals: row }));
		const bySize = lines.toSorted((a, b) => b.totals.inputTokens - a.totals.inputTokens);
		return usageTable(text.groupings[this.choices?.group ?? 'account'], bySize);
	}

	#groupName({ by }: UsageReport, group: string): string {
		if (group === '') return text.unknownGroup;
		return by === 'account' ? nameOf(this.accounts, group) : group;
	}

	#tableToggle(showsTable: boolean): TemplateResult {
		return iconButton({
			icon: showsTable ? 'graph' : 'table',
			label: showsTable ? text.showChart : text.showTable,
			press: () => this.#choose({ showsTable: !showsTable }),
		});
	}

	#choose(choices: Partial<ViewChoices>): void {
		this.dispatchEvent(new ViewChoiceEvent(choices));
	}
}

customElements.define('pool-usage', UsageSection);

function cards(sum: UsageTotals): TemplateResult {
	const failed = figureText(count(sum.failed));
	const input = figureText(tokens(sum.inputTokens));
	return html`<dl class="cards">
		${card(text.requests, count(sum.requests), sum.failed === 0 ? text.noneFailed : text.failedOf(failed))}
		${card(
			text.tokens,
			tokens(totalTokens(sum.inputTokens, sum.outputTokens)),
			text.inOut(input, figureText(tokens(sum.outputTokens))),
		)}
		${card(
			text.cachedShare,
			share(sum.cachedTokens, sum.inputTokens),
			text.cachedOf(figureText(tokens(sum.cachedTokens)), input),
		)}
		${card(text.errorRate, share(sum.failed, sum.requests), text.errorsOf(failed, figureText(count(sum.requests))))}
	</dl>`;
}

function card(name: string, value: Figure, context: string): TemplateResult {
	return html`<div>
		<dt>${name}</dt>
		<dd class="value">${figure(value)}</dd>
		<dd class="dim">${context}</dd>
	</div>`;
}

function skeleton(): TemplateResult {
	return html`<div class="skeleton" aria-busy="true"><span></span><span></span></div>`;
}
