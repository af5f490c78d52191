import '@vscode-elements/elements/dist/vscode-badge/index.js';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { CreatedKey, KeyView } from '../../src/shared/keyApi.js';
import { noUsage } from '../../src/shared/noUsage.js';
import type { ModelView } from '../../src/shared/modelApi.js';
import type { UsageReport, UsageTotals } from '../../src/shared/usageApi.js';
import type { Loaded } from '../loaded.js';
import { SecretWishEvent } from '../panelAction.js';
import keysText from '../styles/keysTab.css';
import meterText from '../styles/meter.css';
import nameText from '../styles/namedRow.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { empty, notRead, skeleton } from './absent.js';
import './actionMenu.js';
import type { MenuItem } from './actionMenu.js';
import { FocusKeeper } from './focusKeeper.js';
import { icon } from './icon.js';
import './keyForm.js';
import { keyRow } from './keyRow.js';
import './keySecret.js';
import { raise } from './parts.js';

/** Stands among key ids for one that is not made yet. */
const newKey = '';

/** Who may use the pool: a key for each client, with its limits and its use. */
class KeysTab extends LitElement {
	static override readonly styles = [controls, sheet(meterText), sheet(nameText), sheet(keysText)];

	@property({ attribute: false }) accessor keys: Loaded<readonly KeyView[]> = { kind: 'loading' };
	/** By key, since midnight. */
	@property({ attribute: false }) accessor today: Loaded<UsageReport> = { kind: 'loading' };
	/** What a key can be narrowed to. */
	@property({ attribute: false }) accessor models: readonly ModelView[] = [];
	@property({ attribute: false }) accessor accounts: readonly AccountView[] = [];
	@property({ attribute: false }) accessor now = 0;
	/** Id of the key that is being edited. */
	@state() private accessor editing: string | null = null;
	/** The secret that was made last, until its user is done with it. */
	@state() private accessor made: CreatedKey | null = null;
	readonly #focusKeeper = new FocusKeeper(this);

	/** When what had the focus is gone. */
	override focus(): void {
		(this.#focusKeeper.neighbour ?? this.renderRoot.querySelector<HTMLElement>('#add'))?.focus();
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.made = null;
	}

	protected override render(): TemplateResult {
		return html`<section aria-labelledby="title">
			<div class="head">
				<h2 id="title">${text.keys}</h2>
				<vscode-button id="add" @click=${() => (this.editing = newKey)}>
					${icon('add', 'leading')}${text.addKey}
				</vscode-button>
			</div>
			<p class="dim hint">${text.keysHint}</p>
			${this.editing === newKey ? this.#form(null) : nothing} ${this.#secret()} ${this.#content()}
		</section>`;
	}

	#content(): TemplateResult {
		const { keys } = this;
		switch (keys.kind) {
			case 'loading':
				return skeleton(2, text.readingKeys);
			case 'failed':
				return notRead(text.keysFailed(keys.problem), 'keys');
			case 'ready':
				return keys.value.length === 0 ? empty(text.noKeys, text.noKeysBody) : this.#list(keys.value);
			default:
				return keys satisfies never;
		}
	}

	#list(keys: readonly KeyView[]): TemplateResult {
		return html`<ul class="rows keys">
			${repeat(
				keys,
				({ id }) => id,
				key =>
					this.editing === key.id
						? html`<li class="editing">${this.#form(key)}</li>`
						: keyRow({
								key,
								accounts: this.accounts,
								today: this.#todayOf(key),
								now: this.now,
								edit: () => (this.editing = key.id),
								menu: this.#menu(key),
							}),
			)}
		</ul>`;
	}

	#form(key: KeyView | null): TemplateResult {
		return html`<pool-key-form
			.models=${this.models}
			.accounts=${this.accounts}
			.key=${key}
			.end=${(made?: CreatedKey) => void this.#endEditing(made)}
		></pool-key-form>`;
	}

	#secret(): TemplateResult | typeof nothing {
		const { made } = this;
		if (!made) return nothing;
		const isDefault = this.#known.some(({ id, isDefault: is }) => is && id === made.id);
		return html`<pool-key-secret
			.made=${made}
			.isDefault=${isDefault}
			.forget=${() => void this.#forgetSecret(made.id)}
		></pool-key-secret>`;
	}

	get #known(): readonly KeyView[] {
		return this.keys.kind === 'ready' ? this.keys.value : [];
	}

	#todayOf({ id }: KeyView): UsageTotals | null {
		if (this.today.kind !== 'ready') return null;
		return this.today.value.rows.find(({ group }) => group === id) ?? noUsage;
	}

	#menu({ id: keyId, isDefault }: KeyView): readonly MenuItem[] {
		const copy: MenuItem = { icon: 'copy', label: text.copyKey, choose: raise({ name: 'key/copy' }) };
		return [
			// Of the others the pool keeps no secret.
			...(isDefault ? [copy] : []),
			{ icon: 'refresh', label: text.newSecret, choose: () => void this.#rotate(keyId) },
			{
				icon: 'trash',
				label: text.revokeKey,
				beginsGroup: true,
				choose: raise({ name: 'key/revoke', params: { keyId } }),
			},
		];
	}

	async #rotate(keyId: string): Promise<void> {
		const event = new SecretWishEvent({ name: 'key/rotate', params: { keyId } });
		this.dispatchEvent(event);
		const made = await event.secret;
		// Who has gone to another tab meanwhile will not see it.
		if (made && this.isConnected) this.made = made;
	}

	/** What had the focus is gone; what it led to is not. */
	async #endEditing(made?: CreatedKey): Promise<void> {
		const { editing } = this;
		this.editing = null;
		if (made && this.isConnected) this.made = made;
		else await this.#focusKey(editing ?? newKey);
	}

	async #forgetSecret(keyId: string): Promise<void> {
		this.made = null;
		await this.#focusKey(keyId);
	}

	async #focusKey(keyId: string): Promise<void> {
		await this.updateComplete;
		const button = this.renderRoot.querySelector<HTMLElement>(`#${CSS.escape(`key-${keyId}`)} .icon-button`);
		(button ?? this).focus();
	}
}

customElements.define('pool-keys', KeysTab);
