import type { CreatedKey, CreateKey, KeyChange, KeyView } from '../../shared/keyApi.js';
import type { PoolParts } from '../poolParts.js';

/** What a face can ask about pool keys. */
export class KeyControl {
	constructor(private readonly parts: PoolParts) {}

	list(): KeyView[] {
		return this.parts.keys.list();
	}

	async create(wanted: CreateKey): Promise<CreatedKey> {
		this.#refuseUnknownAccounts(wanted.accountIds ?? []);
		await this.parts.offer.refuseUnknown(wanted.models ?? []);
		const created = this.parts.keys.create(wanted);
		this.#changed('key created', created.id);
		return created;
	}

	/** A model or an account that is gone may stay; only a new one must be known. */
	async change(keyId: string, change: KeyChange): Promise<KeyView> {
		const { keys, offer } = this.parts;
		const { models, accountIds } = keys.get(keyId);
		this.#refuseUnknownAccounts((change.accountIds ?? []).filter(id => !accountIds?.has(id)));
		await offer.refuseUnknown((change.models ?? []).filter(name => !models?.has(name)));
		const changed = keys.change(keyId, change);
		this.#changed('key changed', keyId);
		return changed;
	}

	async rotate(keyId: string): Promise<CreatedKey> {
		const created = await this.parts.keys.rotate(keyId);
		this.#changed('key rotated', keyId);
		return created;
	}

	revoke(keyId: string): void {
		this.parts.keys.revoke(keyId);
		this.#changed('key revoked', keyId);
	}

	revealDefault(): Promise<CreatedKey> {
		return this.parts.keys.revealDefault();
	}

	#refuseUnknownAccounts(accountIds: readonly string[]): void {
		for (const id of accountIds) this.parts.accounts.get(id);
	}

	#changed(event: string, keyId: string): void {
		this.parts.log.info(event, { keyId });
		// Its scope may be another, or gone.
		this.parts.feed.modelsChanged();
		this.parts.changed();
	}
}
