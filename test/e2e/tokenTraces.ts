import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimulatedAccount } from '../support/upstream/accounts.js';

/** Looks for tokens where none may be: every token that there was at some time. */
export class TokenTraces {
	readonly #secrets = new Set<string>();

	note(accounts: readonly SimulatedAccount[]): void {
		for (const { tokens } of accounts) {
			if (tokens === undefined) continue;
			// The middle of a JWT alone tells whose it is.
			for (const token of [tokens.accessToken, tokens.idToken]) this.#secrets.add(token.split('.')[1] ?? token);
			this.#secrets.add(tokens.refreshToken);
		}
	}

	/** The files that hold one, as text, base64 or hex. */
	async filesBelow(folder: string): Promise<string[]> {
		const forms = [...this.#secrets].flatMap(secret => {
			const bytes = Buffer.from(secret);
			return [secret, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('hex')];
		});
		const entries = await readdir(folder, { recursive: true, withFileTypes: true });
		const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
		const found: string[] = [];
		for (const file of files) {
			const bytes = await readFile(file);
			if (forms.some(form => bytes.includes(form))) found.push(file);
		}
		return found;
	}
}
