import type { Socket } from 'node:net';
import { encodeFrame, opcodes } from '../src/core/socket/webSocketFrames.js';
import { connectBare } from './bareSocket.js';
import type { Connection, Sample } from './loadConnection.js';
import { messageBody, type RequestBytes } from './requestBytes.js';
import type { SocketShape } from './socketUpstream.js';
import { replyEnd } from './streamShapes.js';

const headEnd = '\r\n\r\n';
const mask = Buffer.from([1, 2, 3, 4]);

export interface SocketOptions {
	readonly key: string;
	readonly shape: SocketShape;
}

/** One for each of so many sessions. */
export function socketsOfSessions(count: number, options: SocketOptions): RequestBytes[] {
	return Array.from({ length: count }, (_, at) => socketBytes(options, `bench-session-${at}`));
}

/** A handshake and the message that is sent behind it again and again, as they go over the wire. */
function socketBytes({ key, shape }: SocketOptions, session: string): RequestBytes {
	const lines = [
		'GET /backend-api/codex/responses HTTP/1.1',
		'host: 127.0.0.1',
		'connection: Upgrade',
		'upgrade: websocket',
		'sec-websocket-version: 13',
		'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
		`authorization: Bearer ${key}`,
		'user-agent: codex_exec/0.169.0 (Debian 12; x86_64)',
		'originator: codex_exec',
		`session-id: ${session}`,
		`thread-id: ${session}`,
		`x-codex-bench: ${shape}`,
	];
	return [Buffer.from(lines.join('\r\n') + headEnd), encodeFrame(opcodes.text, messageBody, mask)];
}

/** One WebSocket that stays open, and one message at a time, on a bare socket. */
export class SocketConnection implements Connection {
	#socket: Socket | undefined;
	#isOpen = false;
	#waiting: Buffer | undefined;
	#settle: ((sample: Sample) => void) | undefined;
	#sentAt = 0;
	#firstByteAt = 0;
	#tail = '';

	constructor(private readonly port: number) {}

	get isBusy(): boolean {
		return this.#settle !== undefined;
	}

	send([handshake, message]: RequestBytes, settle: (sample: Sample) => void): void {
		this.#settle = settle;
		this.#firstByteAt = 0;
		this.#tail = '';
		this.#sentAt = performance.now();
		if (this.#isOpen && message) this.#socket?.write(message);
		else if (handshake) this.#open(handshake, message);
	}

	close(): void {
		this.#settle = undefined;
		this.#socket?.destroy();
		this.#socket = undefined;
		this.#isOpen = false;
	}

	#open(handshake: Buffer, message: Buffer | undefined): void {
		this.#waiting = message;
		this.#socket = connectBare(this.port, {
			onBytes: (bytes, from) => {
				if (from === this.#socket) this.#read(bytes);
			},
			onClose: from => {
				if (from === this.#socket) this.#finish(0);
			},
		});
		this.#socket.write(handshake);
	}

	#read(bytes: Buffer): void {
		if (!this.#isOpen) {
			if (bytes.toString('latin1', 9, 12) !== '101') {
				this.#finish(Number(bytes.toString('latin1', 9, 12)));
				return;
			}
			this.#isOpen = true;
			if (this.#waiting) this.#socket?.write(this.#waiting);
			return;
		}
		if (this.#firstByteAt === 0) this.#firstByteAt = performance.now();
		const last = bytes.toString('latin1', Math.max(0, bytes.length - replyEnd.length));
		this.#tail = last.length === replyEnd.length ? last : (this.#tail + last).slice(-replyEnd.length);
		if (this.#tail === replyEnd) this.#finish(200);
	}

	#finish(status: number): void {
		const settle = this.#settle;
		this.#settle = undefined;
		if (status !== 200) this.close();
		settle?.({ status, firstByteMs: this.#firstByteAt - this.#sentAt, totalMs: performance.now() - this.#sentAt });
	}
}
