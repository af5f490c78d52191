import { SimulatedAccount, type AccountOptions } from './accounts.js';
import { bearerOf, noticeLeaks } from './authorization.js';
import { Backend } from './backend.js';
import { signInThroughPage } from './browser.js';
import { passTime, systemClock, type UpstreamClock } from './clock.js';
import { Exchange, type Header, type IncomingRequest } from './exchange.js';
import { FaultScript, type Fault, type FaultMatch, type ScriptedFault } from './faults.js';
import { Issuer } from './issuer.js';
import { textAt } from './json.js';
import { Catalogue, type ModelOptions } from './models.js';
import { RequestLog, type RecordedRequest, type Violation } from './record.js';
import { TokenBook } from './tokens.js';
import type { Wire } from './wire.js';
import type { ReplyStyle, World } from './world.js';

export interface SimulatorOptions {
	readonly clock?: UpstreamClock;
	readonly models?: readonly ModelOptions[];
	readonly style?: Partial<ReplyStyle>;
	/** Refuse another account's turn state and encrypted content, not only note it. True when absent. */
	readonly strict?: boolean;
	/** Keep every request. True when absent; off, memory stays flat. */
	readonly record?: boolean;
	readonly refreshReuseGraceMs?: number;
	readonly deviceLogin?: 'enabled' | 'disabled';
}

/** The simulated provider itself: the ChatGPT backend and the OAuth issuer, whatever way requests come to it. */
export abstract class Simulator {
	readonly accounts: SimulatedAccount[] = [];
	readonly catalogue: Catalogue;
	/** How the simulated model talks; change it at any time. */
	readonly style: ReplyStyle;
	protected readonly world: World;
	protected readonly faults = new FaultScript();
	protected readonly issuer: Issuer;
	readonly #log: RequestLog;
	readonly #backend: Backend;
	#lastRequest = 0;

	constructor(options: SimulatorOptions) {
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
		this.world = {
			clock,
			accounts: this.accounts,
			book: new TokenBook(clock, origin),
			catalogue: this.catalogue,
			log: this.#log,
			faults: this.faults,
			style: this.style,
			strict: options.strict ?? true,
			refreshReuseGraceMs: options.refreshReuseGraceMs ?? 0,
			deviceLogin: options.deviceLogin ?? 'enabled',
			origin,
		};
		this.#backend = new Backend(this.world);
		this.issuer = new Issuer(this.world);
	}

	abstract get issuerUrl(): string;

	get backendUrl(): string {
		return `${this.issuerUrl}/backend-api`;
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
		this.world.strict = strict;
	}

	set refreshReuseGraceMs(ms: number) {
		this.world.refreshReuseGraceMs = ms;
	}

	addAccount(options: AccountOptions = {}): SimulatedAccount {
		const { clock, book, origin } = this.world;
		const email = options.email ?? `user${this.accounts.length + 1}@example.com`;
		const account = new SimulatedAccount({ clock, book, issuer: origin }, { ...options, email });
		book.issue(account);
		this.accounts.push(account);
		return account;
	}

	/** The next matching requests meet this fault. */
	script(fault: Fault, match: FaultMatch = {}): ScriptedFault {
		return this.faults.add(fault, match);
	}

	clearFaults(): void {
		this.faults.clear();
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
		return this.issuer.deviceLogins.approve(userCode, account);
	}

	/** The number of the next thing that is recorded. */
	protected nextIndex(): number {
		this.#lastRequest += 1;
		return this.#lastRequest;
	}

	/** Answers one request. Rejects when the simulator itself fails, which is noted as a violation too. */
	protected async serve(request: IncomingRequest, wire: Wire): Promise<void> {
		const exchange = await Exchange.open(request, wire, {
			index: this.nextIndex(),
			at: this.world.clock.now(),
			accountOf: (header, body) => this.#accountOf(header, body),
		});
		noticeLeaks(this.world, exchange);
		this.#log.add(exchange.record);
		try {
			await this.#answer(exchange);
		} catch (thrown) {
			const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
			this.#log.violate('simulator_failed', message, exchange.record);
			throw thrown;
		}
	}

	async #answer(exchange: Exchange): Promise<void> {
		const fault = this.faults.isEmpty ? undefined : this.faults.take(exchange.record);
		exchange.fault = fault;
		if (fault?.wait !== undefined) await passTime(this.world.clock, fault.wait);
		if (exchange.clientLeft) return;
		if (fault?.kind === 'refuse') {
			exchange.reset();
		} else if (fault?.kind === 'reply') {
			sendScripted(exchange, fault);
		} else if (exchange.record.path.startsWith('/backend-api/')) {
			await this.#backend.answer(exchange);
		} else {
			this.issuer.answer(exchange);
		}
	}

	/** Whoever the credentials name, good or not. */
	#accountOf(header: Header, body: unknown): SimulatedAccount | undefined {
		const { book } = this.world;
		const bearer = bearerOf(header('authorization'));
		if (bearer !== undefined) return book.access(bearer)?.account;
		return book.refresh(textAt(body, 'refresh_token') ?? textAt(body, 'token') ?? '')?.account;
	}
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
