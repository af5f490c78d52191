import { html, nothing, type TemplateResult } from 'lit';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { KeyView } from '../../src/shared/keyApi.js';
import type { UsageTotals } from '../../src/shared/usageApi.js';
import { formatCost } from '../../src/shared/usd.js';
import { nameOf } from '../accountStatus.js';
import { count, figureText, tokens } from '../figures.js';
import { sentences } from '../joined.js';
import { readBudget } from '../keyReading.js';
import { text } from '../text.js';
import type { MenuItem } from './actionMenu.js';
import { icon } from './icon.js';
import { ago, iconButton } from './parts.js';
import { size } from './size.js';

interface KeyRow {
	readonly key: KeyView;
	readonly accounts: readonly AccountView[];
	/** Null while it is not known. */
	readonly today: UsageTotals | null;
	readonly now: number;
	readonly edit: () => void;
	readonly menu: readonly MenuItem[];
}

/** A key: what it is known by, what it may do, and what it does. */
export function keyRow({ key, accounts, today, now, edit, menu }: KeyRow): TemplateResult {
	const { id, name, prefix, isDefault, createdAt, lastUsedAt } = key;
	return html`<li id=${`key-${id}`} aria-label=${name}>
		<div class="who">
			<div class="title">
				<span class="label" title=${name}>${name}</span>
				${isDefault && name !== text.defaultKey ? html`<vscode-badge title=${text.defaultKeyHint}>${text.defaultKey}</vscode-badge>` : nothing}
			</div>
			${prefix === null ? nothing : html`<code class="dim">${text.keyPrefix(prefix)}</code>`}
			<div class="dim times">
				<span>${text.keyCreated} ${ago(createdAt, now)}</span>
				<span>${lastUsedAt === null ? text.keyNeverUsed : html`${text.keyUsed} ${ago(lastUsedAt, now)}`}</span>
			</div>
		</div>
		<div class="limits">${scope(key)} ${servers(key, accounts)} ${budget(key, now)}</div>
		<div class="today"><span class="dim">${text.keyToday}</span> ${today === null ? nothing : use(today)}</div>
		<div class="actions">
			${iconButton({ icon: 'edit', label: text.editKeyNamed(name), press: edit })}
			<pool-menu .label=${text.keyActions(name)} .items=${menu}></pool-menu>
		</div>
	</li>`;
}

function scope({ models }: KeyView): TemplateResult {
	if (models === null) return html`<span class="scope">${text.everyModel}</span>`;
	const names = models.join(', ');
	return html`<span class="scope" title=${names}><code>${names}</code></span>`;
}

/** Said only where it is a limit. */
function servers({ accountIds }: KeyView, accounts: readonly AccountView[]): TemplateResult | typeof nothing {
	if (accountIds === null) return nothing;
	const names = text.keyAccounts(accountIds.map(id => nameOf(accounts, id)).join(', '));
	const isServed = accounts.some(({ id }) => accountIds.includes(id));
	return html`<span class="scope" title=${isServed ? names : text.keyServesNobody}>
		${isServed ? nothing : html`<span class="risk">${icon('warning')}</span>`}${isServed ? names : text.keyServesNobody}
	</span>`;
}

function budget({ name, budget: spent }: KeyView, now: number): TemplateResult {
	if (spent === null) return html`<span class="dim">${text.noBudget}</span>`;
	const { usedPercent, isSpent, words, exact, resets, resetsExact } = readBudget(spent, now);
	return html`<div class="budget ${isSpent ? 'spent' : ''}">
		<div
			class="bar"
			role="meter"
			aria-label=${text.budgetLabel(name)}
			aria-valuemin="0"
			aria-valuemax="100"
			aria-valuenow=${Math.round(usedPercent)}
			aria-valuetext=${sentences(exact, resets)}
		>
			<span class="fill" ${size(usedPercent)}></span>
		</div>
		<div class="line">
			<span class="used" title=${exact}>
				${isSpent ? html`<span class="risk" title=${text.budgetSpent}>${icon('warning')}</span>` : nothing}${words}
			</span>
			<span class="dim" title=${resetsExact}>${resets}</span>
		</div>
	</div>`;
}

function use(today: UsageTotals): TemplateResult {
	if (today.requests === 0) return html`<span>${text.keyUnusedToday}</span>`;
	const cost = formatCost(today);
	const parts = [
		text.requestCount(figureText(count(today.requests)), today.requests),
		text.tokenCount(figureText(tokens(today.inputTokens + today.outputTokens))),
		...(cost === null ? [] : [cost]),
	];
	return html`<span class="figures">${parts.map(part => html`<span>${part}</span>`)}</span>`;
}
