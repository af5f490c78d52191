import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { AccountOptions } from './accounts.js';
import { CannedResponses } from './cannedResponses.js';
import type { Connection, IncomingRequest } from './exchange.js';
import { HttpWire } from './httpWire.js';
import { Simulator, type SimulatorOptions } from './simulator.js';
import { Sockets } from './sockets.js';

export interface UpstreamOptions extends SimulatorOptions {
	/** 0 or absent: any free port. */
	readonly port?: number;
	readonly accounts?: readonly AccountOptions[];
	/** Answer turns from prepared bytes without reading them: for benchmarks. */
	readonly canned?: boolean;
	/** Takes WebSocket upgrades. False when absent: they are answered with 426. */
	readonly sockets?: boolean;
}

/** The simulated provider on one loopback port. */
export class Upstream extends Simulator {
	readonly sockets: Sockets;
	readonly #canned: CannedResponses | undefined;
	readonly #connections = new WeakMap<Socket, Connection>();
	readonly #server = createServer({ keepAliveTimeout: 60_000, noDelay: true }, (request, response) => {
		void this.#serve(request, response);
	});
	#lastConnection = 0;

	constructor(options: UpstreamOptions) {
		super(options);
		this.#canned = options.canned === true ? new CannedResponses(this.world) : undefined;
		this.sockets = new Sockets(
			this.world,
			() => this.nextIndex(),
			socket => this.#connectionOf(socket),
		);
		this.sockets.isOffered = options.sockets ?? false;
		this.#server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
			void this.sockets.accept(request, socket, head);
		});
		this.#server.on('clientError', (_error, socket) => socket.destroy());
	}

	override get issuerUrl(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	get port(): number {
		const address = this.#server.address();
		if (address === null || typeof address === 'string') throw new Error('The simulator does not listen');
		return (address satisfies AddressInfo).port;
	}

	listen(port: number): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#server.once('error', reject);
			this.#server.listen({ port, host: '127.0.0.1', backlog: 1024 }, () => {
				this.#server.off('error', reject);
				resolve();
			});
		});
	}

	/** Drops every connection at once, as a network failure would, and goes on listening. */
	dropConnections(): void {
		this.#server.closeAllConnections();
	}

	close(): Promise<void> {
		return new Promise(resolve => {
			this.#server.close(() => resolve());
			this.sockets.close();
			this.#server.closeAllConnections();
		});
	}

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		if (this.#canned && this.faults.isEmpty && request.url === '/backend-api/codex/responses') {
			this.#canned.answer(request, response);
			return;
		}
		const connection = this.#connectionOf(request.socket);
		try {
			await this.serve(await readRequest(request, connection), new HttpWire(request, response));
		} catch {
			response.destroy(); // the client left before its request was whole, or the simulator failed
		}
	}

	#connectionOf(socket: Socket): Connection {
		const known = this.#connections.get(socket);
		if (known) return known;
		this.#lastConnection += 1;
		const connection = { id: this.#lastConnection, account: undefined };
		this.#connections.set(socket, connection);
		return connection;
	}
}

export async function startUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
	const upstream = new Upstream(options);
	await upstream.listen(options.port ?? 0);
	for (const account of options.accounts ?? []) upstream.addAccount(account);
	return upstream;
}

/** Reads a request to its end. */
async function readRequest(request: IncomingMessage, connection: Connection): Promise<IncomingRequest> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) {
		if (Buffer.isBuffer(chunk)) chunks.push(chunk);
	}
	return {
		method: request.method ?? 'GET',
		target: request.url ?? '/',
		headers: request.rawHeaders,
		bytes: Buffer.concat(chunks),
		connection,
	};
}
