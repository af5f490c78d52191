import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { ModelView } from '../../src/shared/modelApi.js';
import type { Loaded } from '../loaded.js';
import { aliasGroups, modelGroups, type ModelGroup } from '../modelGroups.js';
import modelText from '../styles/modelsTab.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { empty, notRead, skeleton } from './absent.js';
import './aliasForm.js';
import { FocusKeeper } from './focusKeeper.js';
import { icon } from './icon.js';
import { aliasRow, modelRow, strandedRow } from './modelRows.js';

/** Which models there are, which of them clients are shown, and the user's own names for them. */
class ModelsTab extends LitElement {
	static override readonly styles = [controls, sheet(modelText)];

	@property({ attribute: false }) accessor models: Loaded<readonly ModelView[]> = { kind: 'loading' };
	@property({ attribute: false }) accessor accounts: readonly AccountView[] = [];
	/** Names of the models whose variants are shown. */
	@state() private accessor opened: ReadonlySet<string> = new Set();
	/** The name that is being edited; empty for a new one. */
	@state() private accessor editing: string | null = null;

	constructor() {
		super();
		new FocusKeeper(this);
	}

	override focus(): void {
		this.renderRoot.querySelector<HTMLElement>('#add')?.focus();
	}

	protected override render(): TemplateResult {
		const { models } = this;
		return html`<section aria-labelledby="models">
				<h2 id="models">${text.models}</h2>
				<p class="dim hint">${text.modelsHint}</p>
				${this.#content()}
			</section>
			${models.kind === 'ready' ? this.#aliases(models.value) : nothing}`;
	}

	#content(): TemplateResult {
		const { models } = this;
		switch (models.kind) {
			case 'loading':
				return skeleton(3, text.readingModels);
			case 'failed':
				return notRead(text.modelsFailed(models.problem), 'models');
			case 'ready':
				return this.#models(modelGroups(models.value));
			default:
				return models satisfies never;
		}
	}

	#models(groups: readonly ModelGroup[]): TemplateResult {
		if (groups.length === 0) return empty(text.noModels, text.noModelsBody);
		return html`<ul class="models">
				${repeat(
					groups,
					({ model }) => model.name,
					group =>
						modelRow(group, this.accounts, {
							isOpen: this.opened.has(group.model.name),
							toggle: () => this.#toggle(group.model.name),
						}),
				)}
			</ul>
			<p class="dim hint">${text.variantsHint}</p>`;
	}

	#aliases(models: readonly ModelView[]): TemplateResult {
		const { served, stranded } = aliasGroups(models);
		return html`<section aria-labelledby="aliases">
			<div class="head">
				<h2 id="aliases">${text.aliases}</h2>
				<vscode-button secondary id="add" @click=${() => (this.editing = '')}>
					${icon('add', 'leading')}${text.addAlias}
				</vscode-button>
			</div>
			<p class="dim hint">${text.aliasesHint}</p>
			${this.editing === '' ? this.#form(models, null) : nothing}
			${served.length + stranded.length === 0 && this.editing === null ? html`<p class="dim none">${text.noAliases}</p>` : nothing}
			<ul class="models">
				${repeat(
					served,
					({ name }) => name,
					alias =>
						this.editing === alias.name
							? html`<li>${this.#form(models, alias)}</li>`
							: aliasRow(alias, () => (this.editing = alias.name)),
				)}
			</ul>
			${stranded.length === 0 ? nothing : strandedAliases(stranded)}
		</section>`;
	}

	#form(models: readonly ModelView[], alias: ModelView | null): TemplateResult {
		return html`<pool-alias-form
			.models=${models.filter(({ kind }) => kind === 'model')}
			.alias=${alias}
			.end=${() => void this.#endEditing()}
		></pool-alias-form>`;
	}

	/** What had the focus is gone; what it led to is not. */
	async #endEditing(): Promise<void> {
		const name = this.editing;
		this.editing = null;
		await this.updateComplete;
		const label = text.editAlias(name ?? '');
		const edit = this.renderRoot.querySelector<HTMLElement>(`[aria-label="${CSS.escape(label)}"]`);
		(edit ?? this).focus();
	}

	#toggle(name: string): void {
		const others = [...this.opened].filter(each => each !== name);
		this.opened = new Set(this.opened.has(name) ? others : [...others, name]);
	}
}

customElements.define('pool-models', ModelsTab);

function strandedAliases(aliases: readonly ModelView[]): TemplateResult {
	return html`<h3 id="stranded">${l10n.t('Without a model')}</h3>
		<p class="dim hint">
			${l10n.t('No account has the model behind these names at the moment, so clients are not shown them.')}
		</p>
		<ul class="models" aria-labelledby="stranded">
			${repeat(aliases, ({ name }) => name, strandedRow)}
		</ul>`;
}
