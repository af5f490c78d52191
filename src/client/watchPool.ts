import { WebSocket } from 'ws';
import { poolStateSchema, type PoolState } from '../shared/poolApi.js';
import { managementRoutes } from '../shared/managementRoutes.js';
import { parseJson } from './loopbackRequest.js';

/** Hears snapshots until `onClose`, which comes once and last. After `dispose` it hears nothing more. */
export interface PoolListener {
	onState(state: PoolState): void;
	/** `reason` is a sentence for the user. */
	onClose(reason: string): void;
}

export interface PoolWatch {
	dispose(): void;
}

export interface WatchOptions {
	readonly port: number;
	readonly adminToken: string;
	readonly pingEveryMs?: number;
}

const unansweredPingsAllowed = 2;

/**
 * Follows the event stream of a runtime. Pings make it notice an owner that is suspended, whose sockets stay open.
 * Unanswered pings are counted, not seconds: after the machine has slept, one fresh ping still gets its chance.
 */
export function watchPool(options: WatchOptions, listener: PoolListener): PoolWatch {
	const { port, adminToken, pingEveryMs = 5_000 } = options;
	const socket = new WebSocket(`ws://127.0.0.1:${port}${managementRoutes.events[1]}`, {
		headers: { authorization: `Bearer ${adminToken}` },
		handshakeTimeout: pingEveryMs * unansweredPingsAllowed,
		perMessageDeflate: false,
	});
	let unansweredPings = 0;
	let isOver = false;

	const end = (reason?: string): void => {
		if (isOver) return;
		isOver = true;
		clearInterval(pulse);
		socket.terminate();
		if (reason !== undefined) listener.onClose(reason);
	};
	const pulse = setInterval(() => {
		// Until the handshake is done its own timeout stands guard.
		if (socket.readyState !== WebSocket.OPEN) return;
		if (unansweredPings >= unansweredPingsAllowed) {
			end(`The pool on port ${port} has stopped answering. It may be suspended.`);
			return;
		}
		unansweredPings += 1;
		socket.ping();
	}, pingEveryMs);

	socket.on('pong', () => {
		unansweredPings = 0;
	});
	socket.on('message', frame => {
		if (isOver) return;
		const state = poolStateSchema.safeParse(Buffer.isBuffer(frame) ? parseJson(frame.toString('utf8')) : undefined);
		if (state.success) {
			listener.onState(state.data);
		} else {
			end(`The pool on port ${port} speaks another version. Update both to the same one.`);
		}
	});
	socket.on('unexpected-response', (_request, reply) => {
		end(`The pool on port ${port} refused to be watched (HTTP ${reply.statusCode ?? 0}). It may have been restarted.`);
	});
	// Each of these is followed by, or is itself, the end of the connection.
	socket.on('error', () => end(`The pool on port ${port} cannot be reached any more.`));
	socket.on('close', () => end(`The pool on port ${port} has stopped.`));

	return { dispose: () => end() };
}
