import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import { formatCost } from '../../src/shared/usd.js';
import { nextSort, type AccountColumn, type AccountRow } from '../accountColumns.js';
import type { AccountSort } from '../accountSort.js';
import { accountName, accountNote, accountStatus, planName } from '../accountStatus.js';
import { formatMoment } from '../durations.js';
import { count, figureText, missing, tokens } from '../figures.js';
import { sentences } from '../joined.js';
import { ViewChoiceEvent } from '../panelAction.js';
import { text } from '../text.js';
import { readWindow, windowKey } from '../windowReading.js';
import { icon } from './icon.js';
import { figure, status } from './parts.js';
import { size } from './size.js';

interface AccountTable {
	readonly rows: readonly AccountRow[];
	readonly columns: readonly AccountColumn[];
	readonly sort: AccountSort | null;
	readonly now: number;
	/** The name, or the field in which it is being edited. */
	readonly nameOf: (account: AccountView) => TemplateResult;
	readonly actionsOf: (account: AccountView) => TemplateResult;
	/** What is open below a row. */
	readonly below: (account: AccountView) => TemplateResult | typeof nothing;
}

/** All accounts at once, a line each, to compare them. A narrow panel scrolls it under the names. */
export function accountTable(table: AccountTable): TemplateResult {
	const { rows, columns } = table;
	return html`<div class="scroll" tabindex="0" role="group" aria-label=${text.accountTable}>
		<table>
			<thead>
				<tr>
					${columns.map(column => heading(column, table.sort))}
					<th scope="col" class="act"><span class="said">${text.accountActions}</span></th>
				</tr>
			</thead>
			<tbody>
				${repeat(
					rows,
					({ account }) => account.id,
					row => accountRow(row, table),
				)}
			</tbody>
		</table>
	</div>`;
}

function heading(column: AccountColumn, sort: AccountSort | null): TemplateResult {
	const isSorted = sort?.column === column.id;
	const choose = ({ currentTarget }: Event) =>
		currentTarget?.dispatchEvent(new ViewChoiceEvent({ accountSort: nextSort(column, sort) }));
	return html`<th
		scope="col"
		class="${column.kind} ${alignment(column)}"
		aria-sort=${isSorted ? (sort.isDescending ? 'descending' : 'ascending') : nothing}
	>
		<button type="button" class="sort" title=${text.sortBy(column.title)} @click=${choose}>
			<span>${column.title}</span>${isSorted ? icon(sort.isDescending ? 'arrow-down' : 'arrow-up') : nothing}
		</button>
	</th>`;
}

function accountRow(row: AccountRow, { columns, now, nameOf, actionsOf, below }: AccountTable): TemplateResult {
	const { account } = row;
	const opened = below(account);
	return html`<tr class=${account.selected ? '' : 'unselected'}>
			${columns.map(column =>
				column.kind === 'name'
					? html`<th scope="row" class="name">${nameOf(account)}</th>`
					: html`<td class="${column.kind} ${alignment(column)}">${cell(column, row, now)}</td>`,
			)}
			<td class="act">${actionsOf(account)}</td>
		</tr>
		${
			opened === nothing
				? nothing
				: html`<tr class="below">
						<td colspan=${columns.length + 1}><div>${opened}</div></td>
					</tr>`
		}`;
}

/** Windows have bars, which begin where lines do. */
function alignment({ kind, isNumber }: AccountColumn): string {
	return isNumber && kind !== 'window' ? 'number' : '';
}

function cell({ kind, id }: AccountColumn, { account, today }: AccountRow, now: number): TemplateResult | string {
	switch (kind) {
		case 'name':
			return accountName(account);
		case 'plan':
			return account.plan === null ? missing.value : planName(account.plan);
		case 'state':
			return stateCell(account, now);
		case 'window':
			return windowCell(account, id, now);
		case 'credits':
			return creditsCell(account);
		case 'spendLimit':
			return spendLimitCell(account, now);
		case 'resets':
			return resetsCell(account, now);
		case 'requests':
			return figure(today ? count(today.requests) : missing);
		case 'tokens':
			return figure(tokens(today && today.inputTokens + today.outputTokens));
		case 'cost':
			return figure({ ...missing, value: (today && formatCost(today)) ?? missing.value });
		case 'inFlight':
			return figure(count(account.inFlight));
		default:
			return kind satisfies never;
	}
}

