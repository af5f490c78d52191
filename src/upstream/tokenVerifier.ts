import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { LoginProof, LoginVerifier } from '../core/issuerPort.js';
import type { Clock } from '../core/ports.js';
import { codexClientId, IssuerConnection, type IssuerConnectionOptions } from './issuerConnection.js';
import { IssuerKeys } from './issuerKeys.js';

/** For whom the issuer writes access tokens. Its identity tokens are for the client instead. */
const audience = 'https://api.openai.com/v1';
/** A token of this very moment is good although this machine's clock is behind. */
const clockToleranceSeconds = 30;
const refused: LoginProof = { kind: 'refused' };

export interface TokenVerifierOptions extends IssuerConnectionOptions {
	readonly clock: Clock;
}

/**
 * Checks access tokens by the issuer's signature. Only RS256, which is the one its discovery document names: a token
 * does not choose how it is checked.
 */
export class TokenVerifier implements LoginVerifier {
	readonly #issuer: IssuerConnection;
	readonly #keys: IssuerKeys;
	readonly #clock: Clock;

	constructor(options: TokenVerifierOptions) {
		this.#issuer = new IssuerConnection(options);
		this.#keys = new IssuerKeys(this.#issuer, options.clock);
		this.#clock = options.clock;
	}

	async verify(accessToken: string): Promise<LoginProof> {
		const keyId = keyIdOf(accessToken);
		const key = keyId === undefined ? undefined : await this.#keys.find(keyId);
		if (!key) return refused;
		try {
			const { payload } = await jwtVerify<{ readonly client_id?: unknown }>(accessToken, key, {
				algorithms: ['RS256'],
				issuer: this.#issuer.address,
				audience,
				requiredClaims: ['exp'],
				clockTolerance: clockToleranceSeconds,
				currentDate: new Date(this.#clock.now()),
			});
			// Other programs that a user signs in to with ChatGPT get tokens for the same audience.
			if (payload.client_id !== codexClientId || payload.exp === undefined) return refused;
			return { kind: 'proven', expiresAt: payload.exp * 1000 };
		} catch (error) {
			return error instanceof errors.JWTExpired ? { kind: 'expired' } : refused;
		}
	}

	/** Breaks what still waits for the issuer. Repeatable. */
	async close(): Promise<void> {
		await this.#issuer.close();
	}
}

/** The key that a token says it is signed with; undefined for everything that need not be looked at any further. */
function keyIdOf(token: string): string | undefined {
	try {
		const { alg, kid } = decodeProtectedHeader(token);
		return alg === 'RS256' ? kid : undefined;
	} catch {
		return undefined; // No token at all.
	}
}
