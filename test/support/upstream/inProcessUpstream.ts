import type { RefreshOutcome } from '../../../src/core/issuerPort.js';
import type { Clock } from '../../../src/core/ports.js';
import type {
	AccountAccess,
	JsonReply,
	Upstream as UpstreamPort,
	UpstreamObserver,
	UpgradeObserver,
	UpstreamRequest,
	SocketRequest,
} from '../../../src/core/upstreamPort.js';
import { PoolError } from '../../../src/shared/poolError.js';
import { refreshOutcomeOf } from '../../../src/upstream/refreshOutcome.js';
import type { ExchangeOutcome } from '../../../src/upstream/smallExchange.js';
import type { SimulatedAccount } from './accounts.js';
import type { Connection, IncomingRequest } from './exchange.js';
import { InProcessCall, type CallWatch } from './inProcessCall.js';
import { Simulator, type SimulatorOptions } from './simulator.js';
import { codexClientId } from './tokens.js';

export interface InProcessOptions extends Omit<SimulatorOptions, 'clock'> {
	readonly clock: Clock;
	/** Hears of every turn. */
	readonly watch?: CallWatch;
}

/** The simulated provider behind core's own port: the same answers without a socket, in the time of the given clock. */
export class InProcessUpstream extends Simulator implements UpstreamPort {
	/** The machine has no network. */
	isOffline = false;
	readonly issuerUrl = 'http://in-process.test';
	readonly #clock: Clock;
	readonly #watch: InProcessOptions['watch'];
	readonly #connections = new Map<string, Connection>();
	#lastConnection = 0;

	constructor({ clock, watch, ...options }: InProcessOptions) {
		super({
			...options,
			clock: {
				now: () => clock.now(),
				pass: ms => new Promise(resolve => void clock.after(ms, resolve)),
			},
		});
		this.#clock = clock;
		this.#watch = watch;
	}

	/** There is none without a network; whoever asks goes on over HTTP. */
	openSocket(_request: SocketRequest, observer: UpgradeObserver): { abort(): void } {
		queueMicrotask(() => observer.onRefused(426, {}, Buffer.alloc(0)));
		return { abort: () => undefined };
	}

	send(request: UpstreamRequest, observer: UpstreamObserver): InProcessCall {
		const call = new InProcessCall(request, observer, this.#clock, this.#watch);
		this.#watch?.sent(call);
		const { accountId, method, path, headers, body } = request;
		this.#carry(call, {
			method,
			target: `/backend-api${path}`,
			headers,
			bytes: body ?? Buffer.alloc(0),
			connection: this.#connectionOf(accountId),
		});
		return call;
	}

	readUsage(access: AccountAccess): Promise<JsonReply> {
		return this.#askJson(access, '/backend-api/wham/usage');
	}

	readResetCredits(access: AccountAccess): Promise<JsonReply> {
		return this.#askJson(access, '/backend-api/wham/rate-limit-reset-credits');
	}

	redeemReset(access: AccountAccess, redeemRequestId: string): Promise<JsonReply> {
		const body = { redeem_request_id: redeemRequestId };
		return this.#askJson(access, '/backend-api/wham/rate-limit-reset-credits/consume', body);
	}

	readModels(access: AccountAccess, clientVersion: string): Promise<JsonReply> {
		return this.#askJson(access, `/backend-api/codex/models?client_version=${encodeURIComponent(clientVersion)}`);
	}

	/** The issuer's part of the port. */
	async refresh(refreshToken: string): Promise<RefreshOutcome> {
		const body = { client_id: codexClientId, grant_type: 'refresh_token', refresh_token: refreshToken };
		const outcome = await this.#exchange({
			method: 'POST',
			target: '/oauth/token',
			headers: ['content-type', 'application/json'],
			bytes: Buffer.from(JSON.stringify(body)),
			connection: this.#connectionOf('issuer'),
		});
		return refreshOutcomeOf(outcome);
	}

	/** The account a refresh token was given to. */
	accountOfRefresh(refreshToken: string): SimulatedAccount | undefined {
		return this.world.book.refresh(refreshToken)?.account;
	}

	/** The user signs in again: the account has new tokens. */
	signInAnew(account: SimulatedAccount): void {
		this.world.book.issue(account);
	}

	forget(accountId: string): void {
		this.#connections.delete(accountId);
	}

	close(): Promise<void> {
		return Promise.resolve();
	}

	/** Callbacks never arrive before `send` has returned. */
	#carry(call: InProcessCall, request: IncomingRequest): void {
		queueMicrotask(() => {
			if (this.isOffline) call.fail({ kind: 'offline', code: 'ENETUNREACH' });
			// A failure of the simulator itself is in its list of violations.
			else this.serve(request, call).catch(() => call.reset());
		});
	}

	async #askJson(access: AccountAccess, target: string, body?: object): Promise<JsonReply> {
		const { accountId, chatgptAccountId, accessToken } = access;
		const headers = ['authorization', `Bearer ${accessToken}`, 'chatgpt-account-id', chatgptAccountId];
		const outcome = await this.#exchange({
			method: body ? 'POST' : 'GET',
			target,
			headers: body ? [...headers, 'content-type', 'application/json'] : headers,
			bytes: Buffer.from(body ? JSON.stringify(body) : ''),
			connection: this.#connectionOf(accountId),
		});
		if (outcome.kind === 'failed') {
			throw new PoolError('upstream_failed', `The ChatGPT backend did not answer (${outcome.fault.code}).`, {
				cause: outcome.fault,
			});
		}
		return { status: outcome.status, headers: outcome.headers, body: JSON.parse(outcome.text) as unknown };
	}

	#exchange(request: IncomingRequest): Promise<ExchangeOutcome> {
		const { promise, resolve } = Promise.withResolvers<ExchangeOutcome>();
		const observer: UpstreamObserver = {
			onHead: () => undefined,
			onChunk: () => true,
			onEnd: () => {
				const text = Buffer.concat(call.chunks).toString('utf8');
				resolve({ kind: 'replied', status: call.status ?? 0, headers: call.headers, text });
			},
			onFault: fault => resolve({ kind: 'failed', fault, sent: fault.kind !== 'offline' }),
		};
		const asked = { accountId: '', method: 'POST', path: '', headers: [], body: null } as const;
		const call = new InProcessCall(asked, observer, this.#clock, undefined);
		this.#carry(call, request);
		return promise;
	}

	#connectionOf(accountId: string): Connection {
		const known = this.#connections.get(accountId);
		if (known) return known;
		this.#lastConnection += 1;
		const connection = { id: this.#lastConnection, account: undefined };
		this.#connections.set(accountId, connection);
		return connection;
	}
}
