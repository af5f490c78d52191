import * as l10n from '@vscode/l10n';
import type { PortHolder } from '../client/probePort.js';
import type { PoolListener, PoolWatch } from '../client/watchPool.js';
import { PoolError } from '../shared/poolError.js';
import type { Disposable } from './disposableStore.js';
import type { HostStatus, OfflineReason } from './hostStatus.js';
import { Listeners } from './listeners.js';
import { restartPause } from './restartPause.js';
import type { WorkerStart } from './workerRuntime.js';

/** The part of PoolClient the host itself needs. */
export interface PoolConnection {
	watch(listener: PoolListener): PoolWatch;
	dispose(): void;
}

/** A runtime started by this window. */
export interface RunningWorker {
	readonly started: Promise<WorkerStart>;
	/** Resolves with the exit code. */
	readonly exited: Promise<number>;
	/** Bounded in time; never rejects. */
	close(): Promise<void>;
}

export interface RuntimeHostParts<C extends PoolConnection> {
	/** The port of the settings at this moment. */
	port(): number;
	probe(port: number): Promise<PortHolder>;
	attach(port: number): Promise<C>;
	startWorker(): Promise<RunningWorker>;
	/** Resolves after `ms` or when the signal fires, whichever comes first. */
	wait(ms: number, signal: AbortSignal): Promise<void>;
	now(): number;
	random(): number;
}

/** How one turn of owning or following ended. */
type TurnEnd =
	| { readonly kind: 'asked' }
	/** The owner has left: whoever binds the port next is the owner. */
	| { readonly kind: 'left' }
	| { readonly kind: 'crashed' }
	/** A pool answers on the port, but we could not attach. A new owner is like that for a moment. */
	| { readonly kind: 'missed'; readonly problem: string }
	| { readonly kind: 'refused'; readonly reason: OfflineReason; readonly problem: string };

const takeoverJitterMs = 150;
const reattachMs = 250;
/** Together about three seconds: longer than any owner needs from binding the port to being ready. */
const missesAllowed = 12;
const lookAgainMs = 15_000;
/** How long a command waits for a pool that is starting. */
const patienceMs = 20_000;
/** A worker that ran this long was healthy: its crash starts a new count. */
const healthyMs = 60_000;

/**
 * Starts the pool in this window, or attaches to the one that holds the port. Owning the port is the lease: when its
 * owner leaves, every attached window tries to bind and one succeeds. Turns follow one another until `close`.
 */
export class RuntimeHost<C extends PoolConnection> {
	readonly #parts: RuntimeHostParts<C>;
	readonly #changes = new Listeners<HostStatus<C>>();
	readonly #life = new AbortController();
	#turn = new AbortController();
	#status: HostStatus<C> = { kind: 'starting', problem: null };
	#running: Promise<void> | undefined;

	constructor(parts: RuntimeHostParts<C>) {
		this.#parts = parts;
	}

	get status(): HostStatus<C> {
		return this.#status;
	}

	onChange(listener: (status: HostStatus<C>) => void): Disposable {
		return this.#changes.add(listener);
	}

	start(): void {
		this.#running ??= this.#run();
	}

	/** Ends the present turn and begins a new one: new settings, or the user asks to look again. */
	restart(): void {
		this.#turn.abort();
	}

	/** The connection as soon as there is one; rejects with what keeps the pool from running, or when patience ends. */
	connected(patience = AbortSignal.timeout(patienceMs)): Promise<C> {
		const waiting = Promise.withResolvers<C>();
		const settle = (status: HostStatus<C>): void => {
			if (status.kind === 'offline') {
				waiting.reject(new PoolError('runtime_not_running', status.problem));
			} else if (status.kind !== 'starting') {
				waiting.resolve(status.client);
			}
		};
		const giveUp = (): void => {
			const problem = l10n.t('The pool is still starting. Try again in a moment, or look into the log.');
			waiting.reject(new PoolError('runtime_not_running', problem));
		};
		const listening = this.onChange(settle);
		patience.addEventListener('abort', giveUp);
		settle(this.#status);
		return waiting.promise.finally(() => {
			listening.dispose();
			patience.removeEventListener('abort', giveUp);
		});
	}

	/** Frees the port first, then drains; resolves when nothing runs any more. */
	async close(): Promise<void> {
		this.#life.abort();
		await this.#running;
	}

	async #run(): Promise<void> {
		let crashes = 0;
		let misses = 0;
		while (!this.#life.signal.aborted) {
			this.#turn = new AbortController();
			const signal = AbortSignal.any([this.#life.signal, this.#turn.signal]);
			const startedAt = this.#parts.now();
			const end = await this.#takeTurn(signal).catch((thrown: unknown) => asRefusal(thrown));
			if (end.kind === 'crashed') {
				crashes = this.#parts.now() - startedAt > healthyMs ? 1 : crashes + 1;
			}
			misses = end.kind === 'missed' ? misses + 1 : 0;
			await this.#rest(end, { crashes, misses }, signal);
		}
	}

	async #takeTurn(signal: AbortSignal): Promise<TurnEnd> {
		this.#become({ kind: 'starting', problem: null });
		const port = this.#parts.port();
		const holder = await this.#parts.probe(port);
		if (signal.aborted) return { kind: 'asked' };
		switch (holder) {
			case 'free':
				return this.#own(signal);
			case 'pool':
			case 'stranger':
				return this.#follow(port, signal);
			case 'foreign': {
				const problem = l10n.t(
					'Port {0} is used by another program. Choose another port, or stop that program.',
					String(port),
				);
				return { kind: 'refused', reason: 'foreign', problem };
			}
			case 'silent': {
				const problem = l10n.t(
					'Port {0} is held by a pool that does not answer. Its window may be suspended: wake or close it.',
					String(port),
				);
				return { kind: 'refused', reason: 'silent', problem };
			}
			default:
				return holder satisfies never;
		}
	}

	async #follow(port: number, signal: AbortSignal): Promise<TurnEnd> {
		const problem = await this.#watch('follower', port, signal);
		if (signal.aborted) return { kind: 'asked' };
		return problem === undefined ? { kind: 'left' } : { kind: 'missed', problem };
	}

