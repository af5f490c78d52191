import type { AcceptTokens, Issuer, PendingSignIn, RefreshOutcome } from '../core/issuerPort.js';
import type { Clock } from '../core/ports.js';
import type { SignInMethod } from '../shared/signInApi.js';
import { openBrowserSignIn, openPasteSignIn } from './browserSignIn.js';
import { CallbackServer } from './callbackServer.js';
import { openDeviceSignIn } from './deviceSignIn.js';
import { codexClientId, IssuerConnection, type IssuerConnectionOptions } from './issuerConnection.js';
import { OpenSignIn, type SignInDoor } from './openSignIn.js';
import { refreshOutcomeOf } from './refreshOutcome.js';

/** The issuer ties these to the public Codex client and sends browsers to no others. */
const codexCallbackPorts = [1455, 1457];
const signInLifetimeMs = 15 * 60_000;
/** How long `close` waits for an account that is being made of fresh tokens. */
const acceptGraceMs = 2000;

export interface OpenAiIssuerOptions extends IssuerConnectionOptions {
	readonly clock: Clock;
	readonly callbackPorts?: readonly number[];
	/** For each call to the issuer that belongs to a sign-in. */
	readonly signInTimeoutMs?: number;
	/** For a refresh, and for a revocation. */
	readonly refreshTimeoutMs?: number;
}

/** OpenAI's sign-in. Tokens pass through unread. */
export class OpenAiIssuer implements Issuer {
	readonly #issuer: IssuerConnection;
	readonly #clock: Clock;
	readonly #callbacks: CallbackServer;
	readonly #signInTimeoutMs: number;
	readonly #refreshTimeoutMs: number;
	readonly #signIns = new Set<OpenSignIn>();
	#closing: Promise<void> | undefined;

	constructor(options: OpenAiIssuerOptions) {
		this.#issuer = new IssuerConnection(options);
		this.#clock = options.clock;
		this.#callbacks = new CallbackServer(options.callbackPorts ?? codexCallbackPorts);
		this.#signInTimeoutMs = options.signInTimeoutMs ?? 30_000;
		this.#refreshTimeoutMs = options.refreshTimeoutMs ?? 8000;
	}

	async refresh(refreshToken: string): Promise<RefreshOutcome> {
		const body = { client_id: codexClientId, grant_type: 'refresh_token', refresh_token: refreshToken };
		return refreshOutcomeOf(await this.#issuer.postJson('/oauth/token', body, { timeoutMs: this.#refreshTimeoutMs }));
	}

	async startSignIn(method: SignInMethod, accept: AcceptTokens): Promise<PendingSignIn> {
		const signIn = new OpenSignIn(this.#clock, signInLifetimeMs, accept);
		this.#signIns.add(signIn);
		void signIn.ended.then(() => this.#signIns.delete(signIn));
		if (this.#closing) signIn.cancel();
		try {
			const { url, userCode, finish } = await this.#open(method, signIn);
			const { expiresAt, result } = signIn;
			return { url, userCode, expiresAt, result, finish, cancel: () => signIn.cancel() };
		} catch (thrown) {
			signIn.cancel();
			throw thrown;
		}
	}

	async revoke(refreshToken: string): Promise<boolean> {
		const body = { token: refreshToken, token_type_hint: 'refresh_token', client_id: codexClientId };
		const outcome = await this.#issuer.postJson('/oauth/revoke', body, { timeoutMs: this.#refreshTimeoutMs });
		return outcome.kind === 'replied' && outcome.status >= 200 && outcome.status < 300;
	}

	/** Cancels every sign-in, lets accounts that are being added come to rest, and breaks what waits for the issuer. Repeatable. */
	close(): Promise<void> {
		return (this.#closing ??= this.#close());
	}

	async #close(): Promise<void> {
		for (const signIn of this.#signIns) signIn.cancel();
		const accepting = Promise.all([...this.#signIns].map(signIn => signIn.ended));
		const { promise: timeUp, resolve } = Promise.withResolvers<undefined>();
		const stopTimer = this.#clock.after(acceptGraceMs, () => resolve(undefined));
		await Promise.race([accepting, timeUp]);
		stopTimer();
		await this.#issuer.close();
	}

	#open(method: SignInMethod, signIn: OpenSignIn): Promise<SignInDoor> {
		const issuer = this.#issuer;
		const timeoutMs = this.#signInTimeoutMs;
		switch (method) {
			case 'browser':
				return openBrowserSignIn({ issuer, callbacks: this.#callbacks, timeoutMs }, signIn);
			case 'paste':
				return openPasteSignIn({ issuer, timeoutMs }, signIn);
			case 'device':
				return openDeviceSignIn({ issuer, clock: this.#clock, timeoutMs }, signIn);
			default:
				return method satisfies never;
		}
	}
}
