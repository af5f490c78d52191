import type { Clock, HeaderMap } from '../../../src/core/ports.js';
import type { UpstreamCall, UpstreamFault, UpstreamObserver, UpstreamRequest } from '../../../src/core/upstreamPort.js';
import type { Wire } from './wire.js';

/** An attempt that hears nothing at all for this long has failed, as over a real connection. */
const idleMs = 300_000;

/** Hears of calls as they are made, and when the client has heard the head, a piece, the end, or has dropped it. */
export interface CallWatch {
	sent(call: InProcessCall): void;
	begun(call: InProcessCall): void;
	heard(call: InProcessCall, bytes: Buffer): void;
	ended(call: InProcessCall): void;
}

/** One request of a client in the same process: the simulator writes, the client's observer hears, no socket between. */
export class InProcessCall implements Wire, UpstreamCall {
	/** What the client was told, for the test to look at. */
	status: number | undefined;
	headers: HeaderMap = {};
	readonly chunks: Buffer[] = [];
	readonly sentAt: number;
	outcome: 'open' | 'whole' | 'aborted' | UpstreamFault = 'open';
	#closed: ((isWhole: boolean) => void) | undefined;
	#resumed: (() => void) | undefined;
	#lastSignAt: number;
	#cancelIdle: () => void;

	constructor(
		readonly request: UpstreamRequest,
		private readonly observer: UpstreamObserver,
		private readonly clock: Clock,
		private readonly watch: CallWatch | undefined,
	) {
		this.sentAt = clock.now();
		this.#lastSignAt = this.sentAt;
		this.#cancelIdle = clock.after(idleMs, () => this.#checkIdle());
	}

	onClose(listener: (isWhole: boolean) => void): void {
		if (this.outcome === 'open') this.#closed = listener;
		else listener(this.outcome === 'whole');
	}

	head(status: number, headers: Readonly<Record<string, string>>): void {
		if (this.outcome !== 'open') return;
		const passed = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'set-cookie'));
		this.status = status;
		this.headers = passed;
		this.#lastSignAt = this.clock.now();
		this.watch?.begun(this);
		this.observer.onHead(status, passed);
	}

	flushHead(): void {
		// The head has gone with the call that gave it.
	}

	async write(bytes: Buffer): Promise<void> {
		if (this.outcome !== 'open') return;
		this.chunks.push(bytes);
		this.#lastSignAt = this.clock.now();
		this.watch?.heard(this, bytes);
		if (this.observer.onChunk(bytes)) return;
		await new Promise<void>(resolve => (this.#resumed = resolve));
	}

	writePiece(bytes: Buffer): Promise<void> {
		return this.write(bytes);
	}

	end(bytes: Buffer): void {
		if (bytes.length > 0) void this.write(bytes);
		if (this.#finish('whole')) this.observer.onEnd();
	}

	close(): void {
		this.fail({ kind: 'reset', code: 'UND_ERR_SOCKET' });
	}

	reset(): void {
		this.fail({ kind: 'reset', code: 'ECONNRESET' });
	}

	resetAfterReading(): Promise<void> {
		this.reset();
		return Promise.resolve();
	}

	fail(fault: UpstreamFault): void {
		if (this.#finish(fault)) this.observer.onFault(fault);
	}

	resume(): void {
		if (!this.#resumed) return;
		this.#lastSignAt = this.clock.now();
		this.#resumed();
		this.#resumed = undefined;
	}

	abort(): void {
		this.#finish('aborted');
	}

	/** Says whether it was still open. */
	#finish(end: InProcessCall['outcome']): boolean {
		if (this.outcome !== 'open') return false;
		this.outcome = end;
		this.#cancelIdle();
		this.watch?.ended(this);
		this.#closed?.(end === 'whole');
		this.#resumed?.();
		return true;
	}

	#checkIdle(): void {
		const quietMs = this.#resumed ? 0 : this.clock.now() - this.#lastSignAt;
		if (quietMs >= idleMs) this.fail({ kind: 'timeout', code: 'IDLE_TIMEOUT' });
		else this.#cancelIdle = this.clock.after(idleMs - quietMs, () => this.#checkIdle());
	}
}
