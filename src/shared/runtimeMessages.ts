import type { Owner } from './poolApi.js';
import type { PoolErrorCode } from './poolError.js';
import type { Prices } from './priceApi.js';
import type { Retention } from './retention.js';

/** How a launcher starts a runtime, and what the editor's worker thread and its host say to each other. */

export interface RuntimeOptions {
	/** 0 lets the system choose (tests). */
	readonly port: number;
	/** Folder of `pool.sqlite`. */
	readonly dataDir: string;
	/** Folder of `runtime/<port>.json`; `~/.codex-pool` unless CODEX_POOL_HOME says otherwise. */
	readonly homeDir: string;
	/** Stands for `https://chatgpt.com/backend-api`; https or loopback. */
	readonly upstreamUrl: string;
	/** Stands for `https://auth.openai.com`; https or loopback. */
	readonly issuerUrl: string;
	/** Whether the ChatGPT login of an account in the pool stands for a pool key. False when absent. */
	readonly acceptOwnLogins?: boolean;
	readonly launcher: 'editor' | 'cli';
	readonly version: string;
	/** The user's own prices, in the place of those that the pool knows. */
	readonly prices?: Prices;
	/** How long settled requests are kept one by one. */
	readonly retention?: Retention | undefined;
	/** The editor's own network settings, which do not reach a worker by themselves. */
	readonly network: {
		readonly proxyUrl: string | null;
		readonly noProxy: readonly string[];
		/** PEM certificates trusted beside Node's own. */
		readonly extraCertificates: readonly string[];
	};
}

export const defaultPort = 2456;
export const defaultUpstreamUrl = 'https://chatgpt.com/backend-api';
export const defaultIssuerUrl = 'https://auth.openai.com';

export type LogLevel = 'info' | 'warn' | 'error';

export type WorkerMessage =
	| { readonly type: 'ready'; readonly owner: Owner }
	| { readonly type: 'failed'; readonly code: PoolErrorCode; readonly message: string }
	| {
			readonly type: 'log';
			readonly level: LogLevel;
			readonly event: string;
			readonly fields: Readonly<Record<string, unknown>>;
	  }
	| { readonly type: 'vault/read'; readonly id: number; readonly name: string }
	| { readonly type: 'vault/write'; readonly id: number; readonly name: string; readonly secret: string }
	| { readonly type: 'vault/forget'; readonly id: number; readonly name: string }
	/** Sent once the port is free again, before running streams are drained. */
	| { readonly type: 'stopped-listening' };

export type HostMessage =
	| { readonly type: 'vault/done'; readonly id: number; readonly secret?: string; readonly error?: string }
	/** Stop listening, give running streams `drainMs`, flush, exit. */
	| { readonly type: 'close'; readonly drainMs: number };
