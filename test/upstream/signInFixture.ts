import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { inspect } from 'node:util';
import type { AcceptTokens, PendingSignIn, TokenSet } from '../../src/core/issuerPort.js';
import { PoolError } from '../../src/shared/poolError.js';
import { OpenAiIssuer, type OpenAiIssuerOptions } from '../../src/upstream/openaiIssuer.js';
import { FakeClock, settle } from '../support/fakeClock.js';
import type { SimulatedAccount } from '../support/upstream/accounts.js';
import { startUpstream, type Upstream, type UpstreamOptions } from '../support/upstream/startUpstream.js';
import { direct } from './upstreamFixture.js';

/** A simulated issuer, time that stands still, and sign-ins whose tokens are kept to be looked at. */
export class SignInFixture {
	readonly clock = new FakeClock();
	/** The tokens of every sign-in that succeeded, in order. */
	readonly accepted: TokenSet[] = [];
	/** Whoever signs in, unless somebody else is named. */
	readonly account: SimulatedAccount;
	readonly #issuers: OpenAiIssuer[] = [];

	private constructor(readonly upstream: Upstream) {
		this.account = upstream.addAccount();
	}

	static async open(options: UpstreamOptions = {}): Promise<SignInFixture> {
		return new SignInFixture(await startUpstream(options));
	}

	readonly accept: AcceptTokens = tokens => {
		this.accepted.push(tokens);
		return Promise.resolve(`Account ${this.accepted.length} is in the pool.`);
	};

	issuer(options: Partial<OpenAiIssuerOptions> = {}): OpenAiIssuer {
		const issuer = new OpenAiIssuer({
			url: new URL(this.upstream.issuerUrl),
			network: direct,
			version: '1.2.3',
			clock: this.clock,
			...options,
		});
		this.#issuers.push(issuer);
		return issuer;
	}

	/** How often a path of the issuer was asked. */
	count(path: string): number {
		return this.upstream.requests.filter(request => request.path === path).length;
	}

	async close(): Promise<void> {
		await Promise.all(this.#issuers.splice(0).map(issuer => issuer.close()));
		await this.upstream.close();
		assert.deepEqual(this.upstream.violations, []);
		assert.equal(this.clock.waiting, 0, 'a timer was left behind');
	}
}

/** Other tests on this machine may hold the two ports for a moment: waits until one of them lets go. */
export async function startOnCodexPorts(issuer: OpenAiIssuer, accept: AcceptTokens): Promise<PendingSignIn> {
	for (;;) {
		try {
			return await issuer.startSignIn('browser', accept);
		} catch (thrown) {
			if (!(thrown instanceof PoolError) || thrown.code !== 'sign_in_port_busy') throw thrown;
			const holder = connect(1455, '127.0.0.1').on('error', () => undefined);
			await once(holder.resume(), 'close');
		}
	}
}

/** Nothing that was shown or thrown holds a token of the account. */
export function assertHidesTokens(shown: unknown, { tokens }: SimulatedAccount): void {
	const text = typeof shown === 'string' ? shown : inspect(shown, { depth: 10, showHidden: true });
	const secrets = Object.values(tokens ?? {}) as string[];
	assert.equal(secrets.length, 3);
	assert.ok(secrets.every(secret => secret !== '' && !text.includes(secret)));
}

/** Resolves when so many timers wait. */
export async function untilWaiting(clock: FakeClock, timers: number): Promise<void> {
	while (clock.waiting !== timers) await settle();
}
