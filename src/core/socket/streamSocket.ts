import type { Duplex } from 'node:stream';
import type { ByteListener, ByteSocket } from '../upstreamPort.js';
import { keepLent, lendReads } from './lentReads.js';

/** A node stream as core wants it. Both sides of the pool use it, which is why it is here. */
export class StreamSocket implements ByteSocket {
	#listener: ByteListener | undefined;
	#isOver = false;

	/** `head`: what came behind the handshake in the same packet. */
	constructor(
		private readonly stream: Duplex,
		private readonly head: Buffer,
	) {
		// A broken connection says so and then closes, which is where it is dealt with.
		stream.on('error', () => undefined);
		stream.on('close', () => this.#gone());
		stream.on('drain', () => this.#listener?.onDrain());
	}

	listen(listener: ByteListener): void {
		this.#listener = listener;
		if (this.stream.destroyed) {
			queueMicrotask(() => this.#gone());
			return;
		}
		if (this.head.length > 0) this.stream.unshift(this.head);
		const take = (bytes: Buffer): void => {
			if (!this.#isOver) this.#listener?.onBytes(bytes);
		};
		// What is there already comes before what will be read.
		this.stream.on('data', take);
		lendReads(this.stream, take);
		this.stream.on('end', () => this.stream.end());
		this.stream.resume();
	}

	write(bytes: Buffer): boolean {
		if (!this.stream.writable) return true;
		const hasRoom = this.stream.write(bytes);
		if (this.stream.writableLength > 0) keepLent();
		return hasRoom;
	}

	pause(): void {
		this.stream.pause();
	}

	resume(): void {
		this.stream.resume();
	}

	end(): void {
		this.stream.end();
	}

	destroySoon(): void {
		this.#isOver = true;
		this.stream.end(() => this.stream.destroy());
	}

	destroy(): void {
		this.#isOver = true;
		this.stream.destroy();
	}

	#gone(): void {
		if (this.#isOver || !this.#listener) return;
		this.#isOver = true;
		this.#listener.onGone();
	}
}
