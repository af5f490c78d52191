import type { Dispatcher } from 'undici';
import type { HeaderMap } from '../core/ports.js';
import type { UpstreamFault, UpstreamObserver } from '../core/upstreamPort.js';
import { DispatchCall } from './dispatchCall.js';
import { RunningCalls } from './runningCalls.js';

const maxReplyBytes = 2 * 1024 * 1024;

export type ExchangeOutcome =
	| { readonly kind: 'replied'; readonly status: number; readonly headers: HeaderMap; readonly text: string }
	/** `sent` false proves that the upstream never saw the request. */
	| { readonly kind: 'failed'; readonly fault: UpstreamFault; readonly sent: boolean };

export interface ExchangeLimits {
	/** From the call to the last byte. */
	readonly timeoutMs: number;
	readonly signal?: AbortSignal | undefined;
}

/** Sends one request and collects its whole reply, of at most 2 MiB. Never rejects. */
export async function exchange(
	connections: Dispatcher,
	options: Dispatcher.DispatchOptions,
	limits: ExchangeLimits,
): Promise<ExchangeOutcome> {
	const reply = new SmallReply();
	const attempt = new DispatchCall(reply, new RunningCalls()).start(connections, options);
	const giveUp = (code: string, kind: UpstreamFault['kind']): void => reply.onFault({ kind, code });
	const onAbort = (): void => giveUp('ABORTED', 'reset');

	const timer = setTimeout(giveUp, limits.timeoutMs, 'REPLY_TIMEOUT', 'timeout');
	limits.signal?.addEventListener('abort', onAbort);
	if (limits.signal?.aborted === true) onAbort();
	try {
		const fault = await reply.ended;
		return fault ? { kind: 'failed', fault, sent: attempt.isSent } : reply.read();
	} finally {
		attempt.abort();
		clearTimeout(timer);
		limits.signal?.removeEventListener('abort', onAbort);
	}
}

/** Untrusted text as JSON; undefined when it is something else. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined; // Not JSON is an answer here, not a failure.
	}
}

class SmallReply implements UpstreamObserver {
	/** Resolves with undefined once the reply is complete, or with what went wrong. */
	readonly ended: Promise<UpstreamFault | undefined>;
	readonly #end: (fault?: UpstreamFault) => void;
	readonly #chunks: Buffer[] = [];
	#size = 0;
	#status = 0;
	#headers: HeaderMap = {};

	constructor() {
		const { promise, resolve } = Promise.withResolvers<UpstreamFault | undefined>();
		this.ended = promise;
		this.#end = resolve;
	}

	read(): ExchangeOutcome {
		const text = Buffer.concat(this.#chunks).toString('utf8');
		return { kind: 'replied', status: this.#status, headers: this.#headers, text };
	}

	onHead(status: number, headers: HeaderMap): void {
		this.#status = status;
		this.#headers = headers;
	}

	onChunk(chunk: Buffer): boolean {
		this.#size += chunk.length;
		if (this.#size > maxReplyBytes) {
			this.#end({ kind: 'reset', code: 'REPLY_TOO_LARGE' });
			return false;
		}
		this.#chunks.push(Buffer.from(chunk));
		return true;
	}

	onEnd(): void {
		this.#end();
	}

	onFault(fault: UpstreamFault): void {
		this.#end(fault);
	}
}
