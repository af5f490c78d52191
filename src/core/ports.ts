import type { AccountState, UsageWindow } from '../shared/accountApi.js';
import type { ExplainedRequest, RequestRecord } from '../shared/requestApi.js';
import type { SignInMethod } from '../shared/signInApi.js';
import type { SessionView } from '../shared/sessionApi.js';
import type { UsageGrouping, UsageReport, UsageTotals } from '../shared/usageApi.js';

/** What core asks of the world. Each port is shaped by core's need; adapters live in storage, upstream and the launchers. */

export interface Clock {
	/** Epoch milliseconds. */
	now(): number;
	/** Resolves after `ms`, or rejects with the signal's reason. */
	sleep(ms: number, signal: AbortSignal): Promise<void>;
	/** Runs `task` once after `ms` unless cancelled; the returned function cancels. */
	after(ms: number, task: () => void): () => void;
}

/** Where the answer goes. One reply per request; a reply that was started cannot be started again. */
export interface ClientReply {
	/** The client went away before the reply ended. */
	readonly hasLeft: boolean;
	/** One listener; called at most once. */
	onLeave(listener: () => void): void;
	start(status: number, headers: HeaderMap): void;
	/** False asks for a pause until the listener of `onDrain` is called. */
	write(chunk: Buffer): boolean;
	onDrain(listener: () => void): void;
	end(): void;
	/** Breaks the connection: the client sees a truncated stream, never a clean end. */
	cut(): void;
}

/** Log events, not prose. Fields never hold bodies, headers, tokens or e-mail addresses. */
export interface Log {
	info(event: string, fields?: Readonly<Record<string, unknown>>): void;
	warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
	error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Named secrets. The only place where tokens and the default pool key rest. */
export interface Vault {
	read(name: string): Promise<string | undefined>;
	write(name: string, secret: string): Promise<void>;
	forget(name: string): Promise<void>;
}

/** The persistent part of an account; never a token. */
export interface AccountRow {
	readonly id: string;
	readonly userId: string;
	/** The `chatgpt-account-id` the provider wants beside the bearer. */
	readonly chatgptAccountId: string;
	readonly email: string | null;
	readonly name: string | null;
	readonly plan: string | null;
	readonly state: AccountState;
	readonly stateReason: string | null;
	readonly stateSince: number;
	readonly limitedUntil: number | null;
	readonly selected: boolean;
	/** Where the user wants to see it; smaller comes first. */
	readonly position: number;
	/** Which accounts are used before which, 1–9. */
	readonly priority: number;
	readonly reservePercent: number;
	readonly addedAt: number;
	readonly lastUsedAt: number | null;
	/** Grows by one at every token rotation; the vault entry carries the same number. */
	readonly generation: number;
	/** When that rotation, or the sign-in, was. */
	readonly refreshedAt: number;
}

export interface KeyRow {
	readonly id: string;
	readonly name: string;
	/** SHA-256 of the key, hex. */
	readonly hash: string;
	readonly createdAt: number;
	readonly lastUsedAt: number | null;
}

/**
 * Why an account is held back for a while, beyond its state. `overload`: used only when nobody else can. `rate`: a
 * short rate limit. `limit`: a limit of one model is spent. `missing`: it does not have the model.
 */
export interface Cooldown {
	/** The model it is about; null for every model. */
	readonly model: string | null;
	readonly kind: 'overload' | 'rate' | 'limit' | 'missing';
	readonly until: number;
	/** How often in a row; the next one lasts longer. */
	readonly times: number;
}

/** A soft tie of a client session to an account. */
export type SessionRow = SessionView;

/** Writes may be queued; `close` flushes them. Reads see queued writes. */
export interface Store {
	loadAccounts(): AccountRow[];
	saveAccount(account: AccountRow): void;
	/** Forgets the account and its windows and sessions; its usage stays. */
	removeAccount(accountId: string): void;
	/** Forgets the requests and totals of an account. */
	forgetUsage(accountId: string): void;

	loadWindows(): Map<string, UsageWindow[]>;
	/** Replaces all windows of one account. */
	saveWindows(accountId: string, windows: readonly UsageWindow[]): void;

	loadCooldowns(): Map<string, Cooldown[]>;
	/** Replaces all cooldowns of one account. */
	saveCooldowns(accountId: string, cooldowns: readonly Cooldown[]): void;

	loadKeys(): KeyRow[];
	saveKey(key: KeyRow): void;
	removeKey(keyId: string): void;

	/** The most recently used first. */
	loadSessions(limit: number): SessionRow[];
	saveSession(session: SessionRow): void;
	removeSession(sessionId: string): void;

	loadSetting(name: string): string | undefined;
	saveSetting(name: string, value: string): void;

	/** Queued; never touches the disk on the caller's turn. */
	appendRequest(request: ExplainedRequest): void;
	/** Newest first. */
	recentRequests(limit: number): RequestRecord[];
	/** By the beginning of its id; the newest of several. */
	findRequest(idPrefix: string): ExplainedRequest | undefined;
	totals(since: number): UsageTotals;
	usage(since: number, by: UsageGrouping): UsageReport;

