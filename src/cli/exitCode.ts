import { CommanderError } from 'commander';
import { PoolError } from '../shared/poolError.js';
import type { Output } from './output.js';

export const exitCodes = { ok: 0, failure: 1, usage: 2, notRunning: 3 } as const;

export const exitCodeHelp = `
First steps:
  codex-pool serve            run a pool, unless VS Code does
  codex-pool accounts add     sign in to an account with your browser
  codex-pool configure codex  make Codex use the pool
  codex-pool keys create      make a key for any other client
  codex-pool status           see the addresses for it, and what is left
  codex-pool doctor           find out why something does not work

Exit codes:
  0  it worked
  1  it failed; the reason is on standard error
  2  wrong usage, or the port is taken
  3  no pool is running on the port

Options follow their command: codex-pool status --port 2457

With --json, results are one JSON document on standard output and an error is
{"error":{"code","message"}} on standard error. CODEX_POOL_HOME moves
~/.codex-pool.`;

interface Failure {
	readonly exitCode: number;
	/** Null when everything has been said (help, version). */
	readonly error: { readonly code: string; readonly message: string } | null;
}

/** Says what went wrong, unless it has been said, and lets the program end with it. */
export function reportFailure(thrown: unknown, output: Output): void {
	const { exitCode, error } = describeFailure(thrown);
	if (error) output.note({ error }, error.message);
	process.exitCode = exitCode;
}

/** What the command line makes of whatever a command threw. */
function describeFailure(thrown: unknown): Failure {
	if (thrown instanceof CommanderError) {
		if (thrown.exitCode === 0) return { exitCode: exitCodes.ok, error: null };
		// A command group without its command: commander has printed the help.
		if (thrown.code === 'commander.help') return { exitCode: exitCodes.usage, error: null };
		return { exitCode: exitCodes.usage, error: { code: 'invalid_request', message: thrown.message } };
	}
	if (thrown instanceof PoolError) {
		return { exitCode: exitCodeOf(thrown), error: { code: thrown.code, message: thrown.message } };
	}
	// The user is the only log of this program: the plain reason helps, and carries nothing of an account.
	const reason = thrown instanceof Error ? thrown.message : String(thrown);
	return {
		exitCode: exitCodes.failure,
		error: { code: 'internal', message: `Something unexpected failed: ${reason}` },
	};
}

function exitCodeOf(error: PoolError): number {
	if (error.code === 'runtime_not_running') return exitCodes.notRunning;
	if (error.code === 'port_taken') return exitCodes.usage;
	return exitCodes.failure;
}
