import type { RefreshOutcome } from '../../src/core/issuerPort.js';
import type { AccountAccess, JsonReply, UpstreamObserver, UpstreamRequest } from '../../src/core/upstreamPort.js';
import { expiryOf } from '../../src/core/accounts/identity.js';
import type { FakeClock } from './fakeClock.js';
import { json, refuse, ScriptedCall, ScriptedUpstream, success } from './scriptedUpstream.js';
import { makeJwt } from './upstream/jwt.js';

/** What happens to the next calls to the sign-in service. */
export type IssuerFault = 'none' | 'not_sent' | 'reply_lost' | 'not_heard' | 'http_500' | 'revoked' | 'closed';

interface Subject {
	accessToken: string;
	refreshToken: string;
	ending: 'refresh_token_invalidated' | 'account_deactivated' | undefined;
}

/**
 * The provider's side of every account's tokens, without mercy: a refresh token works once, and the access token before
 * it is refused from then on. It notes who shows a spent token although the new one had reached the pool.
 */
export class StrictProvider {
	fault: IssuerFault = 'none';
	/** Every token that ever was. */
	readonly secrets: string[] = [];
	readonly violations: string[] = [];
	/** How often a spent token was shown whose successor was lost on its way. */
	reuses = 0;
	lost = 0;
	readonly #subjects = new Map<string, Subject>();
	/** Spent tokens, and whether their successors arrived. */
	readonly #spent = new Map<string, 'arrived' | 'lost'>();

	constructor(private readonly clock: FakeClock) {}

	static accountOf(refreshToken: string): string {
		return refreshToken.split('.')[1] ?? '';
	}

	/** A fresh sign-in: what came before no longer counts. */
	signIn(id: string): { readonly accessToken: string; readonly refreshToken: string } {
		const subject = { accessToken: this.#access(id), refreshToken: this.#refreshToken(id), ending: undefined };
		this.#subjects.set(id, subject);
		return subject;
	}

	/** The access token is refused from now on although its `exp` lies ahead; a refresh helps. */
	revokeAccess(id: string): void {
		this.#subject(id).accessToken = '';
	}

	refresh(refreshToken: string): RefreshOutcome {
		if (this.fault === 'not_sent') return { kind: 'transient', code: 'ECONNREFUSED', sent: false };
		if (this.fault === 'not_heard') return { kind: 'transient', code: 'REPLY_TIMEOUT', sent: true };
		if (this.fault === 'http_500') return { kind: 'transient', code: 'http_500', sent: true };
		const id = StrictProvider.accountOf(refreshToken);
		const subject = this.#subject(id);
		if (this.fault === 'revoked') subject.ending = 'refresh_token_invalidated';
		if (this.fault === 'closed') subject.ending = 'account_deactivated';
		const spent = this.#spent.get(refreshToken);
		if (spent === 'arrived') this.violations.push(`${refreshToken} was shown again`);
		if (spent === 'lost') this.reuses++;
		if (spent !== undefined) return { kind: 'permanent', code: 'refresh_token_reused' };
		if (subject.ending !== undefined || subject.refreshToken !== refreshToken) {
			return { kind: 'permanent', code: subject.ending ?? 'refresh_token_invalidated' };
		}
		this.#spent.set(refreshToken, 'arrived');
		subject.accessToken = this.#access(id);
		subject.refreshToken = this.#refreshToken(id);
		if (this.fault === 'reply_lost') {
			this.lose(refreshToken);
			return { kind: 'transient', code: 'ECONNRESET', sent: true };
		}
		return { kind: 'rotated', tokens: { accessToken: subject.accessToken, refreshToken: subject.refreshToken } };
	}

	/** Nobody has what the token was exchanged for. */
	lose(refreshToken: string): void {
		if (this.#spent.get(refreshToken) !== 'arrived') return;
		this.#spent.set(refreshToken, 'lost');
		this.lost++;
	}

	accepts(id: string, accessToken: string): boolean {
		return this.#subject(id).accessToken === accessToken && (expiryOf(accessToken) ?? 0) > this.clock.now();
	}

	#subject(id: string): Subject {
		const subject = this.#subjects.get(id);
		if (!subject) throw new Error(`Nobody has signed in as ${id}`);
		return subject;
	}

	#access(id: string): string {
		return this.#note(makeJwt({ exp: (this.clock.now() + 30 * 3_600_000) / 1000, sub: id, jti: this.secrets.length }));
	}

	#refreshToken(id: string): string {
		return this.#note(`refresh.${id}.${this.secrets.length}.secret`);
	}

	#note(secret: string): string {
		this.secrets.push(secret);
		return secret;
	}
}

/** The backend of that provider: who comes with a token that works is served. */
export class StrictUpstream extends ScriptedUpstream {
	constructor(private readonly provider: StrictProvider) {
		super();
		this.usage = access => Promise.resolve(this.#readUsage(access));
	}

	override send(request: UpstreamRequest, observer: UpstreamObserver): ScriptedCall {
		const call = new ScriptedCall(request, observer);
		const bearer = call.header('authorization')?.slice('Bearer '.length) ?? '';
		const answer = this.provider.accepts(call.accountId, bearer) ? success : refuse(401, refusal);
		setImmediate(() => answer(call));
		return call;
	}

	#readUsage({ accountId, accessToken }: AccountAccess): JsonReply {
		return this.provider.accepts(accountId, accessToken) ? json(200, {}) : json(401, refusal);
	}
}

const refusal = { error: { code: 'token_invalidated', message: 'Your authentication token has been invalidated.' } };
