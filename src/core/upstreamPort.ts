import type { HeaderMap } from './ports.js';

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
	/** Which banked resets the account has (`GET /wham/rate-limit-reset-credits`): parsed JSON, untrusted. Bounded in time. */
	readResetCredits(access: AccountAccess): Promise<JsonReply>;
	/**
	 * Spends one banked reset. Never sent a second time by itself; asked for again under the same id, the provider does
	 * not spend another one.
	 */
	redeemReset(access: AccountAccess, redeemRequestId: string): Promise<JsonReply>;
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
