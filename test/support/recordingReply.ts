import type { ClientReply, HeaderMap } from '../../src/core/ports.js';

interface ErrorBody {
	readonly error: {
		readonly type: string;
		readonly code: string | null;
		readonly message: string;
		readonly resets_at?: number;
		readonly resets_in_seconds?: number;
	};
}

/** A client that keeps what it is answered, and leaves or slows down when told to. */
export class RecordingReply implements ClientReply {
	status: number | undefined;
	headers: HeaderMap = {};
	readonly chunks: Buffer[] = [];
	state: 'open' | 'ended' | 'cut' = 'open';
	hasLeft = false;
	/** What `write` answers: false asks for a pause. */
	hasRoom = true;
	starts = 0;
	#onLeave: (() => void) | undefined;
	#onDrain: (() => void) | undefined;

	get text(): string {
		return Buffer.concat(this.chunks).toString('utf8');
	}

	get json(): unknown {
		return JSON.parse(this.text) as unknown;
	}

	get error(): ErrorBody['error'] {
		return (this.json as ErrorBody).error;
	}

	onLeave(listener: () => void): void {
		this.#onLeave = listener;
	}

	onDrain(listener: () => void): void {
		this.#onDrain = listener;
	}

	start(status: number, headers: HeaderMap): void {
		this.starts++;
		this.status = status;
		this.headers = headers;
	}

	write(chunk: Buffer): boolean {
		// A copy: the caller may use the bytes again.
		this.chunks.push(Buffer.from(chunk));
		return this.hasRoom;
	}

	end(): void {
		this.state = 'ended';
	}

	cut(): void {
		this.state = 'cut';
	}

	leave(): void {
		this.hasLeft = true;
		this.#onLeave?.();
	}

	drain(): void {
		this.hasRoom = true;
		this.#onDrain?.();
	}
}
