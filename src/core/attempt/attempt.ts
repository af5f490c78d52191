import type { TerminalKind } from '../reply/eventClass.js';
import type { ClientReply, Clock, HeaderMap } from '../ports.js';
import type { Upstream, UpstreamCall, UpstreamFault, UpstreamObserver, UpstreamRequest } from '../upstreamPort.js';
import { SseTap, type StreamTap, type TellMetadata, type TellRateLimits } from '../reply/sseTap.js';
import type { StreamUsage } from '../reply/streamUsage.js';
import type { Refusal } from './verdict.js';
import { parseJson } from '../untrusted.js';

/** How one try of one request on one account ended. */
export type AttemptEnd =
	/** The answer went to the client. `cut`: it broke off after something visible had been sent. */
	| {
			readonly kind: 'answered';
			readonly status: number;
			readonly headers: HeaderMap;
			readonly terminal: TerminalKind | 'cut';
			readonly failure: unknown;
			/** What broke a `cut` answer off; undefined when the upstream just ended. */
			readonly fault: UpstreamFault | undefined;
			readonly usage: StreamUsage | undefined;
	  }
	/** Nothing visible was sent; `raw` is the reply's body as it came. */
	| { readonly kind: 'refused'; readonly refusal: Refusal; readonly raw: Buffer }
	| { readonly kind: 'faulted'; readonly fault: UpstreamFault }
	| { readonly kind: 'left' };

export interface AttemptListener {
	/** The upstream's head, before it is decided whether the client sees it. */
	headArrived(status: number, headers: HeaderMap): void;
	readonly rateLimitsArrived: TellRateLimits;
	readonly metadataArrived: TellMetadata;
	/** Whether a refusal is the caller's own fault and is passed on instead of being tried elsewhere. */
	isCallersFault(refusal: Refusal): boolean;
	/** The client's headers for an answer that is about to start. */
	replyHeaders(upstream: HeaderMap): HeaderMap;
	replyStarted(): void;
}

/**
 * Lead events are held back, so that a refusal hidden in a 200 can still move; within these bounds. An overloaded model
 * keeps silent for minutes before it says so (protocol §9); the client is kept alive meanwhile.
 */
const holdBytes = 64 * 1024;
const holdMs = 120_000;
/** Of a refusal's body; one that is longer, or does not end in this time, is judged by what is there. */
const refusalBytes = 256 * 1024;
export const refusalMs = 15_000;

/**
 * One try. Nothing reaches the client until the first visible event: an attempt that ends before it can be made again
 * on another account. After it the client gets the upstream's bytes as they come.
 */
export class Attempt implements UpstreamObserver {
	readonly #tap: StreamTap;
	#call: UpstreamCall | undefined;
	#settle: ((end: AttemptEnd) => void) | undefined;
	#state: 'waiting' | 'refusal' | 'holding' | 'streaming' = 'waiting';
	#status = 0;
	#headers: HeaderMap = {};
	#kept: Buffer[] = [];
	#keptBytes = 0;
	/** What ends the holding of lead events, or the wait for the rest of a refusal. */
	#cancelTimer: (() => void) | undefined;
	#fault: UpstreamFault | undefined;

	constructor(
		private readonly client: ClientReply,
		private readonly clock: Clock,
		private readonly listener: AttemptListener,
		tap?: StreamTap,
	) {
		this.#tap = tap ?? new SseTap(listener.rateLimitsArrived, listener.metadataArrived);
	}

