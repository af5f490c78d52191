import type { ServerResponse } from 'node:http';
import type { ClientReply, HeaderMap } from '../core/ports.js';

/** A client's reply over node:http. */
export class HttpReply implements ClientReply {
	#onLeave: (() => void) | undefined;
	#onDrain: (() => void) | undefined;
	#awaitsDrain = false;
	#ended = false;

	constructor(private readonly response: ServerResponse) {
		response.on('close', () => {
			if (!this.#ended) this.#onLeave?.();
		});
		// A reset while writing is followed by 'close', which is where it is dealt with.
		response.on('error', () => undefined);
	}

	get hasLeft(): boolean {
		return this.response.closed && !this.#ended;
	}

	onLeave(listener: () => void): void {
		this.#onLeave = listener;
	}

	onDrain(listener: () => void): void {
		this.#onDrain = listener;
	}

	start(status: number, headers: HeaderMap): void {
		if (!this.response.headersSent) this.response.writeHead(status, headers);
	}

	write(chunk: Buffer): boolean {
		const hasRoom = this.response.write(chunk);
		if (!hasRoom && !this.#awaitsDrain) {
			this.#awaitsDrain = true;
			this.response.once('drain', () => {
				this.#awaitsDrain = false;
				this.#onDrain?.();
			});
		}
		return hasRoom;
	}

	end(): void {
		this.#ended = true;
		this.response.end();
	}

	cut(): void {
		this.#ended = true;
		// After what is written already: destroying the response would take that back.
		this.response.socket?.destroySoon();
	}
}