/** How many are running has a column of its own. */
function stateCell(account: AccountView, now: number): TemplateResult {
	const told = accountStatus({ ...account, inFlight: 0 }, now);
	return status({ ...told, title: sentences(told.word, accountNote(account, now) ?? told.title) });
}

function windowCell(account: AccountView, key: string, now: number): TemplateResult | string {
	const window = account.windows.find(each => windowKey(each) === key);
	if (!window) return missing.value;
	const reading = readWindow(window, now);
	const { usedPercent, risk, used, resets, resetsShort, resetsExact, origin, originShort, originExact } = reading;
	return html`<div class="window ${risk}">
		<div class="line">
			<div
				class="bar"
				role="meter"
				aria-label=${text.windowLabel(reading.name, accountName(account))}
				aria-valuemin="0"
				aria-valuemax="100"
				aria-valuenow=${usedPercent ?? 0}
				aria-valuetext=${sentences(used, resetsFrom(resets, origin))}
				title=${used}
			>
				<span class="fill" ${size(usedPercent ?? 0)}></span>
			</div>
			<span class="used" aria-hidden="true">
				${risk === 'calm' ? nothing : html`<span class="risk" title=${text.risk[risk]}>${icon('warning')}</span>`}
				${usedPercent === null ? missing.value : figure({ value: String(Math.round(usedPercent)), unit: '%' })}
			</span>
		</div>
		<div class="line small dim" aria-hidden="true">
			<span title=${sentences(resets, resetsExact)}>${resetsShort === '' ? missing.value : resetsShort}</span>
			<span title=${sentences(origin, originExact)}>${originShort}</span>
		</div>
	</div>`;
}

function resetsFrom(resets: string, origin: string): string {
	return l10n.t({ message: '{0}, {1}', args: [resets, origin], comment: ['when a window resets, and who said so'] });
}

function creditsCell({ credits }: AccountView): TemplateResult | string {
	if (!credits) return missing.value;
	if (credits.unlimited) return text.creditsUnlimited;
	if (credits.balance !== null) return html`<span title=${text.creditsTitle}>${figure(count(credits.balance))}</span>`;
	return credits.hasCredits === false ? text.creditsNone : missing.value;
}

function spendLimitCell({ spendLimit }: AccountView, now: number): TemplateResult | string {
	if (!spendLimit) return missing.value;
	const { reached, limit, used, usedPercent, resetsAt } = spendLimit;
	const amounts = limit === null || used === null ? '' : text.spendLimitTitle(shown(used), shown(limit));
	const resets = resetsAt === null ? '' : text.resetAtMoment(formatMoment(resetsAt, now));
	const value = usedPercent === null ? missing.value : text.percent(Math.round(usedPercent));
	return html`<span class="used ${reached ? 'spent' : ''}" title=${sentences(amounts, resets)}
		>${reached ? html`<span class="risk" title=${text.spendLimitReached}>${icon('warning')}</span>` : nothing}${value}</span
	>`;
}

function resetsCell({ resetCredits }: AccountView, now: number): TemplateResult | string {
	if (!resetCredits) return missing.value;
	const expiresAt = resetCredits.credits[0]?.expiresAt ?? null;
	const expires = expiresAt === null ? '' : formatMoment(expiresAt, now);
	return html`<span title=${text.resetsTitle(resetCredits.available, expires)}
		>${figure(count(resetCredits.available))}</span
	>`;
}

function shown(amount: number): string {
	return figureText(count(amount));
}
