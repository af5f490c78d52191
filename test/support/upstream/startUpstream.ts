import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SimulatedAccount, type AccountOptions } from './accounts.js';
import { bearerOf, noticeLeaks } from './authorization.js';
import { Backend } from './backend.js';
import { CannedResponses } from './cannedResponses.js';
import { systemClock, type UpstreamClock } from './clock.js';
import { Exchange, readRequest, type Connection } from './exchange.js';
import { FaultScript, passTime, type Fault, type FaultMatch, type ScriptedFault } from './faults.js';
import { Issuer } from './issuer.js';
import { textAt } from './json.js';
import { signInThroughPage } from './browser.js';
import { Catalogue, type ModelOptions } from './models.js';
import { RequestLog, type RecordedRequest, type Violation } from './record.js';
import { TokenBook } from './tokens.js';
import type { ReplyStyle, World } from './world.js';

export interface UpstreamOptions {
	/** 0 or absent: any free port. */
	readonly port?: number;
	readonly accounts?: readonly AccountOptions[];
	readonly clock?: UpstreamClock;
	readonly models?: readonly ModelOptions[];
	readonly style?: Partial<ReplyStyle>;
	/** Refuse another account's turn state and encrypted content, not only note it. True when absent. */
	readonly strict?: boolean;
	/** Keep every request. True when absent; off, memory stays flat. */
	readonly record?: boolean;
	/** Answer turns from prepared bytes without reading them: for benchmarks. */
	readonly canned?: boolean;
	readonly refreshReuseGraceMs?: number;
	readonly deviceLogin?: 'enabled' | 'disabled';
}

