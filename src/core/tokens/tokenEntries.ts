import * as z from 'zod';
import { PoolError } from '../../shared/poolError.js';
import type { TokenSet } from '../issuerPort.js';
import type { Vault } from '../ports.js';

/** An account's tokens as they rest in the vault. */
export interface TokenEntry extends TokenSet {
	/** Grows by one at every rotation. */
	readonly generation: number;
}

const entrySchema = z.object({
	generation: z.number().int(),
	accessToken: z.string(),
	refreshToken: z.string(),
	idToken: z.string().nullable(),
});
const showingSchema = z.object({
	generation: z.number().int(),
	at: z.number(),
	by: z.string(),
	/** The issuer's code when it has refused the token for good; null when no answer has come. */
	refused: z.string().nullable(),
});

/** That the refresh token of a generation was shown to the issuer, and no new pair has come of it. */
export type Showing = z.infer<typeof showingSchema>;

/**
 * The vault's part about tokens. Beside each pair it notes when the pair's refresh token was shown to the issuer: the
 * note outlives a crash and is read by other windows, and a vault that cannot take it says so before a token is spent.
 */
export class TokenEntries {
	constructor(private readonly vault: Vault) {}

	/** Undefined when there is none, or a damaged one: the account then asks for a new sign-in. */
	async read(accountId: string): Promise<TokenEntry | undefined> {
		return parse(entrySchema, await this.#read(pairName(accountId)));
	}

	write(accountId: string, { generation, accessToken, refreshToken, idToken }: TokenEntry): Promise<void> {
		return this.#write(pairName(accountId), { generation, accessToken, refreshToken, idToken });
	}

	/** Undefined when the pair of this generation has not been shown. */
	async showing(accountId: string, generation: number): Promise<Showing | undefined> {
		const showing = parse(showingSchema, await this.#read(showingName(accountId)));
		return showing?.generation === generation ? showing : undefined;
	}

	noteShowing(accountId: string, showing: Showing): Promise<void> {
		return this.#write(showingName(accountId), showing);
	}

	/** A note that stays behind by mistake only makes the next refresh more careful. */
	async forgetShowing(accountId: string): Promise<void> {
		await this.vault.forget(showingName(accountId)).catch(() => undefined);
	}

	async forget(accountId: string): Promise<void> {
		await this.forgetShowing(accountId);
		await this.vault.forget(pairName(accountId));
	}

	async #read(name: string): Promise<string | undefined> {
		try {
			return await this.vault.read(name);
		} catch (error) {
			throw new PoolError('vault_failed', 'The secret storage could not be read. See the log for the reason.', {
				cause: error,
			});
		}
	}

	async #write(name: string, value: unknown): Promise<void> {
		try {
			await this.vault.write(name, JSON.stringify(value));
		} catch (error) {
			throw new PoolError('vault_failed', 'The secret storage refused the new tokens. See the log for the reason.', {
				cause: error,
			});
		}
	}
}

function pairName(accountId: string): string {
	return `account/${accountId}`;
}

function showingName(accountId: string): string {
	return `shown/${accountId}`;
}

function parse<T>(schema: z.ZodType<T>, secret: string | undefined): T | undefined {
	if (secret === undefined) return undefined;
	try {
		return schema.parse(JSON.parse(secret));
	} catch {
		// A damaged entry is as good as none.
		return undefined;
	}
}
