import { WorkerRuntime } from '../src/editor/workerRuntime.js';
import { startRuntime } from '../src/runtime.js';
import type { Owner } from '../src/shared/poolApi.js';
import type { RuntimeOptions } from '../src/shared/runtimeMessages.js';

/**
 * Stands for an extension host: runs the runtime in a worker thread or on its main thread, and can block the main
 * thread as a busy neighbour would. Arguments: `worker` or `main`, the worker's script, and the runtime's options.
 * Prints the runtime's port; the message `block` on its channel starts the blocking.
 */

const blockMs = 50;
const everyMs = 200;

const [thread, script = '', optionsText = ''] = process.argv.slice(2);
const options = JSON.parse(optionsText) as RuntimeOptions;
const secrets = new Map<string, string>();
const vault = {
	read: (name: string) => Promise.resolve(secrets.get(name)),
	write: (name: string, secret: string) => Promise.resolve(void secrets.set(name, secret)),
	forget: (name: string) => Promise.resolve(void secrets.delete(name)),
};
const ignore = (): void => undefined;

process.on('message', () => {
	setInterval(() => {
		const until = performance.now() + blockMs;
		while (performance.now() < until);
	}, everyMs);
});
process.once('SIGTERM', () => process.exit());

void announce(thread === 'worker' ? startInWorker() : startHere());

async function announce(owner: Promise<Owner>): Promise<void> {
	const { port } = await owner;
	process.stdout.write(`${JSON.stringify({ port })}\n`);
}

async function startInWorker(): Promise<Owner> {
	const started = await new WorkerRuntime(options, { script, vault, log: ignore }).started;
	if (started.kind !== 'ready') throw new Error(`The worker did not start: ${JSON.stringify(started)}`);
	return started.owner;
}

async function startHere(): Promise<Owner> {
	const log = { info: ignore, warn: ignore, error: ignore };
	return (await startRuntime(options, { vault, log })).owner;
}
