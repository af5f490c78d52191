import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import type { Clock } from '../core/ports.js';
import { SingleFlight } from '../core/singleFlight.js';
import { PoolError } from '../shared/poolError.js';
import type { IssuerConnection } from './issuerConnection.js';
import { parseJson } from './smallExchange.js';

/** Where the issuer publishes them, as its discovery document says. */
const keysPath = '/.well-known/jwks.json';
const timeoutMs = 8_000;
/** A key that the issuer has withdrawn is trusted no longer than this. */
const trustedMs = 60 * 60_000;
/** Anybody can make up a key id. It costs the issuer no more than one question in this time. */
const unknownPauseMs = 60_000;
/** The same, while the issuer does not answer. */
const failedPauseMs = 5_000;

/** RSA keys for signatures alone: with no other kind here, no other kind can be talked into. */
const keySchema = z
	.object({
		kty: z.literal('RSA'),
		kid: z.string().min(1),
		n: z.string(),
		e: z.string(),
		use: z.literal('sig').optional(),
		alg: z.literal('RS256').optional(),
	})
	.transform(({ kty, kid, n, e }) => ({ kty, kid, n, e, use: 'sig', alg: 'RS256' }));
const keySetSchema = z.object({ keys: z.array(z.unknown()) });

interface KeySet {
	readonly ids: ReadonlySet<string>;
	readonly resolve: JWTVerifyGetKey;
	readonly fetchedAt: number;
}

/** The public keys of the issuer, by which its tokens are known. */
export class IssuerKeys {
	readonly #flight = new SingleFlight<typeof keysPath, KeySet>();
	#known: KeySet | undefined;
	#failedAt = -Infinity;

	constructor(
		private readonly issuer: Pick<IssuerConnection, 'getJson'>,
		private readonly clock: Pick<Clock, 'now'>,
	) {}

	/** Undefined when the issuer has no such key. Rejects with `issuer_unreachable`. */
	async find(keyId: string): Promise<JWTVerifyGetKey | undefined> {
		const known = this.#known;
		const age = this.#since(known?.fetchedAt ?? -Infinity);
		if (known && age < trustedMs && known.ids.has(keyId)) return known.resolve;
		if (known && age < unknownPauseMs) return undefined;
		const { ids, resolve } = await this.#flight.run(keysPath, () => this.#fetch());
		return ids.has(keyId) ? resolve : undefined;
	}

	/** A time that lies ahead was noted while the clock was wrong: nobody knows how long ago it is. */
	#since(at: number): number {
		const now = this.clock.now();
		return at > now ? Infinity : now - at;
	}

	async #fetch(): Promise<KeySet> {
		if (this.#since(this.#failedAt) < failedPauseMs) throw unreachable();
		const now = this.clock.now();
		const outcome = await this.issuer.getJson(keysPath, { timeoutMs });
		const keys = outcome.kind === 'replied' && outcome.status === 200 ? readKeys(outcome.text) : [];
		if (keys.length === 0) {
			this.#failedAt = now;
			throw unreachable();
		}
		this.#known = { ids: new Set(keys.map(({ kid }) => kid)), resolve: createLocalJWKSet({ keys }), fetchedAt: now };
		return this.#known;
	}
}

function readKeys(text: string): z.infer<typeof keySchema>[] {
	const { data } = keySetSchema.safeParse(parseJson(text));
	return (data?.keys ?? []).flatMap(key => keySchema.safeParse(key).data ?? []);
}

function unreachable(): PoolError {
	return new PoolError(
		'issuer_unreachable',
		'The sign-in service does not answer, so this ChatGPT login cannot be checked. Try again in a moment.',
	);
}
