import { CommanderError } from 'commander';
import { PoolError } from '../shared/poolError.js';

export const exitCodes = { ok: 0, failure: 1, usage: 2, notRunning: 3 } as const;

export const exitCodeHelp = `
Exit codes:
  0  it worked
  1  it failed; the reason is on standard error
  2  wrong usage, or the port is taken
  3  no pool is running on the port

With --json, results are one JSON document on standard output and an error is
{"error":{"code","message"}} on standard error. CODEX_POOL_HOME moves ~/.codex-pool.`;

export interface Failure {
	readonly exitCode: number;
	/** Null when everything has been said (help, version). */
	readonly error: { readonly code: string; readonly message: string } | null;
}

/** What the command line makes of whatever a command threw. */
export function describeFailure(thrown: unknown): Failure {
	if (thrown instanceof CommanderError) {
		if (thrown.exitCode === 0) return { exitCode: exitCodes.ok, error: null };
		// A command group without its command: commander has printed the help.
		if (thrown.code === 'commander.help') return { exitCode: exitCodes.usage, error: null };
		const message = thrown.message.replace(/^error: /, '');
		return { exitCode: exitCodes.usage, error: { code: 'invalid_request', message } };
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
