import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { authorize, bearerOf, noticeLeaks } from './authorization.js';
import { makeTurnState } from './continuity.js';
import type { Connection } from './exchange.js';
import { passTime } from './clock.js';
import { RepeatedTurns } from './repeatedTurns.js';
import { SocketConnection, type SocketFacts } from './socketConnection.js';
import { recordSocketRequest } from './socketRecord.js';
import type { World } from './world.js';

/** How the simulated provider speaks WebSocket. Change it at any time. */
export interface SocketStyle {
	/** Agrees to compression when the client offers it, as the provider did for a time. */
	deflate: boolean;
	/** How error frames name their status: live ones were seen with either. */
	statusField: 'status' | 'status_code';
	/** Responses after which a connection is said to be at its limit (an hour, for the provider). */
	turnLimit: number;
	/** Close code sent right after each completed response. */
	closeAfterTurn: number | undefined;
	/** Bytes that a message may have on connections from now on; one that is longer closes its connection with 1009. */
	messageLimit: number;
}

const socketPath = '/backend-api/codex/responses';
const reasons: Readonly<Record<number, string>> = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' };

/** `/codex/responses` over WebSocket. */
export class Sockets {
	readonly style: SocketStyle = {
		deflate: false,
		statusField: 'status',
		turnLimit: Infinity,
		closeAfterTurn: undefined,
		messageLimit: 64 * 1024 * 1024,
	};
	/** False until a test asks for it: an upgrade is answered with 426, which makes clients use HTTP at once. */
	isOffered = false;
	readonly #plain = new WebSocketServer({ noServer: true, perMessageDeflate: false });
	readonly #deflating = new WebSocketServer({ noServer: true, perMessageDeflate: true });
	readonly #open = new Set<SocketConnection>();
	readonly #repeatedTurns: RepeatedTurns;

	constructor(
		private readonly world: World,
		private readonly nextIndex: () => number,
		private readonly connectionOf: (socket: Socket) => Connection,
	) {
		this.#repeatedTurns = new RepeatedTurns(world.log);
	}

	get connections(): readonly SocketConnection[] {
		return [...this.#open];
	}

	async accept(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
		socket.on('error', () => socket.destroy());
		if (!this.isOffered || request.url?.split('?')[0] !== socketPath) {
			refuse(socket, this.isOffered ? 404 : 426);
			return;
		}
		const connection = this.connectionOf(socket);
		const account = this.world.book.access(bearerOf(request.headers.authorization) ?? '')?.account;
		const { record, end } = recordSocketRequest(request, {
			index: this.nextIndex(),
			at: this.world.clock.now(),
			connection,
			account,
		});
		noticeLeaks(this.world, { record, target: request.url ?? '' });
		this.world.log.add(record);
		const fault = this.world.faults.take(record);
		if (fault?.wait !== undefined) await passTime(this.world.clock, fault.wait);
		const authorization = authorize(this.world, { record, connection });
		const refusal = authorization.kind === 'refused' ? authorization.refusal : undefined;
		if (fault?.kind === 'refuse') {
			end('cut');
			socket.resetAndDestroy();
		} else if (fault?.kind === 'reply' || refusal) {
			const { status, body } = refusal ?? { status: 500, body: undefined };
			const given = fault?.kind === 'reply' ? fault : { status, body, headers: {} };
			record.answer.status = given.status;
			refuse(socket, given.status, given.body, given.headers);
			end('complete');
		} else if (authorization.kind === 'granted') {
			record.answer.status = 101;
			this.#upgrade(request, socket, head, { request, connection, account: authorization.account });
			end('complete');
		}
	}

	close(): void {
		for (const connection of this.#open) connection.drop();
	}

	#upgrade(request: IncomingMessage, socket: Socket, head: Buffer, facts: SocketFacts): void {
		const server = this.style.deflate ? this.#deflating : this.#plain;
		server.options.maxPayload = this.style.messageLimit;
		server.once('headers', lines => {
			lines.push(
				`x-models-etag: ${this.world.catalogue.etag(facts.account.plan)}`,
				'x-reasoning-included: true',
				`x-codex-turn-state: ${makeTurnState(facts.account)}`,
			);
		});
		server.handleUpgrade(request, socket, head, peer => {
			const context = {
				world: this.world,
				style: this.style,
				nextIndex: this.nextIndex,
				repeatedTurns: this.#repeatedTurns,
			};
			const connection = new SocketConnection(context, facts, peer, socket);
			this.#open.add(connection);
			peer.once('close', () => this.#open.delete(connection));
		});
	}
}

function refuse(
	socket: Socket,
	status: number,
	body: unknown = '',
	headers: Readonly<Record<string, string>> = {},
): void {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	const lines = Object.entries({
		'content-type': text.startsWith('<') ? 'text/html' : 'application/json',
		...headers,
		'content-length': String(Buffer.byteLength(text)),
		connection: 'close',
	}).map(([name, value]) => `${name}: ${value}`);
	socket.end(`HTTP/1.1 ${status} ${reasons[status] ?? 'Refused'}\r\n${lines.join('\r\n')}\r\n\r\n${text}`);
}
