import type { CreatedKey, CreateKey, KeyChange, KeyView } from '../../shared/keyApi.js';
import type { PoolParts } from '../poolParts.js';

/** What a face can ask about pool keys. */
export class KeyControl {
	constructor(private readonly parts: PoolParts) {}

	list(): KeyView[] {
		return this.parts.keys.list();
	}

	async create(wanted: CreateKey): Promise<CreatedKey> {
		await this.parts.offer.refuseUnknown(wanted.models ?? []);
		const created = this.parts.keys.create(wanted);
		this.#changed('key created', created.id);
		return created;
	}

	/** A model that is gone may stay in a scope; only a new name must be known. */
	async change(keyId: string, change: KeyChange): Promise<KeyView> {
		const { keys, offer } = this.parts;
		const known = keys.get(keyId).models;
		await offer.refuseUnknown((change.models ?? []).filter(name => !known?.has(name)));
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

	#changed(event: string, keyId: string): void {
		this.parts.log.info(event, { keyId });
		this.parts.changed();
	}
}
