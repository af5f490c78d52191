import { spawn } from 'node:child_process';

export interface ProgramOptions {
	readonly cwd: string;
	/** The whole environment: nothing is inherited. */
	readonly env: Readonly<Record<string, string>>;
	readonly timeoutMs?: number;
	/** Hears standard error as it comes, for a program that waits for an answer from elsewhere. */
	readonly onStderr?: (text: string) => void;
}

export interface ProgramEnd {
	/** Null when it had to be killed. */
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
	readonly ms: number;
}

/**
 * Runs a program to its end, in a process group of its own: whatever it started goes with it, whether it ended by
 * itself or ran out of time.
 */
export function runProgram(
	file: string,
	args: readonly string[],
	{ cwd, env, timeoutMs = 30_000, onStderr }: ProgramOptions,
): Promise<ProgramEnd> {
	const startedAt = performance.now();
	const { promise, resolve, reject } = Promise.withResolvers<ProgramEnd>();
	const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
	const stdout: Buffer[] = [];
	const stderr: Buffer[] = [];
	child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
	child.stderr.on('data', (chunk: Buffer) => {
		stderr.push(chunk);
		onStderr?.(chunk.toString('utf8'));
	});
	const timer = setTimeout(() => endGroup(child.pid), timeoutMs);
	child.once('error', error => {
		clearTimeout(timer);
		reject(error);
	});
	// What it leaves behind may hold its output open, so the group ends with it and not with its output.
	child.once('exit', () => {
		clearTimeout(timer);
		endGroup(child.pid);
	});
	child.once('close', code =>
		resolve({
			code,
			stdout: Buffer.concat(stdout).toString('utf8'),
			stderr: Buffer.concat(stderr).toString('utf8'),
			ms: performance.now() - startedAt,
		}),
	);
	return promise;
}

function endGroup(pid: number | undefined): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// The group is empty: everything has ended.
	}
}
