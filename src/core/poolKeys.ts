import { hash, timingSafeEqual } from 'node:crypto';
import type { CreatedKey, KeyView } from '../shared/keyApi.js';
import { PoolError } from '../shared/poolError.js';
import type { Clock, KeyRow, Store, Vault } from './ports.js';
import { SingleFlight } from './singleFlight.js';

interface Key {
	row: KeyRow;
	readonly hash: Buffer;
}

const defaultKeyId = 'key_default';
const defaultKeySecret = 'pool-key/default';
/** `last used` is for people: it need not be written for every request. */
const lastUsedStepMs = 60_000;

/** The keys that clients send. Only hashes are kept; the default key rests in the vault so that it can be copied again. */
export class PoolKeys {
	readonly #keys = new Map<string, Key>();
	readonly #reveals = new SingleFlight<typeof defaultKeyId, CreatedKey>();

	constructor(
		private readonly store: Store,
		private readonly vault: Vault,
		private readonly clock: Clock,
		/** 32 random bytes, base64url, with the `cpk_` prefix. */
		private readonly newSecret: () => string,
	) {
		for (const row of store.loadKeys()) this.#keys.set(row.id, { row, hash: Buffer.from(row.hash, 'hex') });
	}

	/** The id of the key, or undefined. Constant time in the secret: hashes are compared, all of them. */
	accept(secret: string): string | undefined {
		const hash = sha256(secret);
		let accepted: Key | undefined;
		for (const key of this.#keys.values()) {
			if (timingSafeEqual(key.hash, hash)) accepted = key;
		}
		if (!accepted) return undefined;
		const now = this.clock.now();
		if (now - (accepted.row.lastUsedAt ?? 0) >= lastUsedStepMs) {
			accepted.row = { ...accepted.row, lastUsedAt: now };
			this.store.saveKey(accepted.row);
		}
		return accepted.row.id;
	}

	list(): KeyView[] {
		return [...this.#keys.values()].map(({ row: { id, name, createdAt, lastUsedAt } }) => ({
			id,
			name,
			createdAt,
			lastUsedAt,
		}));
	}

	create(name: string): CreatedKey {
		const key = this.newSecret();
		const id = `key_${sha256(key).toString('hex').slice(0, 12)}`;
		this.#add(id, name, key);
		return { id, name, key };
	}

	revoke(keyId: string): void {
		if (!this.#keys.delete(keyId)) throw new PoolError('key_not_found', `There is no key "${keyId}".`);
		this.store.removeKey(keyId);
	}

	/** The key that *Copy Pool Key* copies. Made on first need, and again when the vault has lost it. */
	revealDefault(): Promise<CreatedKey> {
		return this.#reveals.run(defaultKeyId, () => this.#readOrMakeDefault());
	}

	async #readOrMakeDefault(): Promise<CreatedKey> {
		const secret = await this.vault.read(defaultKeySecret);
		const known = this.#keys.get(defaultKeyId);
		if (secret !== undefined && known && timingSafeEqual(known.hash, sha256(secret))) {
			return { id: defaultKeyId, name: known.row.name, key: secret };
		}
		const key = this.newSecret();
		await this.vault.write(defaultKeySecret, key);
		this.#add(defaultKeyId, 'Default', key);
		return { id: defaultKeyId, name: 'Default', key };
	}

	#add(id: string, name: string, secret: string): void {
		const hash = sha256(secret);
		const row = { id, name, hash: hash.toString('hex'), createdAt: this.clock.now(), lastUsedAt: null };
		this.#keys.set(id, { row, hash });
		this.store.saveKey(row);
	}
}

function sha256(text: string): Buffer {
	return hash('sha256', text, 'buffer');
}
