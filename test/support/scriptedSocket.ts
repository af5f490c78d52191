import { EventEmitter, once } from 'node:events';
import type { HeaderMap } from '../../src/core/ports.js';
import type {
	ByteListener,
	ByteSocket,
	SocketRequest,
	UpgradeObserver,
	UpstreamCall,
	UpstreamFault,
} from '../../src/core/upstreamPort.js';
import { MessageReader } from '../../src/core/socket/messageReader.js';
import { closeCodeOf, encodeFrame, encodeText, frameHeaderAt, opcodes } from '../../src/core/socket/webSocketFrames.js';

/** What the upstream does with an upgrade. */
export type UpgradeAnswer = (upgrade: ScriptedUpgrade) => void;

/** One handshake as the upstream sees it. */
export class ScriptedUpgrade implements Pick<UpstreamCall, 'abort'> {
	isAborted = false;
	readonly socket = new ScriptedSocket();

	constructor(
		readonly request: SocketRequest,
		private readonly observer: UpgradeObserver,
	) {}

	header(name: string): string | undefined {
		const at = this.request.headers.findIndex((header, index) => index % 2 === 0 && header === name);
		return at === -1 ? undefined : this.request.headers[at + 1];
	}

	open(headers: HeaderMap = {}): ScriptedSocket {
		if (!this.isAborted) this.observer.onOpen(headers, this.socket);
		return this.socket;
	}

	refuse(status: number, body: unknown = {}, headers: HeaderMap = {}): void {
		if (!this.isAborted) this.observer.onRefused(status, headers, Buffer.from(JSON.stringify(body)));
	}

	fault(fault: UpstreamFault): void {
		if (!this.isAborted) this.observer.onFault(fault);
	}

	abort(): void {
		this.isAborted = true;
	}
}

/** The far end of a connection, in a test's hands: what was written to it is read as messages. */
export class ScriptedSocket implements ByteSocket {
	readonly written: Buffer[] = [];
	/** Parsed text messages that arrived, whichever side they came from. */
	readonly messages: unknown[] = [];
	closeCode: number | undefined;
	state: 'open' | 'ended' | 'destroyed' = 'open';
	isPaused = false;
	hasRoom = true;
	#listener: ByteListener | undefined;
	readonly #arrivals = new EventEmitter<{ arrived: [] }>();
	readonly #reader = new MessageReader(
		{
			message: text => this.#arrived(text),
			control: (opcode, payload) => {
				if (opcode === opcodes.close) this.closeCode = closeCodeOf(payload);
				this.#arrivals.emit('arrived');
			},
		},
		64 * 1024 * 1024,
	);

	/** `client`: what is written comes from the pool as a server, unmasked. */
	constructor(private readonly side: 'upstream' | 'client' = 'upstream') {}

	get bytes(): Buffer {
		return Buffer.concat(this.written);
	}

	listen(listener: ByteListener): void {
		this.#listener = listener;
	}

	write(bytes: Buffer): boolean {
		if (this.state !== 'open') return true;
		const copy = Buffer.from(bytes);
		this.written.push(copy);
		if (this.side === 'upstream') this.#reader.read(copy);
		else this.#readUnmasked(copy);
		return this.hasRoom;
	}

	pause(): void {
		this.isPaused = true;
	}

	resume(): void {
		this.isPaused = false;
	}

	end(): void {
		this.state = 'ended';
		this.#arrivals.emit('arrived');
	}

	destroySoon(): void {
		this.end();
	}

	destroy(): void {
		this.state = 'destroyed';
		this.#arrivals.emit('arrived');
	}

	/** The far end says something, in as many pieces as given. */
	say(...bytes: Buffer[]): void {
		for (const chunk of bytes) if (this.state !== 'destroyed') this.#listener?.onBytes(chunk);
	}

	/** The far end of a provider's socket sends these events, a frame each. */
	events(...events: readonly object[]): void {
		for (const event of events) this.say(encodeText(JSON.stringify(event)));
	}

	/** A client sends a message. */
	send(message: object): void {
		this.say(encodeFrame(opcodes.text, Buffer.from(JSON.stringify(message)), Buffer.from([1, 2, 3, 4])));
	}

	drain(): void {
		this.hasRoom = true;
		this.#listener?.onDrain();
	}

	gone(): void {
		this.state = 'destroyed';
		this.#listener?.onGone();
	}

	/** Resolves when the condition holds; asked at each arrival. */
	async until(holds: () => boolean): Promise<void> {
		while (!holds()) await once(this.#arrivals, 'arrived');
	}

	#rest: Buffer = Buffer.alloc(0);

	#readUnmasked(bytes: Buffer): void {
		let rest = Buffer.concat([this.#rest, bytes]);
		for (;;) {
			const header = frameHeaderAt(rest, 0);
			const end = header && header.length + header.payloadLength;
			if (!header || end === undefined || rest.length < end) break;
			const payload = rest.subarray(header.length, end);
			if (header.opcode === opcodes.text) this.#arrived(payload);
			if (header.opcode === opcodes.close) this.closeCode = closeCodeOf(payload);
			rest = rest.subarray(end);
		}
		this.#rest = rest;
	}

	#arrived(text: Buffer): void {
		this.messages.push(JSON.parse(text.toString('utf8')) as unknown);
		this.#arrivals.emit('arrived');
	}
}
