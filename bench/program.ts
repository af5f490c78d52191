import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const startMs = 20_000;
const stopMs = 5_000;

export interface ProgramOptions {
	readonly command: string;
	readonly arguments: readonly string[];
	readonly environment?: NodeJS.ProcessEnv;
	/** Standard error goes there: reading it would cost the machine what is measured. */
	readonly logFile: string;
	/** A channel for `send`. */
	readonly channel?: boolean;
}

/** A process of the benchmark. Whoever starts it stops it. */
export class Program {
	readonly pid: number;
	readonly #child: ChildProcess;

	private constructor(child: ChildProcess) {
		this.#child = child;
		this.pid = child.pid ?? 0;
	}

	/** Starts a program that prints `{"port": …}` when it listens. */
	static async listen(options: ProgramOptions): Promise<{ program: Program; port: number }> {
		const program = Program.start(options);
		const line = await program.#firstLine();
		if (line === undefined) {
			await program.stop();
			const log = readFileSync(options.logFile, 'utf8').trim().split('\n').slice(-8).join('\n');
			throw new Error(`${options.arguments[0] ?? options.command} did not start:\n${log}`);
		}
		return { program, port: (JSON.parse(line) as { port: number }).port };
	}

	static start({ command, arguments: list, environment, logFile, channel }: ProgramOptions): Program {
		const log = openSync(logFile, 'a');
		const child = spawn(command, list, {
			stdio: ['ignore', 'pipe', log, ...(channel ? (['ipc'] as const) : [])],
			env: { ...process.env, ...environment },
		});
		closeSync(log);
		// A command that cannot be started is noticed by what it does not print.
		child.on('error', () => undefined);
		return new Program(child);
	}

	send(message: string): void {
		this.#child.send(message);
	}

	/** Asks it to end, then ends it. */
	async stop(): Promise<void> {
		if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.pid === 0) return;
		const gone = once(this.#child, 'exit');
		this.#child.kill('SIGTERM');
		const deadline = setTimeout(() => this.#child.kill('SIGKILL'), stopMs);
		await gone;
		clearTimeout(deadline);
	}

	async #firstLine(): Promise<string | undefined> {
		if (!this.#child.stdout) return undefined;
		const lines = createInterface({ input: this.#child.stdout });
		const deadline = setTimeout(() => lines.close(), startMs);
		for await (const line of lines) {
			clearTimeout(deadline);
			return line;
		}
		return undefined;
	}
}
