import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { CreatedKey, KeyBudget, KeyChange, KeyView } from '../../src/shared/keyApi.js';
import type { ModelView } from '../../src/shared/modelApi.js';
import { budgetFrom, typedTokens } from '../keyReading.js';
import { PanelActionEvent, SecretWishEvent } from '../panelAction.js';
import aliasText from '../styles/aliasForm.css';
import formText from '../styles/keyForm.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { selectControl } from './parts.js';

/** As the pool takes names: a secret that was pasted by mistake must not be kept. */
const longestName = 80;
const secretPattern = /cpk_[\w-]{20}/;

interface Draft {
	readonly name: string;
	readonly scope: 'all' | 'some';
	readonly models: ReadonlySet<string>;
	readonly per: KeyBudget['per'] | 'none';
	readonly tokens: string;
}

/** What is wrong, and where. */
interface Problem {
	readonly field: 'name' | 'models' | 'tokens';
	readonly sentence: string;
}

/** A key that is being made, or whose name and limits are being changed. */
class KeyForm extends LitElement {
	static override readonly styles = [controls, sheet(aliasText), sheet(formText)];

	/** What a key can be narrowed to. */
	@property({ attribute: false }) accessor models: readonly ModelView[] = [];
	/** The one that is changed; null for a new one. */
	@property({ attribute: false }) accessor key: KeyView | null = null;
	/** With the secret of a new key; without, when there is none. */
	@property({ attribute: false }) accessor end: (made?: CreatedKey) => void = () => undefined;
	@state() private accessor draft: Draft = { name: '', scope: 'all', models: new Set(), per: 'none', tokens: '' };
	@state() private accessor problem: Problem | null = null;
	@state() private accessor isSaving = false;

	override connectedCallback(): void {
		super.connectedCallback();
		const { key } = this;
		if (!key) return;
		this.draft = {
			name: key.name,
			scope: key.models === null ? 'all' : 'some',
			models: new Set(key.models),
			per: key.budget?.per ?? 'none',
			tokens: key.budget === null ? '' : typedTokens(key.budget.tokens),
		};
	}

	protected override render(): TemplateResult {
		const { key, problem } = this;
		return html`<form
			aria-label=${key ? text.editKeyNamed(key.name) : text.addKey}
			@submit=${(event: Event) => event.preventDefault()}
			@keydown=${this.#press}
		>
			${this.#nameField()} ${this.#budgetFields()} ${this.#scopeFields()}
			${problem === null ? nothing : html`<p class="error" id="problem" role="alert">${problem.sentence}</p>`}
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
		return html`<label class="name">
			<span>${text.keyName}</span>
			<input
				type="text"
				name="name"
				maxlength=${longestName}
				autocomplete="off"
				placeholder=${text.keyNamePlaceholder}
				aria-invalid=${this.#isWrong('name')}
				aria-describedby=${this.#describedBy('name')}
				.value=${live(this.draft.name)}
				@input=${(event: Event) => this.#change({ name: typedIn(event) })}
			/>
		</label>`;
	}

	#budgetFields(): TemplateResult {
		const { per, tokens } = this.draft;
		return html`<span class="field budget">
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
								class="tokens"
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
			${per === 'none' ? nothing : html`<span class="dim hint" id="budget-hint">${text.budgetHint}</span>`}
		</span>`;
	}

	#scopeFields(): TemplateResult {
		const { scope } = this.draft;
		return html`<fieldset aria-describedby=${this.#describedBy('models')}>
			<legend>${text.scopeLabel}</legend>
			${(['all', 'some'] as const).map(
				each =>
					html`<label class="choice">
						<input
							type="radio"
							name="scope"
							value=${each}
							.checked=${live(scope === each)}
							@change=${() => this.#change({ scope: each })}
						/>
						<span>${text.scopes[each]}</span>
					</label>`,
			)}
			${scope === 'all' ? nothing : html`<div class="names">${this.#names().map(name => this.#nameChoice(name))}</div>`}
		</fieldset>`;
	}

	/** What is in the scope and gone from the pool can still be taken out of it. */
	#names(): readonly { readonly name: string; readonly note: string }[] {
		const known = this.models.map(({ name, kind, model }) => ({ name, note: kind === 'alias' ? model : '' }));
		const gone = [...(this.key?.models ?? [])].filter(name => !known.some(each => each.name === name));
		return [...known, ...gone.map(name => ({ name, note: text.notInPoolNow }))];
	}

	#nameChoice({ name, note }: { readonly name: string; readonly note: string }): TemplateResult {
		return html`<label class="choice">
			<input
				type="checkbox"
				name="model"
				value=${name}
				.checked=${live(this.draft.models.has(name))}
				@change=${() => this.#toggle(name)}
			/>
			<span><code>${name}</code> <span class="dim">${note}</span></span>
		</label>`;
	}

	#toggle(name: string): void {
		const models = new Set(this.draft.models);
		if (!models.delete(name)) models.add(name);
		this.#change({ models });
	}

	#change(change: Partial<Draft>): void {
		this.draft = { ...this.draft, ...change };
		this.problem = null;
	}

	#isWrong(field: Problem['field']): 'true' | 'false' {
		return this.problem?.field === field ? 'true' : 'false';
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
		const { name, scope, models, per, tokens } = this.draft;
		if (name.trim() === '') return { field: 'name', sentence: text.keyNameMissing };
		if (secretPattern.test(name)) return { field: 'name', sentence: text.keyNameIsSecret };
		if (per !== 'none' && !budgetFrom(tokens, per)) return { field: 'tokens', sentence: text.budgetRule };
		if (scope === 'some' && models.size === 0) return { field: 'models', sentence: text.noModelChosen };
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
		const { name, scope, models, per, tokens } = this.draft;
		return {
			name: name.trim(),
			models: scope === 'all' ? null : [...models],
			budget: per === 'none' ? null : (budgetFrom(tokens, per) ?? null),
		};
	}

	async #focusField(field: Problem['field']): Promise<void> {
		await this.updateComplete;
		const selector = field === 'models' ? '[name=model], [name=scope]:checked' : `[name=${field}]`;
		this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
	}
}

customElements.define('pool-key-form', KeyForm);

/** What is not named stays: somebody else may have changed it meanwhile. */
function changed(key: KeyView, { name, models, budget }: Required<KeyChange>): KeyChange {
	return {
		...(name !== key.name && { name }),
		...(JSON.stringify(models) !== JSON.stringify(key.models) && { models }),
		...((budget?.tokens !== key.budget?.tokens || budget?.per !== key.budget?.per) && { budget }),
	};
}

function typedIn({ target }: Event): string {
	return target instanceof HTMLInputElement ? target.value : '';
}
