import { html, nothing, type TemplateResult } from 'lit';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { ModelView } from '../../src/shared/modelApi.js';
import { holders, meaningOf, tierWord, type ModelGroup } from '../modelGroups.js';
import { text } from '../text.js';
import { icon } from './icon.js';
import { iconButton, raise, switchControl } from './parts.js';

interface Disclosure {
	readonly isOpen: boolean;
	readonly toggle: () => void;
}

/** A model: what it takes, who has it, whether clients are shown it, and the names that the pool makes of it. */
export function modelRow(
	{ model, variants }: ModelGroup,
	accounts: readonly AccountView[],
	{ isOpen, toggle }: Disclosure,
): TemplateResult {
	const { short, full } = holders(model.accountIds, accounts);
	const listId = `variants-${model.name}`;
	return html`<li>
		<div class="model ${model.exposed ? '' : 'hidden'}">
			<span class="name">
				<code>${model.name}</code>
				${
					variants.length === 0
						? nothing
						: html`<button
								type="button"
								class="link variants"
								aria-expanded=${isOpen ? 'true' : 'false'}
								aria-controls=${isOpen ? listId : nothing}
								aria-label=${text.variantsOf(variants.length, model.name)}
								@click=${toggle}
							>
								${icon(isOpen ? 'chevron-down' : 'chevron-right')}<bdi>${text.variants(variants.length)}</bdi>
							</button>`
				}
			</span>
			<span class="takes dim">${choices([...model.efforts, ...model.tiers.map(tierWord)])}</span>
			<span class="who" title=${full}>${short}</span>
			${exposure(model)}
		</div>
		${
			isOpen
				? html`<ul class="variants" id=${listId}>
						${variants.map(variantRow)}
					</ul>`
				: nothing
		}
	</li>`;
}

/** Each keeps to itself, so that they stand in the order of the words around them. */
function choices(names: readonly string[]): readonly TemplateResult[] {
	return names.map((name, index) => html`${index === 0 ? nothing : ' · '}<bdi>${name}</bdi>`);
}

function variantRow(variant: ModelView): TemplateResult {
	return html`<li class="model ${variant.exposed ? '' : 'hidden'}">
		<span class="name"><code>${variant.name}</code></span>
		<span class="takes dim">${meaningOf(variant)}</span>
		${pickerNote(variant)} ${exposure(variant)}
	</li>`;
}

/** A name that the user made up. */
export function aliasRow(alias: ModelView, edit: () => void): TemplateResult {
	return html`<li class="model ${alias.exposed ? '' : 'hidden'}">
		${standsFor(alias)}
		<span class="who"></span>
		<span class="act">
			${iconButton({ icon: 'edit', label: text.editAlias(alias.name), press: edit })} ${removal(alias)}
			${exposure(alias)}
		</span>
	</li>`;
}

/** A name for a model that no account has: clients are not shown it, and all that is left to do is to take it away. */
export function strandedRow(alias: ModelView): TemplateResult {
	return html`<li class="model hidden">
		${standsFor(alias)}
		<span class="who"></span>
		<span class="act">${removal(alias)}</span>
	</li>`;
}

function standsFor(alias: ModelView): TemplateResult {
	const meaning = meaningOf(alias);
	return html`<span class="name"><code>${alias.name}</code></span>
		<span class="takes"
			><code>${alias.model}</code>${meaning === '' ? nothing : html` <span class="dim">${meaning}</span>`}</span
		>`;
}

function removal({ name }: ModelView): TemplateResult {
	return iconButton({
		icon: 'trash',
		label: text.removeAlias(name),
		press: raise({ name: 'alias/remove', params: { name } }),
	});
}

/** Codex would show one entry for every variant, so it is shown those alone that were asked for. */
function pickerNote({ name, exposed, inPicker }: ModelView): TemplateResult {
	if (!exposed || inPicker) return html`<span class="who dim">${exposed ? text.inPicker : ''}</span>`;
	return html`<span class="who dim"
		><button
			type="button"
			class="link"
			aria-label=${text.showInPickerNamed(name)}
			@click=${raise({ name: 'model/expose', params: { expose: [name] } })}
		>
			${text.showInPicker}
		</button></span
	>`;
}

function exposure({ name, exposed }: ModelView): TemplateResult {
	return switchControl({
		isOn: exposed,
		label: text.showToClients(name),
		toggle: raise({ name: 'model/expose', params: exposed ? { hide: [name] } : { expose: [name] } }),
	});
}
