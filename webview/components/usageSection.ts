import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { KeyView } from '../../src/shared/keyApi.js';
import type { UsageReport } from '../../src/shared/usageApi.js';
import { nameOf } from '../accountStatus.js';
import { bucketLabel } from '../bucketLabel.js';
import { keyName } from '../keyNames.js';
import { ViewChoiceEvent } from '../panelAction.js';
import { controls, sheet } from '../styles/sheets.js';
import usageText from '../styles/usageSection.css';
import { text } from '../text.js';
import { usageCards, type UsageCard } from '../usageCards.js';
import type { ShownUsage, UsageAnswer } from '../usageReader.js';
import type { ViewChoices } from '../viewChoices.js';
import { connectLink, empty, notRead, skeleton } from './absent.js';
import { figure, iconButton, selectControl } from './parts.js';
import { sparkline } from './sparkline.js';
import './usageChart.js';
import { usageTable, type UsageLine } from './usageTable.js';

/** Where do my tokens go? */
class UsageSection extends LitElement {
	static override readonly styles = [controls, sheet(usageText)];

	@property({ attribute: false }) accessor accounts: readonly AccountView[] = [];
	@property({ attribute: false }) accessor keys: readonly KeyView[] = [];
	@property({ attribute: false }) accessor now = 0;
	@property({ attribute: false }) accessor usage: ShownUsage | null = null;
	@property({ attribute: false }) accessor choices: ViewChoices | null = null;
	/** Without a running pool nothing more is read. */
	@property({ attribute: false }) accessor isRunning = true;

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
			${usage?.range === choices.range ? this.#answer(usage, choices) : this.#awaited(2)}
		</section>`;
	}

	#answer(usage: ShownUsage, choices: ViewChoices): TemplateResult {
		const { answer } = usage;
		switch (answer.kind) {
			case 'loading':
				return this.#awaited(2);
			case 'failed':
				return notRead(text.usageFailed(answer.problem), 'usage');
			case 'ready':
				return this.#shown(answer.value, usage, choices);
			default:
				return answer satisfies never;
		}
	}

	#shown(answer: UsageAnswer, { range, group }: ShownUsage, choices: ViewChoices): TemplateResult {
		if (answer.sum.requests === 0) {
			return empty(text.noUsage, text.noUsageBody, range === 'all' ? connectLink() : nothing);
		}
		return html`<dl class="cards">${usageCards(answer, range, this.now).map(card)}</dl>
			${group === choices.group ? this.#breakdown(answer, choices) : this.#awaited(1)}`;
	}

	#awaited(parts: number): TemplateResult {
		return this.isRunning ? skeleton(parts) : html`<p class="dim unread">${text.unread}</p>`;
	}

	#breakdown({ grouped, series }: UsageAnswer, { showsTable }: ViewChoices): TemplateResult {
		if (grouped) return this.#grouped(grouped);
		const { size, buckets } = series;
		if (!showsTable) return html`<pool-usage-chart .buckets=${buckets} .by=${size}></pool-usage-chart>`;
		const reached = buckets.filter(({ start }) => start <= this.now);
		const lines = reached.map(({ start, totals }) => ({ name: bucketLabel(start, size, true), totals }));
		return usageTable(text.bucketNames[size], lines.toReversed());
	}

	#grouped(report: UsageReport): TemplateResult {
		const lines = report.rows.map((row): UsageLine => ({ name: this.#groupName(report, row.group), totals: row }));
		const bySize = lines.toSorted((a, b) => b.totals.inputTokens - a.totals.inputTokens);
		return usageTable(text.groupings[this.choices?.group ?? 'account'], bySize);
	}

	#groupName({ by }: UsageReport, group: string): string {
		if (group === '') return text.unknownGroup;
		if (by === 'key') return keyName(this.keys, group);
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

function card({ name, value, context, contextTitle, change, course }: UsageCard): TemplateResult {
	return html`<div>
		<dt>${name}</dt>
		<dd class="value">
			${figure(value)}${change === null ? nothing : html`<span class="change" title=${change.full}>${change.short}<span class="said">${spoken(change.full)}</span></span>`}
		</dd>
		<dd class="dim context" title=${contextTitle}><span>${context}</span></dd>
		<dd class="course" aria-hidden="true">${sparkline(course)}</dd>
	</div>`;
}

/** After the short form, which does not say what it is compared to. */
function spoken(change: string): string {
	return l10n.t({ message: '. {0}', args: [change], comment: ['a sentence that is spoken after a figure'] });
}