/** The simulated provider: the ChatGPT backend and the OAuth issuer on one loopback port. */
export class Upstream {
	readonly accounts: SimulatedAccount[] = [];
	readonly catalogue: Catalogue;
	/** How the simulated model talks; change it at any time. */
	readonly style: ReplyStyle;
	readonly #world: World;
	readonly #log: RequestLog;
	readonly #faults = new FaultScript();
	readonly #backend: Backend;
	readonly #issuer: Issuer;
	readonly #canned: CannedResponses | undefined;
	readonly #connections = new WeakMap<Socket, Connection>();
	readonly #server = createServer({ keepAliveTimeout: 60_000, noDelay: true }, (request, response) => {
		void this.#serve(request, response);
	});
	#lastConnection = 0;
	#lastRequest = 0;

	constructor(options: UpstreamOptions) {
		const clock = options.clock ?? systemClock;
		const origin = () => this.issuerUrl;
		this.#log = new RequestLog(options.record ?? true);
		this.catalogue = new Catalogue(options.models);
		this.style = {
			thinkMs: 0,
			eventDelayMs: 0,
			deltas: undefined,
			chunking: 'frames',
			noise: false,
			...options.style,
		};
		this.#world = {
			clock,
			accounts: this.accounts,
			book: new TokenBook(clock, origin),
			catalogue: this.catalogue,
			log: this.#log,
			faults: this.#faults,
			style: this.style,
			strict: options.strict ?? true,
			refreshReuseGraceMs: options.refreshReuseGraceMs ?? 0,
			deviceLogin: options.deviceLogin ?? 'enabled',
			origin,
		};
		this.#backend = new Backend(this.#world);
		this.#issuer = new Issuer(this.#world);
		this.#canned = options.canned === true ? new CannedResponses(this.#world) : undefined;
		this.#server.on('upgrade', (request: IncomingMessage, socket: Socket) => this.#refuseUpgrade(request, socket));
		this.#server.on('clientError', (_error, socket) => socket.destroy());
	}

	get backendUrl(): string {
		return `${this.issuerUrl}/backend-api`;
	}

	get issuerUrl(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	get port(): number {
		const address = this.#server.address();
		if (address === null || typeof address === 'string') throw new Error('The simulator does not listen');
		return (address satisfies AddressInfo).port;
	}

	/** Every request so far, in the order of arrival. */
	get requests(): readonly RecordedRequest[] {
		return this.#log.requests;
	}

	/** What no well-behaved client would have done. A good test ends by finding this empty. */
	get violations(): readonly Violation[] {
		return this.#log.violations;
	}

	set strict(strict: boolean) {
		this.#world.strict = strict;
	}

	set refreshReuseGraceMs(ms: number) {
		this.#world.refreshReuseGraceMs = ms;
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

	addAccount(options: AccountOptions = {}): SimulatedAccount {
		const { clock, book, origin } = this.#world;
		const email = options.email ?? `user${this.accounts.length + 1}@example.com`;
		const account = new SimulatedAccount({ clock, book, issuer: origin }, { ...options, email });
		book.issue(account);
		this.accounts.push(account);
		return account;
	}

	/** The next matching requests meet this fault. */
	script(fault: Fault, match: FaultMatch = {}): ScriptedFault {
		return this.#faults.add(fault, match);
	}

	clearFaults(): void {
		this.#faults.clear();
	}

	/** Forgets recorded requests and violations. */
	clearRecord(): void {
		this.#log.clear();
	}

	/** The first matching request, already here or still to come. */
	waitForRequest(matches: (request: RecordedRequest) => boolean): Promise<RecordedRequest> {
		return this.#log.waitFor(matches);
	}

	/** Signs in at the login page as a person would, and returns the address the browser is sent to. */
	signIn(authorizeUrl: string, account: SimulatedAccount | 'deny'): Promise<URL> {
		return signInThroughPage(authorizeUrl, account === 'deny' ? undefined : account.chatgptAccountId);
	}

	/** Types in the code of a device login. False when no login waits for it. */
	approveDevice(userCode: string, account: SimulatedAccount): boolean {
		return this.#issuer.deviceLogins.approve(userCode, account);
	}

	/** Drops every connection at once, as a network failure would, and goes on listening. */
	dropConnections(): void {
		this.#server.closeAllConnections();
	}

	close(): Promise<void> {
		return new Promise(resolve => {
			this.#server.close(() => resolve());
			this.#server.closeAllConnections();
		});
	}

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		if (this.#canned && this.#faults.isEmpty && request.url === '/backend-api/codex/responses') {
			this.#canned.answer(request, response);
			return;
		}
		try {
			const exchange = await this.#open(request, response);
			noticeLeaks(this.#world, exchange);
			this.#log.add(exchange.record);
			try {
				await this.#answer(exchange);
			} catch (thrown) {
				const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
				this.#log.violate('simulator_failed', message, exchange.record);
				response.destroy();
			}
		} catch {
			response.destroy(); // the client left before its request was whole
		}
	}

	async #open(request: IncomingMessage, response: ServerResponse): Promise<Exchange> {
		const connection = this.#connectionOf(request.socket);
		this.#lastRequest += 1;
		const read = await readRequest(request, {
			index: this.#lastRequest,
			at: this.#world.clock.now(),
			connection,
			accountOf: body => this.#accountOf(request, body),
		});
		return new Exchange({ request, response, connection, ...read });
	}

	async #answer(exchange: Exchange): Promise<void> {
		const fault = this.#faults.isEmpty ? undefined : this.#faults.take(exchange.record);
		exchange.fault = fault;
		if (fault?.wait !== undefined) await passTime(fault.wait);
		if (exchange.clientLeft) return;
		if (fault?.kind === 'refuse') {
			exchange.reset();
		} else if (fault?.kind === 'reply') {
			sendScripted(exchange, fault);
		} else if (exchange.record.path.startsWith('/backend-api/')) {
			await this.#backend.answer(exchange);
		} else {
			this.#issuer.answer(exchange);
		}
	}

	/** Whoever the credentials name, good or not. */
	#accountOf(request: IncomingMessage, body: unknown): SimulatedAccount | undefined {
		const { book } = this.#world;
		const bearer = bearerOf(request.headers.authorization);
		if (bearer !== undefined) return book.access(bearer)?.account;
		return book.refresh(textAt(body, 'refresh_token') ?? textAt(body, 'token') ?? '')?.account;
	}

	#connectionOf(socket: Socket): Connection {
		const known = this.#connections.get(socket);
		if (known) return known;
		this.#lastConnection += 1;
		const connection = { id: this.#lastConnection, account: undefined };
		this.#connections.set(socket, connection);
		return connection;
	}

	/** WebSocket is not offered: the status that makes a Codex client use HTTP at once. */
	#refuseUpgrade(_request: IncomingMessage, socket: Socket): void {
		socket.on('error', () => socket.destroy());
		socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
	}
}

export async function startUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
	const upstream = new Upstream(options);
	await upstream.listen(options.port ?? 0);
	for (const account of options.accounts ?? []) upstream.addAccount(account);
	return upstream;
}

function sendScripted(exchange: Exchange, { status, headers, body }: Fault & { kind: 'reply' }): void {
	if (typeof body === 'string') {
		const contentType = body.startsWith('<') ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8';
		exchange.sendText(status, body, { 'content-type': contentType, ...headers });
	} else if (body === undefined) {
		exchange.sendText(status, '', headers ?? {});
	} else {
		exchange.sendJson(status, body, headers);
	}
}
