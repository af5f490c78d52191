import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TokenKeepAlive } from '../../src/core/tokenKeepAlive.js';
import { TokenKeeper } from '../../src/core/tokenKeeper.js';
import type { RefreshOutcome } from '../../src/core/ports.js';
import { CorePool } from '../support/corePool.js';

const hour = 3_600_000;
const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

type Fault = 'none' | 'not_sent' | 'lost_reply' | 'http_500' | 'revoked' | 'vault';
type Step = {
	readonly kind: 'use' | 'refused' | 'restart' | 'keep_alive';
	readonly account: number;
	readonly fault: Fault;
};

/** The provider's side: each refresh token works once, and the newest pair is the only one that does. */
class StrictIssuer {
	readonly usedTwice: string[] = [];
	readonly #current = new Map<string, string>();
	readonly #used = new Set<string>();
	readonly #revoked = new Set<string>();
	#count = 0;
	fault: Fault = 'none';

	constructor(
		readonly access: () => string,
		initial: readonly string[],
	) {
		for (const id of initial) this.#current.set(id, `rt-${id}-1`);
	}

	refresh(refreshToken: string): RefreshOutcome {
		const id = refreshToken.split('-')[1] ?? '';
		if (this.fault === 'not_sent') return { kind: 'transient', code: 'ECONNREFUSED', sent: false };
		if (this.fault === 'revoked') this.#revoked.add(id);
		if (this.#revoked.has(id)) return { kind: 'permanent', code: 'refresh_token_invalidated' };
		if (this.fault === 'http_500') return { kind: 'transient', code: 'http_500', sent: true };
		if (this.#used.has(refreshToken)) {
			this.usedTwice.push(refreshToken);
			return { kind: 'permanent', code: 'refresh_token_reused' };
		}
		assert.equal(refreshToken, this.#current.get(id));
		this.#used.add(refreshToken);
		const next = `rt-${id}-${++this.#count + 1}`;
		this.#current.set(id, next);
		// The reply is lost on its way: the old token is spent and nobody has the new one.
		if (this.fault === 'lost_reply') return { kind: 'transient', code: 'ECONNRESET', sent: true };
		return { kind: 'rotated', tokens: { accessToken: this.access(), refreshToken: next } };
	}
}

describe('a week of ten accounts', () => {
	const step = fc.record<Step>({
		kind: fc.constantFrom('use', 'use', 'use', 'refused', 'keep_alive', 'restart'),
		account: fc.nat(ids.length - 1),
		fault: fc.constantFrom<Fault[]>(
			'none',
			'none',
			'none',
			'none',
			'not_sent',
			'lost_reply',
			'http_500',
			'revoked',
			'vault',
		),
	});

	it('ends with every account healthy or clearly asking for sign-in, and no token refreshed twice unless its reply was lost', async function () {
		this.timeout(60_000);
		await fc.assert(
			fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 120 }), async steps => {
				const pool = await CorePool.of(...ids);
				const issuer = new StrictIssuer(() => pool.jwt(8 * hour), ids);
				pool.issuer.onRefresh = refreshToken => issuer.refresh(refreshToken);
				let tokens = pool.tokens;
				let lostReplies = 0;

				for (const { kind, account, fault } of steps) {
					const id = ids[account] ?? 'a';
					issuer.fault = fault;
					pool.vault.failing = fault === 'vault';
					if (fault === 'lost_reply') lostReplies++;
					const callers = kind === 'use' || kind === 'refused' ? 5 : 0;
					const asks = Array.from({ length: callers }, async () => {
						if (kind !== 'refused') return tokens.access(id);
						const { accessToken } = await tokens.access(id);
						return tokens.replace(id, accessToken);
					});
					await Promise.allSettled(asks);
					if (kind === 'keep_alive') {
						await new TokenKeepAlive(pool.accounts, tokens, pool.clock, pool.log, () => 0.5).renewOldest();
					}
					await tokens.settled();
					issuer.fault = 'none';
					pool.vault.failing = false;
					if (kind === 'restart') {
						// What a closing pool does first: nothing that was rotated may be lost.
						await Promise.allSettled(ids.map(async each => tokens.access(each)));
						await tokens.settled();
						tokens = new TokenKeeper(pool.accounts, pool.vault, pool.issuer, pool.clock, pool.log);
					}
					await pool.clock.advance(2 * hour);
				}

				await Promise.allSettled(ids.map(async id => tokens.access(id)));
				await tokens.settled();
				for (const id of ids) {
					const { state, stateReason } = pool.accounts.get(id);
					if (state === 'needs_sign_in') assert.ok(stateReason, `${id} says why`);
					else await assert.doesNotReject(async () => tokens.access(id), `${id} is ${state}`);
				}
				// A lost reply spends a token unseen: showing it once more is the only way to learn that.
				assert.ok(
					issuer.usedTwice.length <= lostReplies,
					`${issuer.usedTwice.length} reuses, ${lostReplies} lost replies`,
				);
				assert.equal(new Set(issuer.usedTwice).size, issuer.usedTwice.length);
			}),
			{ numRuns: 300 },
		);
	});
});
