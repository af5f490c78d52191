import type { Dispatcher } from 'undici';
import type {
	AccountAccess,
	JsonReply,
	SocketRequest,
	UpgradeObserver,
	Upstream,
	UpstreamCall,
	UpstreamObserver,
	UpstreamRequest,
} from '../core/upstreamPort.js';
import { PoolError } from '../shared/poolError.js';
import { DispatchCall } from './dispatchCall.js';
import type { Network } from './network.js';
import { identityHeaders } from './ownIdentity.js';
import { RunningCalls } from './runningCalls.js';
import { exchange, parseJson } from './smallExchange.js';
import { UpgradeCall } from './upgradeCall.js';

const ownCallTimeoutMs = 10_000;
/** The idle clock's resolution: silence is noticed within a tenth more than the timeout. */
const beatsPerTimeout = 10;
/** A gap this long between beats means that the machine slept. */
const sleptMs = 60_000;

export interface DispatchUpstreamOptions {
	/** From parseUpstreamUrl. */
	readonly url: URL;
	readonly network: Network;
	readonly version: string;
	/** An attempt that hears nothing at all for this long has failed. */
	readonly idleTimeoutMs?: number;
	/** Epoch milliseconds. */
	readonly now?: () => number;
}

interface OwnCall {
	readonly method: 'GET' | 'POST';
	/** Below the backend base. */
	readonly path: string;
	readonly body?: object;
}

/** The ChatGPT backend over HTTP/1.1, with connections that no two accounts share. */
export class DispatchUpstream implements Upstream {
	readonly #url: URL;
	readonly #basePath: string;
	readonly #network: Network;
	readonly #version: string;
	readonly #now: () => number;
	readonly #beatMs: number;
	readonly #clock: NodeJS.Timeout;
	readonly #connections = new Map<string, Dispatcher>();
	readonly #retired = new Set<Dispatcher>();
	readonly #running = new RunningCalls<DispatchCall>();
	#lastBeatAt: number;
	#closed = false;

	constructor({ url, network, version, idleTimeoutMs = 300_000, now = Date.now }: DispatchUpstreamOptions) {
		this.#url = url;
		this.#basePath = url.pathname === '/' ? '' : url.pathname;
		this.#network = network;
		this.#version = version;
		this.#now = now;
		this.#beatMs = idleTimeoutMs / beatsPerTimeout;
		this.#lastBeatAt = now();
		this.#clock = setInterval(() => this.#beat(), this.#beatMs).unref();
	}

	send(request: UpstreamRequest, observer: UpstreamObserver): UpstreamCall {
		const { accountId, method, path, headers, body } = request;
		return new DispatchCall(observer, this.#running).start(this.#connectionsOf(accountId), {
			origin: this.#url.origin,
			path: this.#basePath + path,
			method,
			headers: [...headers],
			body,
		});
	}

	/** The connection is the socket's alone from then on: neither `forget` nor `close` ends it. */
	openSocket({ accountId, path, headers }: SocketRequest, observer: UpgradeObserver): UpgradeCall {
		return new UpgradeCall(observer).start(this.#connectionsOf(accountId), {
			origin: this.#url.origin,
			path: this.#basePath + path,
			headers,
		});
	}

	readUsage(access: AccountAccess): Promise<JsonReply> {
		return this.#askJson(access, { method: 'GET', path: '/wham/usage' });
	}

	readResetCredits(access: AccountAccess): Promise<JsonReply> {
		return this.#askJson(access, { method: 'GET', path: '/wham/rate-limit-reset-credits' });
	}

	redeemReset(access: AccountAccess, redeemRequestId: string): Promise<JsonReply> {
		const path = '/wham/rate-limit-reset-credits/consume';
		return this.#askJson(access, { method: 'POST', path, body: { redeem_request_id: redeemRequestId } });
	}

	readModels(access: AccountAccess, clientVersion: string): Promise<JsonReply> {
		const path = `/codex/models?client_version=${encodeURIComponent(clientVersion)}`;
		return this.#askJson(access, { method: 'GET', path });
	}

	/** Retires the connections of an account that is gone; what runs on them ends by itself. */
	forget(accountId: string): void {
		const connections = this.#connections.get(accountId);
		if (!connections) return;
		this.#connections.delete(accountId);
		this.#retired.add(connections);
		const done = (): boolean => this.#retired.delete(connections);
		connections.close().then(done, done);
	}

	/** Ends everything that still runs with a fault. Repeatable. */
	async close(): Promise<void> {
		this.#closed = true;
		clearInterval(this.#clock);
		const all = [...this.#connections.values(), ...this.#retired];
		await Promise.all(all.map(connections => connections.destroy()));
	}

	/** Asks once: whatever a failed call did is for the caller to judge. */
	async #askJson(access: AccountAccess, { method, path, body }: OwnCall): Promise<JsonReply> {
		const outcome = await exchange(
			this.#connectionsOf(access.accountId),
			{
				origin: this.#url.origin,
				path: this.#basePath + path,
				method,
				headers: {
					...identityHeaders(this.#version),
					authorization: `Bearer ${access.accessToken}`,
					'chatgpt-account-id': access.chatgptAccountId,
					accept: 'application/json',
					...(body && { 'content-type': 'application/json' }),
				},
				...(body && { body: JSON.stringify(body) }),
			},
			{ timeoutMs: ownCallTimeoutMs },
		);
		if (outcome.kind === 'failed') {
			throw new PoolError('upstream_failed', `The ChatGPT backend did not answer (${outcome.fault.code}).`, {
				cause: outcome.fault,
			});
		}
		return { status: outcome.status, headers: outcome.headers, body: parseJson(outcome.text) };
	}

	#connectionsOf(accountId: string): Dispatcher {
		// Connections do not survive a sleep, and a dead one looks alive until a request hangs on it.
		if (this.#now() - this.#lastBeatAt > this.#beatMs + sleptMs) this.#renew();
		const existing = this.#connections.get(accountId);
		if (existing) return existing;
		const opened = this.#network.open(this.#url);
		this.#connections.set(accountId, opened);
		// What comes after the end fails like what ran at the end.
		if (this.#closed) void opened.destroy();
		return opened;
	}

	#renew(): void {
		this.#lastBeatAt = this.#now();
		for (const accountId of [...this.#connections.keys()]) this.forget(accountId);
	}

	#beat(): void {
		this.#lastBeatAt = this.#now();
		for (const attempt of this.#running.all()) attempt.beat(beatsPerTimeout);
	}
}
