import type { ClientReply, Clock, HeaderMap } from '../ports.js';
import type { ByteSocket } from '../upstreamPort.js';
import { errorFrame } from './socketAnswers.js';
import { encodeText } from './webSocketFrames.js';

/** Codex gives up after 300 s without an event; pings do not count (protocol §5). */
const everyMs = 30_000;
const beat = encodeText('{"type":"keepalive"}');

/** The answer to one message. What is written are whole frames; a refusal becomes the frame that says the same. */
export class SocketReply implements ClientReply {
	hasLeft = false;
	/** The connection is of no use after this answer. */
	isCut = false;
	/** Anything of the answer has gone out. */
	hasAnswered = false;
	#status = 200;
	#headers: HeaderMap = {};
	#refusal: Buffer[] = [];
	#onLeave: (() => void) | undefined;
	#onDrain: (() => void) | undefined;
	#cancelBeat: () => void = () => undefined;

	/** Only Codex is known to pass over an event that it does not know. */
	constructor(
		private readonly socket: ByteSocket,
		private readonly clock: Clock,
		isCodex: boolean,
	) {
		if (isCodex) this.#cancelBeat = clock.after(everyMs, () => this.#beat());
	}

	onLeave(listener: () => void): void {
		this.#onLeave = listener;
	}

	onDrain(listener: () => void): void {
		this.#onDrain = listener;
	}

	start(status: number, headers: HeaderMap): void {
		this.#cancelBeat();
		this.#status = status;
		this.#headers = headers;
	}

	write(chunk: Buffer): boolean {
		if (this.#status === 200) {
			this.hasAnswered = true;
			return this.socket.write(chunk);
		}
		this.#refusal.push(Buffer.from(chunk));
		return true;
	}

	end(): void {
		if (this.#status === 200) return;
		this.socket.write(errorFrame(this.#status, this.#headers, Buffer.concat(this.#refusal)));
	}

	cut(): void {
		this.#cancelBeat();
		this.isCut = true;
	}

	/** The socket has room again. */
	drained(): void {
		this.#onDrain?.();
	}

	left(): void {
		this.hasLeft = true;
		this.#onLeave?.();
	}

	dispose(): void {
		this.#cancelBeat();
	}

	#beat(): void {
		this.socket.write(beat);
		this.#cancelBeat = this.clock.after(everyMs, () => this.#beat());
	}
}
