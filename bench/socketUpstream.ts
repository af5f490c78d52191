import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { frameHeaderAt } from '../src/core/socket/webSocketFrames.js';
import { splitFrames } from './streamShapes.js';

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * When the events of an answer are written: one after another with nothing in between, as a server does that is ready
 * with all of them; all in one write, which no server does that sends each event when it comes; or at a pace.
 */
export type SocketShape = 'small' | 'packed' | 'paced';

const frames = splitFrames(20);
const packed = Buffer.concat(frames);
const pacedEveryMs = 5;

/** Answers every message with the same frames, without looking at it. */
export function answerSocket({ headers }: IncomingMessage, socket: Duplex): void {
	const accept = createHash('sha1')
		.update((headers['sec-websocket-key'] ?? '') + guid)
		.digest('base64');
	socket.on('error', () => socket.destroy());
	socket.write(
		`HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
	);
	const shape = headers['x-codex-bench'] as SocketShape;
	let rest: Buffer = Buffer.alloc(0);
	socket.on('data', (chunk: Buffer) => {
		rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
		for (;;) {
			const header = frameHeaderAt(rest, 0);
			const end = header && header.length + header.payloadLength;
			if (!header || end === undefined || rest.length < end) return;
			rest = rest.subarray(end);
			if (header.opcode === 1) answer[shape](socket);
		}
	});
}

const answer: Readonly<Record<SocketShape, (socket: Duplex) => void>> = {
	small: socket => {
		for (const frame of frames) socket.write(frame);
	},
	packed: socket => void socket.write(packed),
	paced: socket => {
		let next = 1;
		socket.write(frames[0]);
		const timer = setInterval(() => {
			socket.write(frames[next]);
			next++;
			if (next === frames.length || socket.destroyed) clearInterval(timer);
		}, pacedEveryMs);
	},
};
