import type { UpstreamFault } from './upstreamPort.js';

/**
 * What core asks of the world; its store, the upstream and the issuer have a file each. Each port is shaped by core's
 * need; adapters live in storage, upstream and the launchers.
 */

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
	/** Breaks the connection: the client sees a truncated stream, never a clean end. `fault`: what broke the upstream's. */
	cut(fault?: UpstreamFault): void;
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

/** Header names in lower case; repeated headers joined by the adapter with ", " (set-cookie is never passed on). */
export type HeaderMap = Readonly<Record<string, string>>;
