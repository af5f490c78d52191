import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface CliResult {
	readonly exitCode: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface RunningCli {
	readonly child: ChildProcess;
	readonly result: Promise<CliResult>;
	/** What it has said so far. */
	stdout(): string;
	/** Resolves once standard output or standard error holds `text`; rejects when the program ends without it. */
	says(text: string): Promise<void>;
}

const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/**
 * Starts the real command line from source, with nothing of the caller's own settings. With `input` its standard input
 * holds that and stays open; without, it is empty.
 */
export function startCli(args: readonly string[], env: Readonly<Record<string, string>>, input?: string): RunningCli {
	const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
		env: { ...process.env, CODEX_POOL_HOME: undefined, CODEX_POOL_PORT: undefined, TZ: 'UTC', ...env },
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	if (input === undefined) child.stdin.end();
	else child.stdin.write(input);
	let stdout = '';
	let stderr = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr += text;
	});
	const result = new Promise<CliResult>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', exitCode => resolve({ exitCode, stdout, stderr }));
	});
	const says = (text: string): Promise<void> =>
		new Promise((resolve, reject) => {
			const look = (): void => {
				if ((stdout + stderr).includes(text)) resolve();
			};
			child.stdout.on('data', look);
			child.stderr.on('data', look);
			child.on('close', () => reject(new Error(`The program never said "${text}": ${stdout}${stderr}`)));
			look();
		});
	return { child, result, stdout: () => stdout, says };
}

export function runCli(args: readonly string[], env: Readonly<Record<string, string>>): Promise<CliResult> {
	return startCli(args, env).result;
}
