import { hash, timingSafeEqual } from 'node:crypto';
import { ownLoginKeyId, type CreatedKey, type CreateKey, type KeyChange, type KeyView } from '../../shared/keyApi.js';
import { PoolError } from '../../shared/poolError.js';
import type { KeyBudgets } from './keyBudgets.js';
import type { Clock, Vault } from '../ports.js';
import type { KeyRow, Store } from '../storePort.js';

/** What a request needs to know of its key. */
export interface PoolKey {
	readonly id: string;
	readonly name: string;
	/** The names that may be asked for; null for all. */
	readonly models: ReadonlySet<string> | null;
	/** The accounts that may serve; null for all. */
	readonly accountIds: ReadonlySet<string> | null;
}

interface Key extends PoolKey {
	row: KeyRow;
	readonly hash: Buffer;
}

export interface PoolKeysParts {
	readonly store: Pick<Store, 'loadKeys' | 'saveKey' | 'replaceKey' | 'removeKey'>;
	readonly vault: Vault;
	readonly budgets: KeyBudgets;
	readonly clock: Pick<Clock, 'now'>;
	/** 32 random bytes, base64url, with the `cpk_` prefix. */
	readonly newSecret: () => string;
	/** A secret of this key has just stopped: whoever came in with it must go. */
	readonly secretEnded: (keyId: string) => void;
}

/** A login that stands for a key is one of the user's own accounts: nothing is kept from it. */
const ownLogin: PoolKey = { id: ownLoginKeyId, name: 'ChatGPT login', models: null, accountIds: null };
const defaultKeyId = 'key_default';
const defaultKeySecret = 'pool-key/default';
/** `cpk_` and four characters: enough to tell keys apart, and 39 of 43 are left to guess. */
const prefixLength = 8;
/** `last used` is for people: it need not be written for every request. */
const lastUsedStepMs = 60_000;

/** The keys that clients send. Only hashes are kept; the default key rests in the vault so that it can be copied again. */
export class PoolKeys {
	readonly #keys = new Map<string, Key>();
	/** The default secret lies in two places, so whoever reads or changes it does so alone. */
	#lastTurn: Promise<unknown> = Promise.resolve();

	constructor(private readonly parts: PoolKeysParts) {
		for (const row of parts.store.loadKeys()) this.#keep(row);
		for (const { row } of this.#keys.values()) parts.budgets.set(row.id, row.budget);
	}

	/** The id of the key, or undefined. Constant time in the secret: hashes are compared, all of them. */
	accept(secret: string): string | undefined {
		const given = sha256(secret);
		let accepted: Key | undefined;
		for (const key of this.#keys.values()) {
			if (timingSafeEqual(key.hash, given)) accepted = key;
		}
		if (!accepted) return undefined;
		const now = this.parts.clock.now();
		if (now - (accepted.row.lastUsedAt ?? 0) >= lastUsedStepMs) {
			accepted.row = { ...accepted.row, lastUsedAt: now };
			this.parts.store.saveKey(accepted.row);
		}
		return accepted.id;
	}

	find(keyId: string): PoolKey | undefined {
		return keyId === ownLoginKeyId ? ownLogin : this.#keys.get(keyId);
	}

	get(keyId: string): PoolKey {
		return this.find(keyId) ?? this.#get(keyId);
	}

	list(): KeyView[] {
		return [...this.#keys.values()].map(({ row }) => this.#view(row));
	}

	create({ name, models = null, accountIds = null, budget = null }: CreateKey): CreatedKey {
		const key = this.parts.newSecret();
		const id = `key_${sha256(key).toString('hex').slice(0, 12)}`;
		this.#begin({ id, name, models, accountIds, budget }, key);
		return { id, name, key };
	}

	/** What is not named stays. */
	change(keyId: string, { name, models, accountIds, budget }: KeyChange): KeyView {
		const { row } = this.#get(keyId);
		const changed = {
			...row,
			...(name !== undefined && { name }),
			...(models !== undefined && { models }),
			...(accountIds !== undefined && { accountIds }),
			...(budget !== undefined && { budget }),
		};
		if (budget !== undefined) this.parts.budgets.set(keyId, budget);
		this.#keep(changed);
		this.parts.store.saveKey(changed);
		return this.#view(changed);
	}

	/** A new secret for the same key; the old one stops at once. The default key's is in the vault by then. */
	async rotate(keyId: string): Promise<CreatedKey> {
		const { row } = this.#get(keyId);
		const key = this.parts.newSecret();
		if (keyId !== defaultKeyId) return this.#renew(row, key);
		return this.#inTurn(async () => {
			await this.parts.vault.write(defaultKeySecret, key);
			// It may have been renamed or revoked meanwhile.
			return this.#renew(this.#get(keyId).row, key);
		});
	}

