import { applyMask, FrameError, frameHeaderAt, isControl, opcodes, type FrameHeader } from './webSocketFrames.js';

/** Hears what a client says, message by message. */
export interface MessageListener {
	/** The bytes are the listener's to keep. */
	message(text: Buffer): void;
	control(opcode: number, payload: Buffer): void;
}

const noBytes: Buffer = Buffer.alloc(0);

/** Puts a client's messages together. They are few and must be read whole, so here bytes are copied. */
export class MessageReader {
	/** A header that is not there in full yet. */
	#rest = noBytes;
	#header: FrameHeader | undefined;
	/** The payload of the frame under way, and how much of it is there. */
	#payload = noBytes;
	#filled = 0;
	/** Earlier frames of the message under way; undefined between messages. */
	#fragments: Buffer[] | undefined;
	#fragmentBytes = 0;

	constructor(
		private readonly listener: MessageListener,
		private readonly limit: number,
	) {}

	/** Throws a FrameError for what no client may send; the connection is of no use after it. */
	read(chunk: Buffer): void {
		let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
		this.#rest = noBytes;
		for (;;) {
			if (this.#header) {
				bytes = this.#fill(this.#header, bytes);
				if (this.#filled < this.#payload.length) return;
				const header = this.#header;
				this.#header = undefined;
				this.#whole(header, this.#payload);
				continue;
			}
			const header = frameHeaderAt(bytes, 0);
			if (!header) {
				// A copy: the chunk is only lent.
				this.#rest = Buffer.from(bytes);
				return;
			}
			this.#begin(header);
			bytes = bytes.subarray(header.length);
		}
	}

	#begin(header: FrameHeader): void {
		if (!header.mask) throw new FrameError('A client must mask its frames');
		if (!isControl(header)) {
			const isFirst = header.opcode !== opcodes.continuation;
			if (isFirst === (this.#fragments !== undefined)) throw new FrameError('Messages are mixed up');
			if (isFirst && header.opcode !== opcodes.text) throw new FrameError('Only text is spoken here', 1003);
			if (this.#fragmentBytes + header.payloadLength > this.limit)
				throw new FrameError('The message is too long', 1009);
		}
		this.#header = { ...header, mask: Buffer.from(header.mask) };
		this.#payload = header.payloadLength === 0 ? noBytes : Buffer.allocUnsafe(header.payloadLength);
		this.#filled = 0;
	}

	/** Gives what is behind the frame. */
	#fill({ mask }: FrameHeader, bytes: Buffer): Buffer {
		const taken = bytes.copy(this.#payload, this.#filled);
		if (mask) applyMask(this.#payload.subarray(this.#filled, this.#filled + taken), mask, this.#filled);
		this.#filled += taken;
		return bytes.subarray(taken);
	}

	#whole(header: FrameHeader, payload: Buffer): void {
		this.#payload = noBytes;
		if (isControl(header)) {
			this.listener.control(header.opcode, payload);
			return;
		}
		if (!header.isFinal) {
			(this.#fragments ??= []).push(payload);
			this.#fragmentBytes += payload.length;
			return;
		}
		const earlier = this.#fragments ?? [];
		this.#fragments = undefined;
		this.#fragmentBytes = 0;
		this.listener.message(earlier.length === 0 ? payload : Buffer.concat([...earlier, payload]));
	}
}