	run(upstream: Pick<Upstream, 'send'>, request: UpstreamRequest): Promise<AttemptEnd> {
		return new Promise(resolve => {
			this.#settle = resolve;
			this.client.onLeave(() => this.#leave());
			this.client.onDrain(() => this.#call?.resume());
			if (this.client.hasLeft) this.#leave();
			else this.#call = upstream.send(request, this);
		});
	}

	onHead(status: number, headers: HeaderMap): void {
		this.#status = status;
		this.#headers = headers;
		this.listener.headArrived(status, headers);
		const isStream = status === 200 && (headers['content-type'] ?? '').startsWith('text/event-stream');
		this.#state = isStream ? 'holding' : 'refusal';
		if (!isStream) this.#cancelTimer = this.clock.after(refusalMs, () => this.onEnd());
	}

	onChunk(chunk: Buffer): boolean {
		switch (this.#state) {
			case 'streaming':
				return this.#write(this.#tap.observe(chunk));
			case 'holding':
				return this.#decide(this.#tap.observe(chunk));
			case 'refusal':
			case 'waiting':
				this.#keep(chunk);
				if (this.#keptBytes > refusalBytes) this.onEnd();
				return true;
			default:
				return this.#state satisfies never;
		}
	}

	onEnd(): void {
		switch (this.#state) {
			case 'streaming':
				this.#write(this.#tap.rest());
				// An end without a terminal event must look like the break it is, or the client takes half an answer for a whole.
				if (this.#tap.terminal === undefined) this.client.cut(this.#fault);
				else this.client.end();
				this.#finish(this.#answered());
				return;
			case 'refusal': {
				const raw = Buffer.concat(this.#kept);
				this.#finish({
					kind: 'refused',
					refusal: { status: this.#status, headers: this.#headers, body: parseJson(raw) },
					raw,
				});
				return;
			}
			case 'holding':
			case 'waiting':
				this.#finish({ kind: 'faulted', fault: { kind: 'reset', code: 'ENDED_BEFORE_OUTPUT' } });
				return;
			default:
				this.#state satisfies never;
		}
	}

	onFault(fault: UpstreamFault): void {
		this.#fault = fault;
		if (this.#state === 'streaming') this.onEnd();
		else this.#finish({ kind: 'faulted', fault });
	}

	/** Some clients go as soon as they have the terminal event: that is no cancellation. */
	#leave(): void {
		this.#finish(this.#tap.terminal === undefined ? { kind: 'left' } : this.#answered());
	}

	#answered(): AttemptEnd {
		const { terminal = 'cut', failure, usage } = this.#tap;
		return {
			kind: 'answered',
			status: this.#status,
			headers: this.#headers,
			terminal,
			failure,
			fault: this.#fault,
			usage,
		};
	}

	/** While holding: release, refuse, or hold on. */
	#decide(chunk: Buffer): boolean {
		const { terminal } = this.#tap;
		if (!this.#tap.sawOutput && (terminal === 'failed' || terminal === 'error')) {
			const refusal: Refusal = { status: 200, headers: this.#headers, body: this.#tap.failure };
			if (!this.listener.isCallersFault(refusal)) {
				this.#finish({ kind: 'refused', refusal, raw: Buffer.alloc(0) });
				return true;
			}
		}
		if (this.#tap.sawOutput || terminal !== undefined || this.#keptBytes + chunk.length > holdBytes) {
			this.#release();
			return this.#write(chunk);
		}
		this.#keep(chunk);
		this.#cancelTimer ??= this.clock.after(holdMs, () => this.#release());
		return true;
	}

	#release(): void {
		if (this.#state !== 'holding') return;
		this.#state = 'streaming';
		this.#cancelTimer?.();
		this.listener.replyStarted();
		this.client.start(this.#status, this.listener.replyHeaders(this.#headers));
		for (const held of this.#kept) this.client.write(held);
		this.#kept = [];
	}

	#write(chunk: Buffer): boolean {
		return chunk.length === 0 || this.client.write(chunk);
	}

	/** The bytes are only lent. */
	#keep(chunk: Buffer): void {
		this.#kept.push(Buffer.from(chunk));
		this.#keptBytes += chunk.length;
	}

	#finish(end: AttemptEnd): void {
		const settle = this.#settle;
		if (!settle) return;
		this.#settle = undefined;
		this.#cancelTimer?.();
		this.#call?.abort();
		settle(end);
	}
}