	/** Writes what is queued, checkpoints and closes. Repeatable. */
	close(): void;
}

/** Header names in lower case; repeated headers joined by the adapter with ", " (set-cookie is never passed on). */
export type HeaderMap = Readonly<Record<string, string>>;

export interface UpstreamRequest {
	/** One warm keep-alive connection pool per account. */
	readonly accountId: string;
	readonly method: 'GET' | 'POST';
	/** Below the backend base, for example `/codex/responses`. */
	readonly path: string;
	/** Flat name, value, name, value… in wire order. */
	readonly headers: readonly string[];
	readonly body: Buffer | null;
}

/** Hears one attempt: `onHead` once, `onChunk` any number of times, then exactly one of `onEnd` and `onFault`. */
export interface UpstreamObserver {
	onHead(status: number, headers: HeaderMap): void;
	/** False asks for a pause; `UpstreamCall.resume` continues. The chunk may be kept only until the call returns, or be copied. */
	onChunk(chunk: Buffer): boolean;
	onEnd(): void;
	onFault(fault: UpstreamFault): void;
}

export interface UpstreamCall {
	resume(): void;
	/** Ends the attempt at once. The observer hears nothing more. */
	abort(): void;
}

/** A connection that failed. `offline` speaks of this machine (DNS, no route), the others of the upstream. */
export interface UpstreamFault {
	readonly kind: 'offline' | 'refused' | 'reset' | 'tls' | 'timeout';
	/** The system's or library's error code, for example `ECONNRESET`. */
	readonly code: string;
}

export interface SocketRequest {
	readonly accountId: string;
	/** Below the backend base. */
	readonly path: string;
	/** Flat name, value, without those of the handshake. */
	readonly headers: readonly string[];
}

/** Hears how an upgrade went: exactly one of the three. */
export interface UpgradeObserver {
	onOpen(headers: HeaderMap, socket: ByteSocket): void;
	/** A whole answer in plain HTTP instead. */
	onRefused(status: number, headers: HeaderMap, body: Buffer): void;
	onFault(fault: UpstreamFault): void;
}

/** A connection after its WebSocket handshake, either side's. What the bytes mean is core's business. */
export interface ByteSocket {
	/** Called once; nothing is read before. */
	listen(listener: ByteListener): void;
	/** False asks for a pause until `onDrain`. */
	write(bytes: Buffer): boolean;
	pause(): void;
	resume(): void;
	/** Says the end after what has been written; the peer ends it, or `destroy`. */
	end(): void;
	/** Ends it after what has been written, whatever the peer does. Nothing more is heard. */
	destroySoon(): void;
	/** At once. Nothing more is heard. */
	destroy(): void;
}

export interface ByteListener {
	/** The chunk is only lent. */
	onBytes(chunk: Buffer): void;
	onDrain(): void;
	/** Once, when the connection is over and `destroy` was not called. */
	onGone(): void;
}

export interface Upstream {
	/** Callbacks never arrive before `send` has returned. */
	send(request: UpstreamRequest, observer: UpstreamObserver): UpstreamCall;
	/** Opens a WebSocket. Callbacks never arrive before it has returned; `abort` counts until one has. */
	openSocket(request: SocketRequest, observer: UpgradeObserver): Pick<UpstreamCall, 'abort'>;
	/** The provider's own usage figures of one account (`GET /wham/usage`): its parsed JSON, untrusted. Bounded in time. */
	readUsage(access: AccountAccess): Promise<JsonReply>;
	/** The model catalogue of one account (`GET /codex/models?client_version=…`): its parsed JSON, untrusted. */
	readModels(access: AccountAccess, clientVersion: string): Promise<JsonReply>;
	/** Lets go of a removed account's connections. */
	forget(accountId: string): void;
	close(): Promise<void>;
}

/** A whole small reply. `body` is undefined when it was not JSON. */
export interface JsonReply {
	readonly status: number;
	readonly headers: HeaderMap;
	readonly body: unknown;
}

export interface AccountAccess {
	readonly accountId: string;
	readonly chatgptAccountId: string;
	readonly accessToken: string;
}

export interface TokenSet {
	readonly accessToken: string;
	readonly refreshToken: string;
	readonly idToken: string | null;
}

export type RefreshOutcome =
	| {
			readonly kind: 'rotated';
			readonly tokens: { readonly accessToken?: string; readonly refreshToken?: string; readonly idToken?: string };
	  }
	/** The user must sign in again. */
	| { readonly kind: 'permanent'; readonly code: string }
	/** Try again later; `sent` false proves that the token was not consumed. */
	| { readonly kind: 'transient'; readonly code: string; readonly sent: boolean };

/** A sign-in under way. */
export interface PendingSignIn {
	/** What the user opens. */
	readonly url: string;
	/** What the user types in there; null unless the method is `device`. */
	readonly userCode: string | null;
	/** Epoch ms; over by then. */
	readonly expiresAt: number;
	/** Resolves once the tokens have been accepted; rejects with a PoolError whose message is for the user. */
	readonly result: Promise<void>;
	/**
	 * Finishes with the address that the browser ended on, pasted by the user. Rejects with `invalid_request` when it is
	 * not the end of this very sign-in; the sign-in then goes on waiting.
	 */
	finish(callbackUrl: string): Promise<void>;
	cancel(): void;
}

/** Makes an account of fresh tokens; gives the sentence that the browser shows, without any secret. */
export type AcceptTokens = (tokens: TokenSet) => Promise<string>;

export interface Issuer {
	/** Never throws for what the issuer answers; see RefreshOutcome. */
	refresh(refreshToken: string): Promise<RefreshOutcome>;
	/**
	 * `browser` opens the loopback callback and rejects with `sign_in_port_busy` when neither 1455 nor 1457 is free;
	 * `paste` opens none and waits for `finish`; `device` shows a code and polls, and rejects with `sign_in_failed` when
	 * the issuer has switched it off.
	 */
	startSignIn(method: SignInMethod, accept: AcceptTokens): Promise<PendingSignIn>;
	/** Ends a sign-in at the issuer. False when the issuer did not confirm it. */
	revoke(refreshToken: string): Promise<boolean>;
	close(): Promise<void>;
}
