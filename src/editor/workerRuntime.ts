import { Worker } from 'node:worker_threads';
import type { Owner } from '../shared/poolApi.js';
import type { PoolErrorCode } from '../shared/poolError.js';
import type { HostMessage, LogLevel, RuntimeOptions, WorkerMessage } from '../shared/runtimeMessages.js';

export type WorkerStart =
	| { readonly kind: 'ready'; readonly owner: Owner }
	| { readonly kind: 'failed'; readonly code: PoolErrorCode; readonly message: string }
	| { readonly kind: 'crashed' };

/** Where the runtime's secrets rest. */
export interface WorkerVault {
	read(name: string): Promise<string | undefined>;
	write(name: string, secret: string): Promise<void>;
	forget(name: string): Promise<void>;
}

export interface WorkerSurroundings {
	/** Absolute path of the bundled worker. */
	readonly script: string;
	readonly vault: WorkerVault;
	log(level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>): void;
}

type VaultRequest = Extract<WorkerMessage, { id: number }>;

/** A pool runtime in a worker thread of this process. */
export class WorkerRuntime {
	/** How the start went; never rejects. */
	readonly started: Promise<WorkerStart>;
	/** Resolves with the exit code when the thread is gone, whatever the reason. */
	readonly exited: Promise<number>;
	readonly #worker: Worker;
	readonly #surroundings: WorkerSurroundings;

	constructor(options: RuntimeOptions, surroundings: WorkerSurroundings) {
		this.#surroundings = surroundings;
		// The host's own flags (inspector, loaders) are not the worker's business.
		const worker = new Worker(surroundings.script, { workerData: options, execArgv: [], name: 'codex-pool' });
		this.#worker = worker;
		const start = Promise.withResolvers<WorkerStart>();
		const exit = Promise.withResolvers<number>();
		this.started = start.promise;
		this.exited = exit.promise;

		worker.on('message', (message: WorkerMessage) => {
			switch (message.type) {
				case 'ready':
					start.resolve({ kind: 'ready', owner: message.owner });
					break;
				case 'failed':
					start.resolve({ kind: 'failed', code: message.code, message: message.message });
					break;
				case 'log':
					surroundings.log(message.level, message.event, message.fields);
					break;
				case 'vault/read':
				case 'vault/write':
				case 'vault/forget':
					void this.#serveVault(message);
					break;
				case 'stopped-listening':
					surroundings.log('info', 'runtime stopped listening', {});
					break;
				default:
					message satisfies never;
			}
		});
		worker.once('error', error => {
			surroundings.log('error', 'runtime worker failed', { error: describeFailure(error) });
		});
		worker.once('exit', exitCode => {
			start.resolve({ kind: 'crashed' });
			exit.resolve(exitCode);
			surroundings.log(exitCode === 0 ? 'info' : 'error', 'runtime worker exited', { exitCode });
		});
	}

	/** Stops listening at once, lets running streams end within `drainMs`; the thread is gone after `deadlineMs` at the latest. */
	async close(drainMs: number, deadlineMs: number): Promise<void> {
		this.#post({ type: 'close', drainMs });
		const deadline = setTimeout(() => void this.#worker.terminate(), deadlineMs);
		await this.exited;
		clearTimeout(deadline);
	}

	async #serveVault(request: VaultRequest): Promise<void> {
		try {
			const secret = await this.#askVault(request);
			this.#post({ type: 'vault/done', id: request.id, ...(secret !== undefined && { secret }) });
		} catch (error) {
			// The storage's message may quote what it was given: only its kind leaves this file.
			const kind = error instanceof Error ? error.name : 'Error';
			this.#surroundings.log('error', 'secret storage failed', { request: request.type, error: kind });
			this.#post({ type: 'vault/done', id: request.id, error: 'The editor could not reach its secret storage.' });
		}
	}

	async #askVault(request: VaultRequest): Promise<string | undefined> {
		const { vault } = this.#surroundings;
		switch (request.type) {
			case 'vault/read':
				return vault.read(request.name);
			case 'vault/write':
				await vault.write(request.name, request.secret);
				return undefined;
			case 'vault/forget':
				await vault.forget(request.name);
				return undefined;
			default:
				return request satisfies never;
		}
	}

	#post(message: HostMessage): void {
		this.#worker.postMessage(message);
	}
}

function describeFailure(error: unknown): string {
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
