import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HeaderMap } from '../core/ports.js';
import type { ResponsesRoute } from '../core/request/readRequest.js';
import type { SocketClient, SocketConversation } from '../core/socket/socketConversation.js';
import { StreamSocket } from '../core/socket/streamSocket.js';
import { PoolError } from '../shared/poolError.js';

export interface CodexSocketsContext {
	readonly isEnabled: () => boolean;
	/** False when every account is known to take HTTP only. */
	readonly isUseful: () => boolean;
	/** Said with the handshake, where Codex reads them. */
	readonly headers: (keyId: string) => HeaderMap;
	readonly converse: (client: SocketClient, socket: StreamSocket, over: () => void) => SocketConversation;
}

/** What a client and a server hash to prove that both mean WebSocket (RFC 6455, 1.3). */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** Each is a thread of some client; more than this is no use but a mistake. */
const socketLimit = 1024;

/** The WebSockets of model clients. Their frames are core's business: here is the handshake and who is connected. */
export class CodexSockets {
	readonly #conversations = new Set<SocketConversation>();

	constructor(private readonly context: CodexSocketsContext) {}

	/** For a client whose key has been accepted. Throws what is answered instead of the handshake, never a 429. */
	accept(client: Omit<SocketClient, 'headers'>, request: IncomingMessage, socket: Duplex, head: Buffer): void {
		const key = handshakeKey(request);
		// 426 is the one answer at which Codex turns to HTTP at once, where it is told what is the matter.
		if (!this.context.isEnabled() || !this.context.isUseful()) {
			throw new PoolError('websocket_unsupported', 'The pool answers over HTTP only at the moment.');
		}
		if (this.#conversations.size >= socketLimit) {
			throw new PoolError('upstream_overloaded', 'Too many WebSockets are open. Close some clients.');
		}
		socket.write(handshake(key, this.context.headers(client.keyId)));
		const conversation = this.context.converse(
			// Node joins repeated headers already, except a few that never pass.
			{ ...client, headers: request.headers as HeaderMap },
			new StreamSocket(socket, head),
			() => this.#conversations.delete(conversation),
		);
		this.#conversations.add(conversation);
	}

	/** Each ends with the response under way; clients connect anew, to whoever has the port then. */
	finish(): void {
		for (const conversation of [...this.#conversations]) conversation.finish();
	}

	/** A message that comes after its secret has ended is not answered; a response under way comes to its end. */
	finishKey(keyId: string): void {
		for (const conversation of [...this.#conversations]) {
			if (conversation.keyId === keyId) conversation.finish('policy');
		}
	}

	destroy(): void {
		for (const conversation of [...this.#conversations]) conversation.destroy();
	}
}

export function socketRoute(path: string): ResponsesRoute | undefined {
	return path === '/backend-api/codex/responses' || path === '/v1/responses' ? path : undefined;
}

function handshakeKey({ method, headers }: IncomingMessage): string {
	const key = headers['sec-websocket-key'];
	const isWebSocket = method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
	if (!isWebSocket || headers['sec-websocket-version'] !== '13' || !/^[\w+/]{22}==$/.test(key ?? '')) {
		throw new PoolError('invalid_request', 'This is no WebSocket handshake of version 13.');
	}
	return key ?? '';
}

/** No extension is taken up: compressing what stays on this machine would only cost time. */
function handshake(key: string, headers: HeaderMap): string {
	const accept = createHash('sha1')
		.update(key + guid)
		.digest('base64');
	const lines = [
		'HTTP/1.1 101 Switching Protocols',
		'upgrade: websocket',
		'connection: Upgrade',
		`sec-websocket-accept: ${accept}`,
		...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
	];
	return `${lines.join('\r\n')}\r\n\r\n`;
}
