import { parentPort, workerData } from 'node:worker_threads';
import type { Log, Vault } from './core/ports.js';
import { startRuntime, type Runtime } from './runtime.js';
import { PoolError } from './shared/poolError.js';
import type { HostMessage, LogLevel, RuntimeOptions, WorkerMessage } from './shared/runtimeMessages.js';

/** The runtime as a worker thread of the extension host: other extensions that block the host do not stall streams. */

if (!parentPort) throw new Error('This file runs as a worker thread.');
const host = parentPort;

const tell = (message: WorkerMessage): void => host.postMessage(message);

const logAt =
	(level: LogLevel) =>
	(event: string, fields: Readonly<Record<string, unknown>> = {}): void =>
		tell({ type: 'log', level, event, fields });
const log: Log = { info: logAt('info'), warn: logAt('warn'), error: logAt('error') };

type VaultAnswer = HostMessage & { type: 'vault/done' };
type VaultQuestion = Extract<WorkerMessage, { id: number }>;
/** Distributes over the union, which the plain Omit does not. */
type Unnumbered<M> = M extends unknown ? Omit<M, 'id'> : never;

/** The vault is the launcher's: SecretStorage cannot be reached from a worker, so every secret goes over the port. */
class HostVault implements Vault {
	readonly #waiting = new Map<number, (answer: VaultAnswer) => void>();
	#lastId = 0;

	async read(name: string): Promise<string | undefined> {
		return (await this.#ask({ type: 'vault/read', name })).secret;
	}

	async write(name: string, secret: string): Promise<void> {
		await this.#ask({ type: 'vault/write', name, secret });
	}

	async forget(name: string): Promise<void> {
		await this.#ask({ type: 'vault/forget', name });
	}

	answer(answer: VaultAnswer): void {
		this.#waiting.get(answer.id)?.(answer);
		this.#waiting.delete(answer.id);
	}

	async #ask(question: Unnumbered<VaultQuestion>): Promise<VaultAnswer> {
		const id = ++this.#lastId;
		const answer = await new Promise<VaultAnswer>(resolve => {
			this.#waiting.set(id, resolve);
			tell({ ...question, id });
		});
		if (answer.error !== undefined) throw new PoolError('vault_failed', answer.error);
		return answer;
	}
}

const vault = new HostVault();
let runtime: Runtime | undefined;

host.on('message', (message: HostMessage) => {
	switch (message.type) {
		case 'vault/done':
			vault.answer(message);
			return;
		case 'close':
			void close(message.drainMs);
			return;
		default:
			message satisfies never;
	}
});

async function close(drainMs: number): Promise<void> {
	await started;
	await runtime?.close(drainMs);
	host.close();
}

async function start(): Promise<void> {
	try {
		runtime = await startRuntime(workerData as RuntimeOptions, {
			vault,
			log,
			stoppedListening: () => tell({ type: 'stopped-listening' }),
		});
		tell({ type: 'ready', owner: runtime.owner });
		void runtime.shutDownAsked.then(() => close(4_000));
	} catch (thrown) {
		const { code, message, cause } = PoolError.from(thrown);
		log.error('runtime failed to start', { code, cause: String(cause) });
		tell({ type: 'failed', code, message });
		host.close();
	}
}

const started = start();
