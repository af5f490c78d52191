import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { CreatedKey, KeyBudget, KeyChange, KeyView } from '../../src/shared/keyApi.js';
import type { ModelView } from '../../src/shared/modelApi.js';
import { accountName } from '../accountStatus.js';
import { budgetFrom, typedTokens } from '../keyReading.js';
import { PanelActionEvent, SecretWishEvent } from '../panelAction.js';
import aliasText from '../styles/aliasForm.css';
import formText from '../styles/keyForm.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { selectControl } from './parts.js';
import { selectionOf, someOrAll, valuesOf, type Choosable, type Selection } from './someOrAll.js';

/** As the pool takes names: a secret that was pasted by mistake must not be kept. */
const longestName = 80;
const secretPattern = /cpk_[\w-]{20}/;

interface Draft {
	readonly name: string;
	readonly models: Selection;
	readonly accountIds: Selection;
	readonly per: KeyBudget['per'] | 'none';
	readonly tokens: string;
}

/** What is wrong, and where. */
interface Problem {
	readonly field: 'name' | 'models' | 'accounts' | 'tokens';
	readonly sentence: string;
}

const everything = selectionOf(null);

/** A key that is being made, or whose name and limits are being changed. */
class KeyForm extends LitElement {
	static override readonly styles = [controls, sheet(aliasText), sheet(formText)];

	/** What a key can be narrowed to. */
	@property({ attribute: false }) accessor models: readonly ModelView[] = [];
	@property({ attribute: false }) accessor accounts: readonly AccountView[] = [];
	/** The one that is changed; null for a new one. */
	@property({ attribute: false }) accessor key: KeyView | null = null;
	/** With the secret of a new key; without, when there is none. */
	@property({ attribute: false }) accessor end: (made?: CreatedKey) => void = () => undefined;
	@state() private accessor draft: Draft = {
		name: '',
		models: everything,
		accountIds: everything,
		per: 'none',
		tokens: '',
	};
	@state() private accessor problem: Problem | null = null;
	@state() private accessor isSaving = false;

	override connectedCallback(): void {
		super.connectedCallback();
		const { key } = this;
		if (!key) return;
		this.draft = {
			name: key.name,
			models: selectionOf(key.models),
			accountIds: selectionOf(key.accountIds),
			per: key.budget?.per ?? 'none',
			tokens: key.budget === null ? '' : typedTokens(key.budget.tokens),
		};
	}

	protected override render(): TemplateResult {
		const { key } = this;
		return html`<form
			aria-label=${key ? text.editKeyNamed(key.name) : text.addKey}
			@submit=${(event: Event) => event.preventDefault()}
			@keydown=${this.#press}
		>
			${this.#nameField()} ${this.#budgetFields()} ${this.#modelFields()} ${this.#accountFields()}
			<span class="buttons">
				<vscode-button ?disabled=${this.isSaving} @click=${this.#save}>${key ? text.save : text.create}</vscode-button>
				<vscode-button secondary @click=${() => this.end()}>${text.cancel}</vscode-button>
			</span>
		</form>`;
	}

	protected override firstUpdated(): void {
		const name = this.renderRoot.querySelector<HTMLInputElement>('[name=name]');
		name?.focus();
		name?.select();
	}

