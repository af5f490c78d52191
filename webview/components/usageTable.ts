import { html, type TemplateResult } from 'lit';
import type { UsageTotals } from '../../src/shared/usageApi.js';
import { formatCost } from '../../src/shared/usd.js';
import { count, missing, share, tokens } from '../figures.js';
import { text } from '../text.js';
import { figure } from './parts.js';

export interface UsageLine {
	readonly name: string;
	readonly totals: UsageTotals;
}

/** The chart's figures to read, and the breakdown by account, model or client. */
export function usageTable(nameColumn: string, lines: readonly UsageLine[]): TemplateResult {
	return html`<table class="usage">
		<thead>
			<tr>
				<th scope="col">${nameColumn}</th>
				<th scope="col" class="number">${text.requests}</th>
				<th scope="col" class="number minor">${text.failedColumn}</th>
				<th scope="col" class="number">${text.input}</th>
				<th scope="col" class="number minor">${text.cached}</th>
				<th scope="col" class="number">${text.output}</th>
				<th scope="col" class="number" title=${text.costMeaning}>${text.cost}</th>
			</tr>
		</thead>
		<tbody>
			${lines.map(
				({ name, totals }) =>
					html`<tr>
						<th scope="row" dir="auto" title=${name}>${name}</th>
						<td class="number">${figure(count(totals.requests))}</td>
						<td class="number minor">${figure(count(totals.failed))}</td>
						<td class="number">${figure(tokens(totals.inputTokens))}</td>
						<td class="number minor">${figure(share(totals.cachedTokens, totals.inputTokens))}</td>
						<td class="number">${figure(tokens(totals.outputTokens))}</td>
						<td class="number">${figure({ ...missing, value: formatCost(totals) ?? missing.value })}</td>
					</tr>`,
			)}
		</tbody>
	</table>`;
}
