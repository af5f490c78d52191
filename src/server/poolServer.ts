import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { errorAnswer } from '../core/reply/answers.js';
import type { Log } from '../core/ports.js';
import type { ResponsesRoute } from '../core/request/readRequest.js';
import { wholeRoutes } from '../core/request/wholeRoutes.js';
import { managementRoutes } from '../shared/managementRoutes.js';
import { ownerProof } from '../shared/ownerProof.js';
import { PoolError } from '../shared/poolError.js';
import { addAbsentRoutes } from './absentRoutes.js';
import { addCodexSideRoutes, type CodexSideRoutesContext } from './codexSideRoutes.js';
import { CodexSockets, socketRoute, type CodexSocketsContext } from './codexSockets.js';
import { EventStream } from './eventStream.js';
import { KnownLogins } from './knownLogins.js';
import { addManagementRoutes, refuseWithoutAdminToken, type ManagementContext } from './managementRoutes.js';
import { addModelRoutes, type ModelRoutesContext } from './modelRoutes.js';
import { authenticate, refuseForeigners, type Gate } from './requestGuard.js';
import { receiveResponses, type ResponsesRouteContext } from './responsesRoute.js';

export interface PoolServerOptions {
	readonly version: string;
	readonly gate: Gate;
	readonly responses: Omit<ResponsesRouteContext, 'gate'>;
	readonly sockets: CodexSocketsContext;
	readonly models: Omit<ModelRoutesContext, 'gate'>;
	readonly management: ManagementContext;
	/** The pool's quota as one account's, in the provider's form. */
	readonly readQuota: CodexSideRoutesContext['readQuota'];
	readonly watch: (watcher: () => void) => () => void;
	readonly log: Log;
}

/** `localhost` may mean either family, so both loopback addresses are served. */
const hosts = ['127.0.0.1', '::1'] as const;

const hotRoutes: ReadonlyMap<string, ResponsesRoute> = new Map(
	(
		[
			'/backend-api/codex/responses',
			'/v1/responses',
			'/v1/chat/completions',
			'/v1/responses/compact',
			'/backend-api/codex/responses/compact',
			...wholeRoutes,
		] as const
	).map(route => [route, route]),
);
const closeIdleEveryMs = 100;
/** Codex describes its turn in a header, and the provider's turn states have no known size. */
const headerBytes = 64 * 1024;
/** Bodies may take their time, heads may not. Without a limit for heads, Node would take the one for whole requests: none. */
const limits = {
	keepAliveTimeout: 120_000,
	requestTimeout: 0,
	headersTimeout: 60_000,
	noDelay: true,
	maxHeaderSize: headerBytes,
} as const;

/** The one HTTP server of the pool: model routes for clients, the management API for faces. */
export class PoolServer {
	readonly #app: Express;
	readonly #events: EventStream;
	readonly #sockets: CodexSockets;
	readonly #servers: Server[] = [];
	readonly #logins: KnownLogins;
	readonly #responses: ResponsesRouteContext;
	#closingIdle: NodeJS.Timeout | undefined;

	constructor(private readonly options: PoolServerOptions) {
		this.#logins = new KnownLogins(options.gate);
		this.#responses = { ...options.responses, gate: options.gate };
		this.#events = new EventStream(() => options.management.control.state(), options.watch);
		this.#sockets = new CodexSockets(options.sockets);
		this.#app = this.#createApp();
	}

