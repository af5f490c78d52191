import { randomBytes, randomUUID } from 'node:crypto';
import type { SimulatedAccount } from './accounts.js';
import { challengeOf, type AuthorizationCodes } from './authorizationCodes.js';
import type { UpstreamClock } from './clock.js';

interface DeviceLogin {
	readonly deviceAuthId: string;
	readonly userCode: string;
	readonly expiresAt: number;
	account: SimulatedAccount | undefined;
}

export type DevicePoll =
	| { readonly kind: 'pending' }
	| { readonly kind: 'expired' }
	| { readonly kind: 'unknown' }
	| { readonly kind: 'approved'; readonly code: string; readonly challenge: string; readonly verifier: string };

const lifetimeMs = 900_000;

/** Sign-ins that wait for a code to be typed in on another device. */
export class DeviceLogins {
	readonly #logins = new Map<string, DeviceLogin>();
	readonly #clock: UpstreamClock;
	readonly #codes: AuthorizationCodes;

	constructor(clock: UpstreamClock, codes: AuthorizationCodes) {
		this.#clock = clock;
		this.#codes = codes;
	}

	start(): { readonly deviceAuthId: string; readonly userCode: string } {
		const deviceAuthId = `deviceauth_${randomUUID()}`;
		const userCode = `${randomLetters(4)}-${randomLetters(5)}`;
		const expiresAt = this.#clock.now() + lifetimeMs;
		this.#logins.set(deviceAuthId, { deviceAuthId, userCode, expiresAt, account: undefined });
		return { deviceAuthId, userCode };
	}

	/** What the user does on the other device. False when no such code waits. */
	approve(userCode: string, account: SimulatedAccount): boolean {
		const login = [...this.#logins.values()].find(waiting => waiting.userCode === userCode.trim().toUpperCase());
		if (!login || login.expiresAt <= this.#clock.now()) return false;
		login.account = account;
		return true;
	}

	poll(deviceAuthId: string, userCode: string, redirectUri: string): DevicePoll {
		const login = this.#logins.get(deviceAuthId);
		if (login?.userCode !== userCode) return { kind: 'unknown' };
		if (login.expiresAt <= this.#clock.now()) return { kind: 'expired' };
		if (!login.account) return { kind: 'pending' };
		this.#logins.delete(deviceAuthId);
		const verifier = randomBytes(48).toString('base64url');
		const challenge = challengeOf(verifier);
		const code = this.#codes.issue({ account: login.account, redirectUri, challenge });
		return { kind: 'approved', code, challenge, verifier };
	}
}

function randomLetters(count: number): string {
	const alphabet = 'BCDFGHJKLMNPQRSTVWXZ';
	return [...randomBytes(count)].map(byte => alphabet.charAt(byte % alphabet.length)).join('');
}