	async #own(signal: AbortSignal): Promise<TurnEnd> {
		const worker = await this.#parts.startWorker();
		try {
			const start = await worker.started;
			if (signal.aborted) return { kind: 'asked' };
			switch (start.kind) {
				case 'ready':
					return await this.#serve(worker, start.owner.port, signal);
				case 'crashed':
					return { kind: 'crashed' };
				case 'failed':
					// Another window was faster: the next turn finds it.
					if (start.code === 'port_taken') return { kind: 'left' };
					return { kind: 'refused', reason: 'failed', problem: start.message };
				default:
					return start satisfies never;
			}
		} finally {
			await worker.close();
		}
	}

	/** Watches our own worker like any other face would, until it is gone. */
	async #serve(worker: RunningWorker, port: number, signal: AbortSignal): Promise<TurnEnd> {
		const gone = new AbortController();
		const exitCode = worker.exited.then(code => {
			gone.abort();
			return code;
		});
		const alive = AbortSignal.any([signal, gone.signal]);
		while (!alive.aborted) {
			const problem = await this.#watch('owner', port, alive);
			if (problem !== undefined) this.#become({ kind: 'starting', problem });
			await this.#parts.wait(reattachMs, alive);
		}
		if (signal.aborted) return { kind: 'asked' };
		return { kind: (await exitCode) === 0 ? 'left' : 'crashed' };
	}

	/** Publishes snapshots until the pool has gone or the signal fires; returns the problem if it could not even attach. */
	async #watch(kind: 'owner' | 'follower', port: number, signal: AbortSignal): Promise<string | undefined> {
		let client: C;
		try {
			client = await this.#parts.attach(port);
		} catch (error) {
			return PoolError.from(error).message;
		}
		const closed = Promise.withResolvers<undefined>();
		const stop = (): void => {
			closed.resolve(undefined);
		};
		signal.addEventListener('abort', stop, { once: true });
		if (signal.aborted) stop();
		this.#become({ kind, client, pool: null });
		const watch = client.watch({
			onState: pool => {
				this.#become({ kind, client, pool });
			},
			onClose: stop,
		});
		await closed.promise;
		signal.removeEventListener('abort', stop);
		watch.dispose();
		client.dispose();
		return undefined;
	}

	async #rest(end: TurnEnd, so: { crashes: number; misses: number }, signal: AbortSignal): Promise<void> {
		switch (end.kind) {
			case 'asked':
				return;
			case 'left':
				this.#become({ kind: 'starting', problem: l10n.t('The window that ran the pool has closed.') });
				// Windows that all saw the owner leave should not all start a worker at the same instant.
				return this.#parts.wait(this.#parts.random() * takeoverJitterMs, signal);
			case 'crashed': {
				const problem = l10n.t('The pool stopped unexpectedly and is being started again. The log says why.');
				this.#become({ kind: 'offline', reason: 'crashed', problem });
				return this.#parts.wait(restartPause(so.crashes), signal);
			}
			case 'missed':
				if (so.misses <= missesAllowed) return this.#parts.wait(reattachMs, signal);
				this.#become({ kind: 'offline', reason: 'failed', problem: end.problem });
				return this.#parts.wait(lookAgainMs, signal);
			case 'refused':
				this.#become({ kind: 'offline', reason: end.reason, problem: end.problem });
				return this.#parts.wait(lookAgainMs, signal);
			default:
				return end satisfies never;
		}
	}

	#become(status: HostStatus<C>): void {
		this.#status = status;
		this.#changes.notify(status);
	}
}

function asRefusal(thrown: unknown): TurnEnd {
	return { kind: 'refused', reason: 'failed', problem: PoolError.from(thrown).message };
}
