import type { Vault } from '../../src/core/ports.js';

/** A vault that forgets everything with the test. */
export class MemoryVault implements Vault {
	/** Refuses to write while true. */
	failing = false;
	readonly #secrets: Map<string, string>;

	constructor(secrets: Iterable<readonly [name: string, secret: string]> = []) {
		this.#secrets = new Map(secrets);
	}

	/** What a test may look at directly. */
	get names(): string[] {
		return [...this.#secrets.keys()];
	}

	read(name: string): Promise<string | undefined> {
		return Promise.resolve(this.#secrets.get(name));
	}

	write(name: string, secret: string): Promise<void> {
		if (this.failing) return Promise.reject(new Error('The vault is locked.'));
		this.#secrets.set(name, secret);
		return Promise.resolve();
	}

	forget(name: string): Promise<void> {
		this.#secrets.delete(name);
		return Promise.resolve();
	}
}