	/** Binds the port, which is the lease on the pool. Rejects with `port_taken`. Returns the port. */
	async listen(port: number): Promise<number> {
		const first = await this.#bind(port, hosts[0]);
		const bound = (first.address() as AddressInfo).port;
		// A machine without IPv6 loopback is fine; somebody else on it is not.
		await this.#bind(bound, hosts[1]).catch((error: unknown) => {
			if (isTaken(error)) this.#stop();
			if (isTaken(error)) throw portTaken(bound, error);
		});
		return bound;
	}

	/** Frees the port at once, lets running streams go on. Followers learn of it through their event streams. */
	stopListening(): void {
		this.#stop();
		this.#events.close();
		this.#sockets.finish();
	}

	/** The secret of a key no longer counts, or a login in its place: nobody stays who came in with it. */
	endKey(keyId: string): void {
		this.#logins.forgetKey(keyId);
		this.#sockets.finishKey(keyId);
	}

	/** Breaks what is still running. */
	destroy(): void {
		clearInterval(this.#closingIdle);
		for (const server of this.#servers) server.closeAllConnections();
		this.#sockets.destroy();
	}

	#stop(): void {
		for (const server of this.#servers) server.close();
		const closeIdle = (): void => this.#servers.forEach(server => server.closeIdleConnections());
		closeIdle();
		this.#closingIdle ??= setInterval(closeIdle, closeIdleEveryMs).unref();
	}

	/** The hot paths go past Express, which would cost them a tenth of their time; everything else goes through it. */
	#serve(request: IncomingMessage, response: ServerResponse): void {
		if (this.#closingIdle) {
			// Whoever has freed the port must not serve on. Clients open a new connection, to the new owner, by themselves.
			request.socket.destroy();
			return;
		}
		this.#logins.note(request);
		const route = request.method === 'POST' ? hotRoutes.get(pathOf(request.url)) : undefined;
		if (route) void this.#serveResponses(route, request, response);
		else this.#app(request, response);
	}

	async #serveResponses(route: ResponsesRoute, request: IncomingMessage, response: ServerResponse): Promise<void> {
		try {
			refuseForeigners(request);
			await receiveResponses(this.#responses, route, request, response);
		} catch (thrown) {
			this.#sendError(thrown, request, response);
		}
	}

	#bind(port: number, host: string): Promise<Server> {
		const server = createServer(limits, (request, response) => this.#serve(request, response));
		server.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head));
		server.on('clientError', refuseUnreadable);
		return new Promise((resolve, reject) => {
			server.once('error', error => reject(isTaken(error) && host === hosts[0] ? portTaken(port, error) : error));
			server.listen({ port, host, backlog: 1024, ipv6Only: true }, () => {
				server.on('error', error => this.options.log.error('server error', { cause: String(error) }));
				this.#servers.push(server);
				resolve(server);
			});
		});
	}

	#createApp(): Express {
		const { version, gate, models, management, log } = this.options;
		const app = express();
		app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
		app.use((request, _response, next) => {
			refuseForeigners(request);
			next();
		});
		app.get('/healthz', ({ query: { challenge } }, response) => {
			const proof = typeof challenge === 'string' ? { proof: ownerProof(management.adminToken, challenge) } : {};
			response.json({ service: 'codex-account-pool', version, ...proof });
		});
		addModelRoutes(app, { ...models, gate });
		addCodexSideRoutes(app, { logins: this.#logins, readQuota: this.options.readQuota, log });
		addManagementRoutes(app, management);
		addAbsentRoutes(app, gate);
		app.use(async (request: Request) => {
			// Without a key nobody learns which paths there are.
			await authenticate(request, gate);
			throw new PoolError('not_found', `There is no ${request.method} ${request.path.slice(0, 200)} here.`);
		});
		app.use((thrown: unknown, request: Request, response: Response, _next: NextFunction) => {
			this.#sendError(thrown, request, response);
		});
		return app;
	}

	#sendError(thrown: unknown, request: IncomingMessage, response: ServerResponse): void {
		const error = PoolError.from(asCallersFault(thrown));
		if (error.code === 'internal') this.options.log.error('route failed', { cause: String(error.cause) });
		if (response.headersSent || response.destroyed) {
			response.destroy();
			return;
		}
		const { status, headers, body } = errorAnswer(error);
		// An unread body would be taken for the next request.
		const connection = request.complete ? {} : { connection: 'close' };
		response.writeHead(status, { ...headers, ...connection, 'content-length': body.length }).end(body);
	}

	/** Faces get their event stream, model clients their conversation. */
	async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
		socket.on('error', () => socket.destroy());
		try {
			refuseForeigners(request);
			if (request.url === managementRoutes.events[1]) {
				refuseWithoutAdminToken(request, this.options.management.adminToken);
				this.#events.accept(request, socket, head);
				return;
			}
			const keyId = await authenticate(request, this.options.gate);
			// To check a login may have taken a while.
			if (this.#closingIdle) socket.destroy();
			if (socket.destroyed) return;
			const route = socketRoute(pathOf(request.url));
			if (!route) throw new PoolError('not_found', `There is no WebSocket at ${pathOf(request.url).slice(0, 200)}.`);
			this.#sockets.accept({ route, keyId }, request, socket, head);
		} catch (thrown) {
			endWith(socket, PoolError.from(thrown));
		}
	}
}

/**
 * What is no request that can be read. Behind an answer, or in the middle of one, nothing more can be said; and to who
 * has only held a connection ready, an answer would be that to the next request.
 */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
	const isSilent = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
	if (isSilent || !socket.writable || !('bytesWritten' in socket) || socket.bytesWritten !== 0) {
		socket.destroy();
		return;
	}
	const isTooLong = error.code === 'HPE_HEADER_OVERFLOW';
	const reason = isTooLong ? `The headers are larger than ${headerBytes} bytes.` : 'This is no HTTP request.';
	endWith(socket, new PoolError('invalid_request', reason));
}

/** Answers on a connection for which there is no response object. */
function endWith(socket: Duplex, error: PoolError): void {
	const { status, body } = errorAnswer(error);
	const head = ['content-type: application/json', `content-length: ${body.length}`, 'connection: close'];
	socket.end(`HTTP/1.1 ${status} Refused\r\n${head.join('\r\n')}\r\n\r\n${body.toString('utf8')}`);
}

function pathOf(url = '/'): string {
	const end = url.indexOf('?');
	return end === -1 ? url : url.slice(0, end);
}

function isTaken(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function portTaken(port: number, cause: unknown): PoolError {
	return new PoolError('port_taken', `Port ${port} on this machine is taken by another program.`, { cause });
}

/** What Express throws at a request that it cannot read is the caller's fault; everything else stays what it is. */
function asCallersFault(thrown: unknown): unknown {
	if (thrown instanceof PoolError || !(thrown instanceof Error) || !('status' in thrown)) return thrown;
	switch (thrown.status) {
		case 400:
			return new PoolError('invalid_request', 'The request cannot be read: its address or its JSON body is broken.');
		case 413:
			return new PoolError('body_too_large', 'The request body is too large.');
		case 415:
			return new PoolError('unsupported_encoding', 'The request body has an encoding that is not known here.');
		default:
			return thrown;
	}
}
