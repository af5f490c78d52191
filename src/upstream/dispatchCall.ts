import type { Dispatcher } from 'undici';
import type { HeaderMap } from '../core/ports.js';
import type { UpstreamCall, UpstreamFault, UpstreamObserver } from '../core/upstreamPort.js';
import type { Placed, RunningCalls } from './runningCalls.js';
import { faultFrom } from './upstreamFault.js';

/** Why an attempt was dropped; shared because making an error for each is costly and nobody reads it. */
const abandoned = new Error('The attempt was abandoned');

export type IncomingHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * One try of one request: undici's handler and the caller's handle in a single object, without a closure, promise or
 * copied chunk on the way.
 */
export class DispatchCall implements Dispatcher.DispatchHandler, UpstreamCall, Placed {
	place = -1;
	readonly #observer: UpstreamObserver;
	readonly #running: RunningCalls<DispatchCall>;
	#controller: Dispatcher.DispatchController | undefined;
	#returned = false;
	#over = false;
	#quietBeats = 0;

	/** `running` holds the attempt for as long as it may still speak. */
	constructor(observer: UpstreamObserver, running: RunningCalls<DispatchCall>) {
		this.#observer = observer;
		this.#running = running;
	}

	/** Whether a byte of the request may have left this machine. */
	get isSent(): boolean {
		return this.#controller !== undefined;
	}

	start(connections: Dispatcher, options: Dispatcher.DispatchOptions): this {
		this.#running.add(this);
		try {
			connections.dispatch(options, this);
		} catch (thrown) {
			this.onResponseError(null, thrown);
		}
		this.#returned = true;
		return this;
	}

	resume(): void {
		// The connection may already serve another request.
		// A client that drains proves nothing about an upstream that was never paused.
		if (this.#over || this.#controller?.paused !== true) return;
		this.#quietBeats = 0;
		this.#controller.resume();
	}

	abort(): void {
		if (this.#over) return;
		this.#finish();
		this.#controller?.abort(abandoned);
	}

	/** A beat of the idle clock: gives up when more than `limit` of them pass without a sign of life. */
	beat(limit: number): void {
		if (this.#controller?.paused === true) {
			this.#quietBeats = 0;
			return;
		}
		this.#quietBeats += 1;
		if (this.#quietBeats <= limit) return;
		this.abort();
		this.#observer.onFault({ kind: 'timeout', code: 'IDLE_TIMEOUT' });
	}

	onRequestStart(controller: Dispatcher.DispatchController): void {
		// Thrown, not aborted: undici then drops the request and keeps the fresh connection.
		if (this.#over) throw abandoned;
		this.#controller = controller;
	}

	onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHeaders): void {
		this.#quietBeats = 0;
		// 1xx replies announce the real one.
		if (this.#over || status < 200) return;
		this.#observer.onHead(status, headerMap(headers));
	}

	onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
		this.#quietBeats = 0;
		if (!this.#over && !this.#observer.onChunk(chunk)) controller.pause();
	}

	onResponseEnd(): void {
		if (this.#over) return;
		this.#finish();
		this.#observer.onEnd();
	}

	onResponseError(_controller: unknown, error: unknown): void {
		if (this.#over) return;
		const fault = faultFrom(error);
		// undici reports a request that it refuses outright during dispatch.
		if (this.#returned) this.#fail(fault);
		else queueMicrotask(() => this.#fail(fault));
	}

	#fail(fault: UpstreamFault): void {
		if (this.#over) return;
		this.#finish();
		this.#observer.onFault(fault);
	}

	#finish(): void {
		this.#over = true;
		this.#running.remove(this);
	}
}

/** The upstream's cookies end here: the pool keeps none and passes none on. */
export function headerMap(headers: IncomingHeaders): HeaderMap {
	const map: Record<string, string> = {};
	for (const name in headers) {
		const value = headers[name];
		if (value === undefined || name === 'set-cookie') continue;
		map[name] = typeof value === 'string' ? value : value.join(', ');
	}
	return map;
}