	revoke(keyId: string): void {
		this.#get(keyId);
		this.#keys.delete(keyId);
		this.parts.budgets.set(keyId, null);
		this.parts.store.removeKey(keyId);
		this.parts.secretEnded(keyId);
	}

	/** The key that *Copy Pool Key* copies. Made on first need, and again when the vault has lost it. */
	revealDefault(): Promise<CreatedKey> {
		return this.#inTurn(async () => {
			const { vault, newSecret } = this.parts;
			const secret = await vault.read(defaultKeySecret);
			const known = this.#keys.get(defaultKeyId);
			if (secret !== undefined && known && timingSafeEqual(known.hash, sha256(secret))) {
				if (known.row.prefix === null) this.#savePrefix(known.row, secret);
				return { id: known.id, name: known.name, key: secret };
			}
			const key = newSecret();
			await vault.write(defaultKeySecret, key);
			const current = this.#keys.get(defaultKeyId);
			if (current) return this.#renew(current.row, key);
			this.#begin({ id: defaultKeyId, name: 'Default', models: null, accountIds: null, budget: null }, key);
			return { id: defaultKeyId, name: 'Default', key };
		});
	}

	/** Of a key from before prefixes were kept, at the first chance to know it. */
	#savePrefix(row: KeyRow, secret: string): void {
		const changed = { ...row, prefix: secret.slice(0, prefixLength) };
		this.#keep(changed);
		this.parts.store.saveKey(changed);
	}

	#begin(key: Pick<KeyRow, 'id' | 'name' | 'models' | 'accountIds' | 'budget'>, secret: string): void {
		const row = { ...key, createdAt: this.parts.clock.now(), lastUsedAt: null, ...marksOf(secret) };
		this.parts.budgets.set(row.id, row.budget);
		this.#keep(row);
		this.parts.store.saveKey(row);
	}

	#renew(row: KeyRow, secret: string): CreatedKey {
		const renewed = { ...row, ...marksOf(secret), lastUsedAt: null };
		this.parts.store.replaceKey(renewed);
		this.#keep(renewed);
		this.parts.secretEnded(row.id);
		return { id: row.id, name: row.name, key: secret };
	}

	#keep(row: KeyRow): void {
		const { id, name, models, accountIds } = row;
		this.#keys.set(id, {
			id,
			name,
			models: models && new Set(models),
			accountIds: accountIds && new Set(accountIds),
			row,
			hash: Buffer.from(row.hash, 'hex'),
		});
	}

	#get(keyId: string): Key {
		const key = this.#keys.get(keyId);
		if (key) return key;
		// It is not repeated: a secret is easily taken for an id.
		throw new PoolError('key_not_found', 'There is no key with this id.');
	}

	#view({ id, name, prefix, createdAt, lastUsedAt, models, accountIds }: KeyRow): KeyView {
		return {
			id,
			name,
			prefix,
			isDefault: id === defaultKeyId,
			createdAt,
			lastUsedAt,
			models: models && [...models],
			accountIds: accountIds && [...accountIds],
			budget: this.parts.budgets.read(id) ?? null,
		};
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const turn = this.#lastTurn.then(work);
		this.#lastTurn = turn.catch(() => undefined);
		return turn;
	}
}

/** What is kept of a secret. */
function marksOf(secret: string): Pick<KeyRow, 'hash' | 'prefix'> {
	return { hash: sha256(secret).toString('hex'), prefix: secret.slice(0, prefixLength) };
}

function sha256(text: string): Buffer {
	return hash('sha256', text, 'buffer');
}
