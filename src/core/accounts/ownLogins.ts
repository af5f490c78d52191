import { hash } from 'node:crypto';
import { ownLoginKeyId } from '../../shared/keyApi.js';
import { PoolError } from '../../shared/poolError.js';
import type { AccountBook } from './accountBook.js';
import { readIdentity } from './identity.js';
import type { LoginVerifier } from '../issuerPort.js';
import type { Clock } from '../ports.js';

interface Login {
	readonly accountId: string;
	readonly expiresAt: number;
}

/** Far more than one user's programs show between two restarts. */
const rememberedLogins = 1000;

/**
 * ChatGPT logins that stand for a pool key: those of accounts in this pool, where the user allows it. A login is proven
 * once and known by its hash until it expires; whether its account is in the pool is asked every time.
 */
export class OwnLogins {
	readonly #proven = new Map<string, Login>();

	constructor(
		private readonly accounts: Pick<AccountBook, 'find'>,
		private readonly verifier: LoginVerifier,
		private readonly clock: Pick<Clock, 'now'>,
	) {}

	/** What counts as its key. Rejects with `login_rejected`, `login_expired` or `issuer_unreachable`. */
	async admit(accessToken: string): Promise<typeof ownLoginKeyId> {
		const fingerprint = hash('sha256', accessToken, 'base64');
		const { accountId, expiresAt } = this.#proven.get(fingerprint) ?? (await this.#prove(accessToken, fingerprint));
		if (expiresAt <= this.clock.now()) {
			this.#proven.delete(fingerprint);
			throw expired();
		}
		if (this.accounts.find(accountId)) return ownLoginKeyId;
		throw new PoolError(
			'login_rejected',
			'The account of this ChatGPT login is not in the pool. Add it, or use a pool key: run "Codex Pool: Configure Codex".',
		);
	}

	async #prove(accessToken: string, fingerprint: string): Promise<Login> {
		const proof = await this.verifier.verify(accessToken);
		switch (proof.kind) {
			case 'proven': {
				const login = { accountId: accountIdOf(accessToken), expiresAt: proof.expiresAt };
				const [oldest] = this.#proven.keys();
				if (oldest !== undefined && this.#proven.size >= rememberedLogins) this.#proven.delete(oldest);
				this.#proven.set(fingerprint, login);
				return login;
			}
			case 'expired':
				throw expired();
			case 'refused':
				throw unknownLogin();
			default:
				return proof satisfies never;
		}
	}
}

function accountIdOf(accessToken: string): string {
	try {
		return readIdentity({ accessToken, idToken: null }).accountId;
	} catch (cause) {
		throw unknownLogin({ cause });
	}
}

function expired(): PoolError {
	return new PoolError('login_expired', 'This ChatGPT login has expired. Let Codex renew it, or sign in again there.');
}

function unknownLogin(options?: { readonly cause: unknown }): PoolError {
	return new PoolError(
		'login_rejected',
		'This bearer is neither a pool key nor a Codex login that can be trusted. Run "Codex Pool: Configure Codex".',
		options,
	);
}
