import { createHash, randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { HeaderMap } from '../core/ports.js';
import type { UpgradeObserver, UpstreamCall, UpstreamFault } from '../core/upstreamPort.js';
import { StreamSocket } from '../core/socket/streamSocket.js';
import { headerMap, type IncomingHeaders } from './dispatchCall.js';
import { faultFrom } from './upstreamFault.js';

/** What a client and a server hash to prove that both mean WebSocket (RFC 6455, 1.3). */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const timeoutMs = 15_000;
const refusalBytes = 256 * 1024;
const abandoned = new Error('The upgrade was abandoned');

interface Target {
	readonly origin: string;
	readonly path: string;
	readonly headers: readonly string[];
}

/** One WebSocket handshake. No extension is offered: the bytes are passed on as they are. */
export class UpgradeCall implements Dispatcher.DispatchHandler, Pick<UpstreamCall, 'abort'> {
	readonly #observer: UpgradeObserver;
	readonly #key = randomBytes(16).toString('base64');
	readonly #timer: NodeJS.Timeout;
	#controller: Dispatcher.DispatchController | undefined;
	#isOver = false;
	#status = 0;
	#headers: HeaderMap = {};
	readonly #body: Buffer[] = [];
	#bodyBytes = 0;

	constructor(observer: UpgradeObserver) {
		this.#observer = observer;
		this.#timer = setTimeout(() => {
			this.#fail({ kind: 'timeout', code: 'UPGRADE_TIMEOUT' });
			this.#controller?.abort(abandoned);
		}, timeoutMs);
	}

	start(connections: Dispatcher, { origin, path, headers }: Target): this {
		const handshake = ['sec-websocket-version', '13', 'sec-websocket-key', this.#key];
		try {
			connections.dispatch(
				{ origin, path, method: 'GET', upgrade: 'websocket', headers: [...handshake, ...headers] },
				this,
			);
		} catch (thrown) {
			this.onResponseError(null, thrown);
		}
		return this;
	}

	abort(): void {
		if (!this.#finish()) return;
		this.#controller?.abort(abandoned);
	}

	onRequestStart(controller: Dispatcher.DispatchController): void {
		// Thrown, not aborted: undici then drops the request and keeps the fresh connection.
		if (this.#isOver) throw abandoned;
		this.#controller = controller;
	}

	onRequestUpgrade(_controller: unknown, status: number, headers: IncomingHeaders, socket: Duplex): void {
		const isOurs = status === 101 && headers['sec-websocket-accept'] === acceptOf(this.#key);
		const isPlain = headers['sec-websocket-extensions'] === undefined;
		if (this.#isOver || !isOurs || !isPlain) {
			socket.on('error', () => undefined).destroy();
			this.#fail({ kind: 'reset', code: 'BAD_HANDSHAKE' });
			return;
		}
		this.#finish();
		// undici has put back what came behind the head.
		this.#observer.onOpen(headerMap(headers), new StreamSocket(socket, Buffer.alloc(0)));
	}

	onResponseStart(_controller: unknown, status: number, headers: IncomingHeaders): void {
		if (status < 200) return;
		this.#status = status;
		this.#headers = headerMap(headers);
	}

	onResponseData(_controller: unknown, chunk: Buffer): void {
		if (this.#bodyBytes > refusalBytes) return;
		this.#bodyBytes += chunk.length;
		this.#body.push(Buffer.from(chunk));
	}

	onResponseEnd(): void {
		if (this.#finish()) this.#observer.onRefused(this.#status, this.#headers, Buffer.concat(this.#body));
	}

	onResponseError(_controller: unknown, error: unknown): void {
		const fault = faultFrom(error);
		queueMicrotask(() => this.#fail(fault));
	}

	#fail(fault: UpstreamFault): void {
		if (this.#finish()) this.#observer.onFault(fault);
	}

	/** False when it was over already. */
	#finish(): boolean {
		if (this.#isOver) return false;
		this.#isOver = true;
		clearTimeout(this.#timer);
		return true;
	}
}

function acceptOf(key: string): string {
	return createHash('sha1')
		.update(key + guid)
		.digest('base64');
}
