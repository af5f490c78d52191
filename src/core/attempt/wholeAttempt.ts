import { refusalMs, type AttemptEnd, type AttemptListener } from './attempt.js';
import type { ClientReply, Clock, HeaderMap } from '../ports.js';
import type { Upstream, UpstreamCall, UpstreamFault, UpstreamObserver, UpstreamRequest } from '../upstreamPort.js';
import { parseJson } from '../untrusted.js';

/**
 * One try whose answer is one document. Nothing reaches the client before it is whole, so every failure can still be
 * tried on another account.
 */
export class WholeAttempt implements UpstreamObserver {
	#call: UpstreamCall | undefined;
	#settle: ((end: AttemptEnd) => void) | undefined;
	#status = 0;
	#headers: HeaderMap = {};
	readonly #chunks: Buffer[] = [];
	#cancelTimer: (() => void) | undefined;

	constructor(
		private readonly client: ClientReply,
		private readonly clock: Clock,
		private readonly listener: AttemptListener,
	) {}

	run(upstream: Pick<Upstream, 'send'>, request: UpstreamRequest): Promise<AttemptEnd> {
		return new Promise(resolve => {
			this.#settle = resolve;
			this.client.onLeave(() => this.#finish({ kind: 'left' }));
			if (this.client.hasLeft) this.#finish({ kind: 'left' });
			else this.#call = upstream.send(request, this);
		});
	}

	onHead(status: number, headers: HeaderMap): void {
		this.#status = status;
		this.#headers = headers;
		this.listener.headArrived(status, headers);
		if (status !== 200) this.#cancelTimer = this.clock.after(refusalMs, () => this.onEnd());
	}

	onChunk(chunk: Buffer): boolean {
		// A copy: the bytes are only lent.
		this.#chunks.push(Buffer.from(chunk));
		return true;
	}

	onEnd(): void {
		const raw = Buffer.concat(this.#chunks);
		const body = parseJson(raw);
		if (this.#status !== 200) {
			this.#finish({ kind: 'refused', refusal: { status: this.#status, headers: this.#headers, body }, raw });
			return;
		}
		// A page of something in between, or half a document, is nobody's answer.
		if (body === undefined) {
			this.#finish({ kind: 'faulted', fault: { kind: 'reset', code: 'NO_JSON' } });
			return;
		}
		this.listener.replyStarted();
		this.client.start(200, { ...this.listener.replyHeaders(this.#headers), 'content-length': String(raw.length) });
		this.client.write(raw);
		this.client.end();
		this.#finish({
			kind: 'answered',
			status: 200,
			headers: this.#headers,
			terminal: 'completed',
			failure: undefined,
			fault: undefined,
			usage: undefined,
		});
	}

	onFault(fault: UpstreamFault): void {
		this.#finish({ kind: 'faulted', fault });
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
