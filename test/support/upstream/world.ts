import type { SimulatedAccount } from './accounts.js';
import type { UpstreamClock } from './clock.js';
import type { FaultScript } from './faults.js';
import type { Catalogue } from './models.js';
import type { RequestLog } from './record.js';
import type { Chunking } from './sse.js';
import type { TokenBook } from './tokens.js';

/** How the simulated model talks. May be changed at any time; a request uses what is set when it starts. */
export interface ReplyStyle {
	/** Milliseconds before the first byte. */
	thinkMs: number;
	/** Milliseconds between events. */
	eventDelayMs: number;
	/** Pieces of text; word by word when undefined. */
	deltas: number | undefined;
	chunking: Chunking;
	/** Adds comments and events no client knows. */
	noise: boolean;
}

/** Everything the parts of the simulator share. */
export interface World {
	readonly clock: UpstreamClock;
	readonly accounts: readonly SimulatedAccount[];
	readonly book: TokenBook;
	readonly catalogue: Catalogue;
	readonly log: RequestLog;
	readonly faults: FaultScript;
	readonly style: ReplyStyle;
	/** Refuses another account's turn state and encrypted content, not only notes it. */
	strict: boolean;
	/** For how long a used refresh token still gives the tokens it was exchanged for. */
	refreshReuseGraceMs: number;
	deviceLogin: 'enabled' | 'disabled';
	/** `http://127.0.0.1:<port>` */
	readonly origin: () => string;
}
