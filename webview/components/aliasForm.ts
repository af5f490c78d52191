import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { ModelView } from '../../src/shared/modelApi.js';
import { tierWord } from '../modelGroups.js';
import { PanelActionEvent } from '../panelAction.js';
import formText from '../styles/aliasForm.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { selectControl } from './parts.js';

/** As the pool takes names: they travel in addresses, headers and command lines. */
const namePattern = /^[A-Za-z0-9][\w.:-]{0,79}$/;
/** Leaves it to the request and the model. */
const unset = '';

interface Draft {
	readonly name: string;
	readonly model: string;
	readonly effort: string;
	readonly tier: string;
	readonly verbosity: string;
}

/** A name of the user's own, being made or changed: what it stands for, and what comes along. */
class AliasForm extends LitElement {
	static override readonly styles = [controls, sheet(formText)];

	@property({ attribute: false }) accessor models: readonly ModelView[] = [];
	/** The one that is changed; null for a new one. */
	@property({ attribute: false }) accessor alias: ModelView | null = null;
	@property({ attribute: false }) accessor end: () => void = () => undefined;
	@state() private accessor draft: Draft = { name: '', model: '', effort: unset, tier: unset, verbosity: unset };
	@state() private accessor problem: string | null = null;
	@state() private accessor isSaving = false;

	override connectedCallback(): void {
		super.connectedCallback();
		const { alias, models } = this;
		this.draft = {
			name: alias?.name ?? '',
			model: alias?.model ?? models[0]?.name ?? '',
			effort: alias?.effort ?? unset,
			tier: alias?.tier ?? unset,
			verbosity: alias?.verbosity ?? unset,
		};
	}

	protected override render(): TemplateResult {
		const { draft, models, problem } = this;
		const model = models.find(({ name }) => name === draft.model);
		return html`<form
			aria-label=${this.alias ? text.editAlias(this.alias.name) : text.addAlias}
			@submit=${this.#submit}
			@keydown=${this.#press}
		>
			<div class="field name">
				<label for="name">${text.aliasName}</label>
				<input
					type="text"
					class="input"
					id="name"
					name="name"
					maxlength="80"
					spellcheck="false"
					autocomplete="off"
					?readonly=${this.alias !== null}
					aria-invalid=${problem === null ? 'false' : 'true'}
					aria-describedby=${problem === null ? nothing : 'problem'}
					.value=${draft.name}
					@input=${this.#type}
				/>
				${problem === null ? nothing : html`<p class="error" id="problem" role="alert">${problem}</p>`}
			</div>
			${this.#choice('model', text.model, Object.fromEntries(models.map(({ name }) => [name, name])))}
			${this.#choice(
				'effort',
				text.effort,
				optional(model?.efforts ?? [], effort => effort),
			)}
			${this.#choice('tier', text.tier, optional(model?.tiers ?? [], tierWord))}
			${this.#choice(
				'verbosity',
				text.verbosity,
				optional(['low', 'medium', 'high'], each => each),
			)}
			<span class="buttons">
				<vscode-button ?disabled=${this.isSaving} @click=${this.#save}>${text.save}</vscode-button>
				<vscode-button secondary @click=${() => this.end()}>${text.cancel}</vscode-button>
			</span>
		</form>`;
	}

	protected override firstUpdated(): void {
		this.renderRoot.querySelector<HTMLElement>(this.alias ? 'select' : 'input')?.focus();
	}

	#choice(
		name: Exclude<keyof Draft, 'name'>,
		label: string,
		options: Readonly<Record<string, string>>,
	): TemplateResult {
		return html`<span class="field">
			<span aria-hidden="true">${label}</span>
			${selectControl({ label, value: this.draft[name], options, choose: value => this.#choose(name, value) })}
		</span>`;
	}

	#choose(name: keyof Draft, value: string): void {
		// Another model takes other efforts and tiers.
		const fresh = name === 'model' ? { effort: unset, tier: unset } : {};
		this.draft = { ...this.draft, ...fresh, [name]: value };
	}

	readonly #type = ({ target }: Event): void => {
		if (!(target instanceof HTMLInputElement)) return;
		this.draft = { ...this.draft, name: target.value.trim() };
		this.problem = null;
	};

	readonly #press = (event: KeyboardEvent): void => {
		if (event.key !== 'Escape' || event.isComposing) return;
		event.preventDefault();
		event.stopPropagation();
		this.end();
	};

	readonly #submit = (event: Event): void => {
		event.preventDefault();
		void this.#save();
	};

	readonly #save = async (): Promise<void> => {
		const { name, model, effort, tier, verbosity } = this.draft;
		if (this.isSaving) return;
		this.problem = this.#problemOf(name);
		if (this.problem !== null) {
			this.renderRoot.querySelector('input')?.focus();
			return;
		}
		const event = new PanelActionEvent({
			name: 'alias/set',
			params: {
				name,
				model,
				effort: effort === unset ? null : effort,
				tier: tier === unset ? null : tier,
				verbosity: verbosity === 'low' || verbosity === 'medium' || verbosity === 'high' ? verbosity : null,
			},
		});
		this.isSaving = true;
		this.dispatchEvent(event);
		const isDone = await event.outcome;
		this.isSaving = false;
		if (isDone === true) this.end();
	};

	#problemOf(name: string): string | null {
		if (!namePattern.test(name)) return text.aliasNameRule;
		return this.models.some(model => model.name === name) ? text.aliasIsModel(name) : null;
	}
}

customElements.define('pool-alias-form', AliasForm);

function optional(values: readonly string[], wordOf: (value: string) => string): Readonly<Record<string, string>> {
	return { [unset]: text.asRequested, ...Object.fromEntries(values.map(value => [value, wordOf(value)])) };
}
