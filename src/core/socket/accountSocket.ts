import type { EventClass } from '../reply/eventClass.js';
import type { Clock, HeaderMap } from '../ports.js';
import type { ByteListener, ByteSocket, UpstreamCall, UpstreamFault, UpstreamObserver } from '../upstreamPort.js';
import { ProviderFrames } from './providerFrames.js';
import type { ResponseProgress } from '../attempt/responseProgress.js';
import { SocketPulse } from './socketPulse.js';
import { closeCodeOf, encodeClose, encodeFrame, FrameError, opcodes } from './webSocketFrames.js';

/** What a socket to the provider needs of whoever holds it. */
export interface AccountSocketOwner {
	readonly clock: Clock;
	/** Four bytes nobody can guess. */
	readonly newMask: () => Buffer;
	/** Its client knows only the events of OpenAI's API. */
	readonly knowsPublicOnly: boolean;
	/** Turns an event with headers in it, which are those of one account, into what the client gets. */
	metadata(data: Buffer): Buffer;
	/** The provider, or the network, has ended the connection between responses. */
	ended(): void;
}

/** One response under way. */
interface Turn {
	readonly progress: ResponseProgress;
	readonly observer: UpstreamObserver;
	isAnswered: boolean;
	/** Beats of the pulse since its last event. */
	quietBeats: number;
}

/** Five minutes: silence this long is no thinking any more. */
const quietBeatsLimit = 10;
const eventStream = { 'content-type': 'text/event-stream' };
/** The code of the fault when the provider takes no message of this size over a WebSocket (RFC 6455, 7.4.1). */
export const messageTooBig = 'MESSAGE_TOO_BIG';
const tooBigCloseCode = 1009;

