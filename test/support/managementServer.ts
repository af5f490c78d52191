import { EventEmitter, once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import type { RuntimeFile } from '../../src/shared/poolApi.js';
import { managementReplies, managementRoutes } from '../../src/shared/managementRoutes.js';
import { ownerProof } from '../../src/shared/ownerProof.js';
import { PoolError } from '../../src/shared/poolError.js';
import { ManagedPool, type RouteName } from './managedPool.js';
import { poolState } from './managementExamples.js';

export interface SeenRequest {
	readonly method: string;
	readonly path: string;
	readonly authorization: string | undefined;
	readonly body: unknown;
}

const adminToken = 'admin-token-of-the-test';

/** A pool as its faces see it: the management routes on loopback, and a home folder with its runtime file. */
export class ManagementServer extends ManagedPool {
	readonly requests: SeenRequest[] = [];
	/** Answers the next management request in place of the route. */
	nextReply: { readonly status: number; readonly text: string } | undefined;
	/** Requests are read and never answered, pings neither. */
	isSuspended = false;
	/** Requests are answered once this has settled. */
	held: Promise<void> = Promise.resolve();
	port = 0;

	readonly #http = createServer((request, response) => {
		void this.#answer(request).then(reply => {
			if (reply) response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.text);
		});
	});
	readonly #events = new EventEmitter();
	readonly #sockets = new WebSocketServer({ noServer: true, autoPong: false });

	private constructor(readonly homeDir: string) {
		super();
	}

	static async start(): Promise<ManagementServer> {
		const server = new ManagementServer(await mkdtemp(join(tmpdir(), 'pool-home-')));
		await new Promise<void>(resolve => server.#http.listen(0, '127.0.0.1', resolve));
		server.#http.on('upgrade', (request, socket, head) => {
			if (request.url !== managementRoutes.events[1] || request.headers.authorization !== `Bearer ${adminToken}`) {
				socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
				return;
			}
			server.#sockets.handleUpgrade(request, socket, head, accepted => {
				accepted.on('ping', data => {
					if (!server.isSuspended) accepted.pong(data);
					server.#events.emit('ping');
				});
				accepted.send(JSON.stringify(server.state));
			});
		});
		server.port = (server.#http.address() as AddressInfo).port;
		server.state = poolState(server.port);
		await server.writeRuntimeFile({});
		return server;
	}

	async writeRuntimeFile(changes: Partial<RuntimeFile>): Promise<void> {
		const file = { pid: process.pid, port: this.port, adminToken, version: '1.2.3', launcher: 'cli', startedAt: 1_000 };
		await this.writeRuntimeText(JSON.stringify({ ...file, ...changes }));
	}

	async writeRuntimeText(text: string): Promise<void> {
		await mkdir(join(this.homeDir, 'runtime'), { recursive: true });
		await writeFile(join(this.homeDir, 'runtime', `${this.port}.json`), text, { mode: 0o600 });
	}

	broadcast(text: string): void {
		for (const socket of this.#sockets.clients) socket.send(text);
	}

	/** Resolves once watchers have pinged `count` more times. */
	async pings(count: number): Promise<void> {
		for (let heard = 0; heard < count; heard += 1) await once(this.#events, 'ping');
	}

	/** Ends the process, so to speak: the runtime file stays behind as after a crash. */
	async stopListening(): Promise<void> {
		for (const socket of this.#sockets.clients) socket.terminate();
		const closed = new Promise<void>(resolve => this.#http.close(() => resolve()));
		this.#http.closeAllConnections();
		await closed;
	}

	async close(): Promise<void> {
		if (this.#http.listening) await this.stopListening();
		await rm(this.homeDir, { recursive: true, force: true });
	}

	async #answer(request: IncomingMessage): Promise<{ status: number; text: string } | undefined> {
		const url = new URL(request.url ?? '/', 'http://127.0.0.1');
		if (this.isSuspended) return undefined;
		await this.held;
		if (url.pathname === '/healthz') {
			const proof = ownerProof(adminToken, url.searchParams.get('challenge') ?? '');
			return { status: 200, text: JSON.stringify({ service: 'codex-account-pool', version: '1.2.3', proof }) };
		}
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const text = Buffer.concat(chunks).toString('utf8');
		const body: unknown = text ? JSON.parse(text) : undefined;
		const { method = '' } = request;
		const { authorization } = request.headers;
		this.requests.push({ method, path: url.pathname + url.search, authorization, body });
		const { nextReply } = this;
		this.nextReply = undefined;
		if (nextReply) return nextReply;
		try {
			if (authorization !== `Bearer ${adminToken}`) throw new PoolError('admin_token_rejected', 'The token is wrong.');
			const { name, id } = routeOf(method, url.pathname);
			const result = this.handle(name, id, body, Object.fromEntries(url.searchParams));
			return managementReplies[name] ? { status: 200, text: JSON.stringify(result) } : { status: 204, text: '' };
		} catch (thrown) {
			const { status, code, message } = PoolError.from(thrown);
			return { status, text: JSON.stringify({ error: { message, type: 'pool_error', code } }) };
		}
	}
}

function routeOf(method: string, path: string): { name: RouteName; id: string } {
	for (const name of Object.keys(managementReplies) as RouteName[]) {
		const [routeMethod, pattern] = managementRoutes[name];
		const match = new RegExp(`^${pattern.replace(':id', '([^/]+)')}$`).exec(path);
		if (routeMethod === method && match) return { name, id: decodeURIComponent(match[1] ?? '') };
	}
	throw new PoolError('not_found', 'No such route.');
}
