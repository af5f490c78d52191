import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { PortHolder } from '../../src/client/probePort.js';
import type { PoolListener } from '../../src/client/watchPool.js';
import type { HostStatus } from '../../src/editor/hostStatus.js';
import { RuntimeHost, type PoolConnection, type RunningWorker } from '../../src/editor/runtimeHost.js';
import type { WorkerStart } from '../../src/editor/workerRuntime.js';
import { PoolError } from '../../src/shared/poolError.js';
import { poolState } from './managementExamples.js';

type Status = HostStatus<Connection>;

class Connection implements PoolConnection {
	readonly port: number;
	listener: PoolListener = { onState: () => undefined, onClose: () => undefined };
	disposed = false;

	constructor(port: number) {
		this.port = port;
	}

	watch(listener: PoolListener): { dispose(): void } {
		this.listener = listener;
		return { dispose: () => undefined };
	}

	dispose(): void {
		this.disposed = true;
	}
}

class FakeWorker implements RunningWorker {
	readonly started: Promise<WorkerStart>;
	readonly exited: Promise<number>;
	readonly exit: (code: number) => void;
	closed = false;

	constructor(start: WorkerStart) {
		this.started = Promise.resolve(start);
		const exited = Promise.withResolvers<number>();
		this.exited = exited.promise;
		this.exit = exited.resolve;
	}

	close(): Promise<void> {
		this.closed = true;
		this.exit(0);
		return Promise.resolve();
	}
}

/** A window whose runtime host has a port, time and luck of its own. */
export class HostWorld {
	holder: PortHolder = 'free';
	port = 2456;
	time = 0;
	attachFailures = 0;
	holdWaits = false;
	nextStart: WorkerStart | undefined;
	readonly waits: number[] = [];
	readonly workers: FakeWorker[] = [];
	readonly connections: Connection[] = [];
	readonly seen: Status[] = [];
	readonly #happened = new EventEmitter();
	#cursor = 0;
	#held = Promise.withResolvers<undefined>();
	readonly host = new RuntimeHost<Connection>({
		port: () => this.port,
		probe: () => Promise.resolve(this.holder),
		attach: port => {
			if (this.attachFailures-- > 0) {
				return Promise.reject(new PoolError('runtime_not_running', 'Another home folder.'));
			}
			const connection = new Connection(port);
			this.connections.push(connection);
			return Promise.resolve(connection);
		},
		startWorker: () => {
			const worker = new FakeWorker(this.nextStart ?? { kind: 'ready', owner: poolState(this.port).owner });
			this.workers.push(worker);
			this.#happened.emit('worker');
			return Promise.resolve(worker);
		},
		wait: async (ms, signal) => {
			this.waits.push(ms);
			// A turn of the loop, so that a test sees every state in between.
			await new Promise(setImmediate);
			if (this.holdWaits && !signal.aborted) await Promise.race([this.#held.promise, once(signal, 'abort')]);
		},
		now: () => this.time,
		random: () => 0.5,
	});

	constructor() {
		this.host.onChange(status => {
			this.seen.push(status);
			this.#happened.emit('status');
		});
	}

	releaseWaits(): void {
		this.#held.resolve(undefined);
	}

	/** The next status of this kind that has not been waited for yet. */
	async becomes<K extends Status['kind']>(kind: K): Promise<Status & { readonly kind: K }> {
		for (;;) {
			const found = this.seen[this.#cursor++];
			if (isKind(found, kind)) return found;
			if (found !== undefined) continue;
			this.#cursor -= 1;
			await once(this.#happened, 'status');
		}
	}

	async worker(number: number): Promise<FakeWorker> {
		for (;;) {
			const worker = this.workers[number - 1];
			if (worker !== undefined) return worker;
			await once(this.#happened, 'worker');
		}
	}

	connection(number: number): Connection {
		const connection = this.connections[number - 1];
		assert.ok(connection);
		return connection;
	}
}

function isKind<K extends Status['kind']>(
	status: Status | undefined,
	kind: K,
): status is Status & { readonly kind: K } {
	return status?.kind === kind;
}
