import type { Socket } from 'node:net';
import { connectBare } from './bareSocket.js';
import type { RequestBytes } from './requestBytes.js';

export interface Sample {
	/** HTTP status; 0 when the connection failed. */
	readonly status: number;
	/** From the write of the request to the first byte of the reply. */
	readonly firstByteMs: number;
	readonly totalMs: number;
}

/** Hears the bytes of a reply as they come; they may be kept only until the call returns. */
export type ByteListener = (bytes: Buffer) => void;

const replyEnd = '0\r\n\r\n';

/** Something that sends one request after another. */
export type Connection = Pick<LoadConnection, 'send' | 'isBusy' | 'close'>;

/** One keep-alive connection and one request at a time, on a bare socket: the client must not be what is measured. */
export class LoadConnection {
	readonly #port: number;
	#socket: Socket | undefined;
	#settle: ((sample: Sample) => void) | undefined;
	#listener: ByteListener | undefined;
	#sentAt = 0;
	#firstByteAt = 0;
	#status = 0;
	/** The last bytes of the reply so far. */
	#tail = '';

	constructor(port: number) {
		this.#port = port;
	}

	get isBusy(): boolean {
		return this.#settle !== undefined;
	}

	/** `settle` is called once; never before this returns. */
	send(request: RequestBytes, settle: (sample: Sample) => void, listener?: ByteListener): void {
		const socket = (this.#socket ??= this.#open());
		this.#settle = settle;
		this.#listener = listener;
		this.#firstByteAt = 0;
		this.#status = 0;
		this.#tail = '';
		this.#sentAt = performance.now();
		for (const part of request) socket.write(part);
	}

	request(request: RequestBytes): Promise<Sample> {
		return new Promise(resolve => this.send(request, resolve));
	}

	/** Leaves, whatever is under way; that request is never settled. */
	close(): void {
		this.#settle = undefined;
		this.#listener = undefined;
		this.#socket?.destroy();
		this.#socket = undefined;
	}

	#open(): Socket {
		return connectBare(this.#port, {
			onBytes: (bytes, from) => {
				if (from === this.#socket) this.#read(bytes);
			},
			onClose: from => {
				if (from === this.#socket) this.#fail();
			},
		});
	}

	#read(bytes: Buffer): void {
		if (this.#firstByteAt === 0) {
			this.#firstByteAt = performance.now();
			this.#status = Number(bytes.toString('latin1', 9, 12));
			if (this.#status !== 200) {
				this.#fail();
				return;
			}
		}
		this.#listener?.(bytes);
		const last = bytes.toString('latin1', Math.max(0, bytes.length - replyEnd.length));
		this.#tail = last.length === replyEnd.length ? last : (this.#tail + last).slice(-replyEnd.length);
		if (this.#tail === replyEnd) this.#finish(this.#status);
	}

	/** A refusal or a broken connection: the next request opens a new one. */
	#fail(): void {
		this.#socket?.destroy();
		this.#socket = undefined;
		this.#finish(this.#status === 200 ? 0 : this.#status);
	}

	#finish(status: number): void {
		const settle = this.#settle;
		this.#settle = undefined;
		settle?.({ status, firstByteMs: this.#firstByteAt - this.#sentAt, totalMs: performance.now() - this.#sentAt });
	}
}