	#nameField(): TemplateResult {
		return html`<div class="field name">
			<label for="name">${text.keyName}</label>
			<input
				type="text"
				class="input"
				id="name"
				name="name"
				maxlength=${longestName}
				autocomplete="off"
				placeholder=${text.keyNamePlaceholder}
				aria-invalid=${this.#isWrong('name')}
				aria-describedby=${this.#describedBy('name')}
				.value=${live(this.draft.name)}
				@input=${(event: Event) => this.#change({ name: typedIn(event) })}
			/>
			${this.#problemOf('name')}
		</div>`;
	}

	#budgetFields(): TemplateResult {
		const { per, tokens } = this.draft;
		return html`<div class="field budget">
			<span aria-hidden="true">${text.keyBudget}</span>
			<span class="pair">
				${selectControl({
					label: text.keyBudget,
					value: per,
					options: text.budgets,
					choose: chosen => this.#change({ per: chosen }),
				})}
				${
					per === 'none'
						? nothing
						: html`<input
								type="text"
								name="tokens"
								class="input tokens"
								maxlength="20"
								spellcheck="false"
								autocomplete="off"
								placeholder=${text.budgetExample}
								aria-label=${text.budgetTokens}
								aria-invalid=${this.#isWrong('tokens')}
								aria-describedby=${this.#describedBy('tokens', 'budget-hint')}
								.value=${live(tokens)}
								@input=${(event: Event) => this.#change({ tokens: typedIn(event) })}
							/>`
				}
			</span>
			${this.#problemOf('tokens')}
			${per === 'none' ? nothing : html`<span class="dim hint" id="budget-hint">${text.budgetHint}</span>`}
		</div>`;
	}

	#modelFields(): TemplateResult {
		const choice = (value: string, note: string) => ({ value, label: html`<code>${value}</code>`, note });
		const known = this.models.map(({ name, kind, model }) => choice(name, kind === 'alias' ? model : ''));
		return someOrAll({
			name: 'models',
			legend: text.scopeLabel,
			words: text.scopes,
			selection: this.draft.models,
			choosable: withGone(known, this.key?.models, name => choice(name, text.notInPoolNow)),
			describedBy: this.#describedBy('models'),
			problem: this.#problemOf('models'),
			change: models => this.#change({ models }),
		});
	}

	#accountFields(): TemplateResult {
		const known = this.accounts.map(account => ({
			value: account.id,
			label: accountName(account),
			note: account.name === null ? '' : (account.email ?? ''),
		}));
		const removed = (value: string) => ({ value, label: text.removedAccount, note: '' });
		return someOrAll({
			name: 'accounts',
			legend: text.accountsLabel,
			words: text.accountScopes,
			selection: this.draft.accountIds,
			choosable: withGone(known, this.key?.accountIds, removed),
			describedBy: this.#describedBy('accounts'),
			problem: this.#problemOf('accounts'),
			change: accountIds => this.#change({ accountIds }),
		});
	}

	#change(change: Partial<Draft>): void {
		this.draft = { ...this.draft, ...change };
		this.problem = null;
	}

	#isWrong(field: Problem['field']): 'true' | 'false' {
		return this.problem?.field === field ? 'true' : 'false';
	}

	/** Right where it is. */
	#problemOf(field: Problem['field']): TemplateResult | typeof nothing {
		const { problem } = this;
		if (problem?.field !== field) return nothing;
		return html`<p class="error" id="problem" role="alert">${problem.sentence}</p>`;
	}

	#describedBy(field: Problem['field'], hint?: string): string | typeof nothing {
		const ids = [...(hint === undefined ? [] : [hint]), ...(this.problem?.field === field ? ['problem'] : [])];
		return ids.length === 0 ? nothing : ids.join(' ');
	}

	readonly #press = (event: KeyboardEvent): void => {
		if (event.isComposing) return;
		if (event.key === 'Escape') {
			event.preventDefault();
			event.stopPropagation();
			this.end();
		}
		// Not by the form's own sending: that depends on how many fields there are.
		if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
			event.preventDefault();
			void this.#save();
		}
	};

	readonly #save = async (): Promise<void> => {
		if (this.isSaving) return;
		this.problem = this.#findProblem();
		if (this.problem !== null) {
			await this.#focusField(this.problem.field);
			return;
		}
		this.isSaving = true;
		await (this.key ? this.#saveChanges(this.key) : this.#create());
		this.isSaving = false;
	};

	#findProblem(): Problem | null {
		const { name, models, accountIds, per, tokens } = this.draft;
		if (name.trim() === '') return { field: 'name', sentence: text.keyNameMissing };
		if (secretPattern.test(name)) return { field: 'name', sentence: text.keyNameIsSecret };
		if (per !== 'none' && !budgetFrom(tokens, per)) return { field: 'tokens', sentence: text.budgetRule };
		if (isNone(models)) return { field: 'models', sentence: text.noModelChosen };
		if (isNone(accountIds)) return { field: 'accounts', sentence: text.noAccountChosen };
		return null;
	}

	async #create(): Promise<void> {
		const event = new SecretWishEvent({ name: 'key/create', params: this.#wanted() });
		this.dispatchEvent(event);
		const made = await event.secret;
		if (made) this.end(made);
	}

	async #saveChanges(key: KeyView): Promise<void> {
		const event = new PanelActionEvent({
			name: 'key/change',
			params: { keyId: key.id, change: changed(key, this.#wanted()) },
		});
		this.dispatchEvent(event);
		if ((await event.outcome) === true) this.end();
	}

	#wanted(): Required<KeyChange> & { name: string } {
		const { name, models, accountIds, per, tokens } = this.draft;
		return {
			name: name.trim(),
			models: valuesOf(models),
			accountIds: valuesOf(accountIds),
			budget: per === 'none' ? null : (budgetFrom(tokens, per) ?? null),
		};
	}

	async #focusField(field: Problem['field']): Promise<void> {
		await this.updateComplete;
		const selector = `[name=${field}], [name=all-${field}]:checked`;
		this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
	}
}

customElements.define('pool-key-form', KeyForm);

/** What is not named stays: somebody else may have changed it meanwhile. */
function changed(key: KeyView, { name, models, accountIds, budget }: Required<KeyChange>): KeyChange {
	return {
		...(name !== key.name && { name }),
		...(JSON.stringify(models) !== JSON.stringify(key.models) && { models }),
		...(JSON.stringify(accountIds) !== JSON.stringify(key.accountIds) && { accountIds }),
		...((budget?.tokens !== key.budget?.tokens || budget?.per !== key.budget?.per) && { budget }),
	};
}

/** What a key has and the pool has no more can still be taken from it. */
function withGone(
	known: readonly Choosable[],
	had: readonly string[] | null | undefined,
	gone: (value: string) => Choosable,
): readonly Choosable[] {
	return [...known, ...(had ?? []).filter(value => !known.some(each => each.value === value)).map(gone)];
}

function isNone({ isAll, chosen }: Selection): boolean {
	return !isAll && chosen.size === 0;
}

function typedIn({ target }: Event): string {
	return target instanceof HTMLInputElement ? target.value : '';
}
