import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { frameHeaderAt } from '../src/core/socket/webSocketFrames.js';
import { splitFrames, wholeFrames } from './streamShapes.js';

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const reply = wholeFrames(20);
const [firstFrames, ...otherFrames] = splitFrames(20);
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
	let rest: Buffer = Buffer.alloc(0);
	socket.on('data', (chunk: Buffer) => {
		rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
		for (;;) {
			const header = frameHeaderAt(rest, 0);
			const end = header && header.length + header.payloadLength;
			if (!header || end === undefined || rest.length < end) return;
			rest = rest.subarray(end);
			if (header.opcode === 1) answer(socket, headers['x-codex-bench'] === 'paced');
		}
	});
}

/** In one packet, or the first events at once and then one after each interval. */
function answer(socket: Duplex, isPaced: boolean): void {
	if (!isPaced) {
		socket.write(reply);
		return;
	}
	let next = 0;
	socket.write(firstFrames);
	const timer = setInterval(() => {
		socket.write(otherFrames[next]);
		next++;
		if (next === otherFrames.length || socket.destroyed) clearInterval(timer);
	}, pacedEveryMs);
}