/** An open WebSocket to one account. It speaks to an attempt as an HTTP reply does, so that both are handled alike. */
export class AccountSocket implements ByteListener, UpstreamCall {
	readonly #frames = new ProviderFrames({
		event: (kind, data) => this.#event(kind, data),
		exchange: (kind, data) => this.#exchange(kind, data),
		control: (opcode, payload) => this.#control(opcode, payload),
	});
	readonly #pulse: SocketPulse;
	/** The provider answers one request at a time on each connection. */
	#turn: Turn | undefined;
	/** Those of the handshake, until the first response has told them. */
	#headers: HeaderMap;
	#isOpen = true;
	#isPaused = false;

	constructor(
		readonly accountId: string,
		headers: HeaderMap,
		private readonly socket: ByteSocket,
		private readonly owner: AccountSocketOwner,
	) {
		this.#headers = headers;
		this.#pulse = new SocketPulse(
			owner.clock,
			() => this.#beat(),
			() => this.#gone({ kind: 'timeout', code: 'PING_TIMEOUT' }),
		);
		socket.listen(this);
	}

	get isOpen(): boolean {
		return this.#isOpen;
	}

	/** Asks for a response. The observer hears the frames' bytes as they come. */
	ask(message: Buffer, progress: ResponseProgress, observer: UpstreamObserver): UpstreamCall {
		this.#turn = { progress, observer, isAnswered: false, quietBeats: 0 };
		this.#frames.isHeard = true;
		this.#send(opcodes.text, message);
		return this;
	}

	/** Anything else that a client says. */
	tell(message: Buffer): void {
		this.#send(opcodes.text, message);
	}

	resume(): void {
		if (!this.#isPaused) return;
		this.#isPaused = false;
		if (this.#isOpen) this.socket.resume();
	}

	/** A response that nobody waits for still costs quota: only the end of the connection stops it. */
	abort(): void {
		const turn = this.#endTurn();
		if (!turn || turn.progress.terminal !== undefined || !this.#isOpen) return;
		this.#over();
		this.socket.destroy();
	}

	/** 1000: done. Repeatable. */
	close(): void {
		if (!this.#isOpen) return;
		this.#send(opcodes.close, closePayload);
		this.#over();
		this.socket.destroySoon();
	}

	onBytes(chunk: Buffer): void {
		if (!this.#isOpen) return;
		this.#pulse.heard();
		let passed: Buffer;
		try {
			passed = this.#frames.read(chunk);
		} catch (thrown) {
			if (!(thrown instanceof FrameError)) throw thrown;
			this.#gone({ kind: 'reset', code: 'BROKEN_FRAME' });
			return;
		}
		const turn = this.#turn;
		if (passed.length === 0 || !turn) return;
		this.#answer(turn);
		if (!turn.observer.onChunk(passed)) this.#pause();
		if (turn.progress.terminal === undefined || this.#turn !== turn) return;
		this.#endTurn();
		turn.observer.onEnd();
	}

	onDrain(): void {
		// What a client says is small beside what it hears; nothing is paused for it.
	}

	onGone(): void {
		this.#gone({ kind: 'reset', code: 'SOCKET_CLOSED' });
	}

	#exchange(kind: EventClass, data: Buffer): Buffer {
		const given = this.#inOtherWords(kind, data);
		return this.owner.knowsPublicOnly && kind !== 'error' ? noBytes : given;
	}

	#inOtherWords(kind: EventClass, data: Buffer): Buffer {
		if (kind === 'vendor') return data;
		if (kind !== 'rateLimits') return this.owner.metadata(data);
		const told = this.#turn?.progress.rateLimits(data);
		return told === undefined ? noBytes : Buffer.from(told);
	}

	#event(kind: EventClass, data: Buffer | undefined): void {
		const turn = this.#turn;
		if (!turn) return;
		turn.quietBeats = 0;
		turn.progress.note(kind, data);
		// What follows belongs to no response, and the next may be another account's.
		this.#frames.isHeard = turn.progress.terminal === undefined;
	}

	#answer(turn: Turn): void {
		if (turn.isAnswered) return;
		turn.isAnswered = true;
		turn.observer.onHead(200, { ...this.#headers, ...eventStream });
		this.#headers = {};
	}

	#pause(): void {
		this.#isPaused = true;
		this.socket.pause();
	}

	#control(opcode: number, payload: Buffer): void {
		if (opcode === opcodes.ping) this.#send(opcodes.pong, payload);
		if (opcode !== opcodes.close) return;
		const code = closeCodeOf(payload) === tooBigCloseCode ? messageTooBig : 'SOCKET_CLOSED';
		// What came before it in the same packet is passed on first.
		queueMicrotask(() => this.#gone({ kind: 'reset', code }));
	}

	#send(opcode: number, payload: Buffer): void {
		if (this.#isOpen) this.socket.write(encodeFrame(opcode, payload, this.owner.newMask()));
	}

	/** Pongs do not count as an answer: a provider that is only still there gives none. */
	#beat(): void {
		// Whoever does not listen cannot tell whether anything is said.
		if (this.#isPaused) this.#pulse.heard();
		else if (this.#turn) this.#turn.quietBeats++;
		if ((this.#turn?.quietBeats ?? 0) > quietBeatsLimit) this.#gone({ kind: 'timeout', code: 'IDLE_TIMEOUT' });
		else this.#send(opcodes.ping, noBytes);
	}

	#gone(fault: UpstreamFault): void {
		if (!this.#isOpen) return;
		const turn = this.#endTurn();
		this.#over();
		this.socket.destroy();
		if (turn) turn.observer.onFault(fault);
		else this.owner.ended();
	}

	#endTurn(): Turn | undefined {
		const turn = this.#turn;
		this.#turn = undefined;
		// Whoever asked for a pause is gone; pings and closes are to be heard between responses too.
		this.resume();
		return turn;
	}

	#over(): void {
		this.#isOpen = false;
		this.#pulse.stop();
	}
}

const noBytes: Buffer = Buffer.alloc(0);
const closePayload = encodeClose(1000).subarray(2);
