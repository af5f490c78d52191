import type { ClientReply, HeaderMap } from '../../src/core/ports.js';
import type { LabClock } from './labClock.js';

/** How long a Codex client waits for the next event. */
const idleMs = 300_000;

/** A client of the pool: keeps what it is answered, reads slowly, leaves. Notes what no reply may do. */
export class LabReply implements ClientReply {
	status: number | undefined;
	headers: HeaderMap = {};
	readonly chunks: Buffer[] = [];
	state: 'open' | 'ended' | 'cut' = 'open';
	hasLeft = false;
	/** Whether it left because nothing came for as long as a real client waits. */
	gaveUpIdle = false;
	readonly misuse: string[] = [];
	lastSignAt: number;
	#onLeave: (() => void) | undefined;
	#onDrain: (() => void) | undefined;

	constructor(
		private readonly clock: LabClock,
		private readonly isSlow: boolean,
	) {
		this.lastSignAt = clock.now();
	}

	get bytes(): Buffer {
		return this.chunks.length === 1 && this.chunks[0] ? this.chunks[0] : Buffer.concat(this.chunks);
	}

	onLeave(listener: () => void): void {
		this.#onLeave = listener;
	}

	onDrain(listener: () => void): void {
		this.#onDrain = listener;
	}

	start(status: number, headers: HeaderMap): void {
		if (this.status !== undefined) this.misuse.push('started twice');
		this.status = status;
		this.headers = headers;
		this.lastSignAt = this.clock.now();
	}

	write(chunk: Buffer): boolean {
		if (this.status === undefined) this.misuse.push('written before the start');
		if (this.state !== 'open') this.misuse.push(`written after it was ${this.state}`);
		// A copy: the bytes are only lent.
		this.chunks.push(Buffer.from(chunk));
		this.lastSignAt = this.clock.now();
		if (!this.isSlow) return true;
		this.clock.after(200, () => this.#onDrain?.());
		return false;
	}

	end(): void {
		if (this.state !== 'open') this.misuse.push(`ended after it was ${this.state}`);
		this.state = 'ended';
	}

	cut(): void {
		if (this.state !== 'open') this.misuse.push(`cut after it was ${this.state}`);
		this.state = 'cut';
	}

	/** Goes when it hears nothing for too long; gives the function that ends its watch. */
	giveUpWhenIdle(): () => void {
		let cancel: () => void;
		const check = (): void => {
			const quietMs = this.clock.now() - this.lastSignAt;
			if (quietMs < idleMs) cancel = this.clock.after(idleMs - quietMs, check);
			else {
				this.gaveUpIdle = true;
				this.leave();
			}
		};
		cancel = this.clock.after(idleMs, check);
		return () => cancel();
	}

	leave(): void {
		if (this.hasLeft || this.state !== 'open') return;
		this.hasLeft = true;
		this.#onLeave?.();
	}
}
