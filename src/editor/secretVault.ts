/** The part of the editor's SecretStorage that the vault needs. */
export interface SecretStore {
	get(key: string): PromiseLike<string | undefined>;
	store(key: string, secret: string): PromiseLike<void>;
	delete(key: string): PromiseLike<void>;
}

const prefix = 'codexPool.vault.';

/** Serves the runtime's vault from the editor's secret storage. */
export class SecretVault {
	readonly #secrets: SecretStore;

	constructor(secrets: SecretStore) {
		this.#secrets = secrets;
	}

	async read(name: string): Promise<string | undefined> {
		return await this.#secrets.get(prefix + name);
	}

	async write(name: string, secret: string): Promise<void> {
		await this.#secrets.store(prefix + name, secret);
	}

	async forget(name: string): Promise<void> {
		await this.#secrets.delete(prefix + name);
	}
}
