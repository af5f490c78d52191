import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where runtimes leave their runtime files: `~/.codex-pool`, unless CODEX_POOL_HOME moves it. */
export function poolHomeDir(env: NodeJS.ProcessEnv = process.env): string {
	const moved = env['CODEX_POOL_HOME'];
	return moved ? resolve(moved) : join(homedir(), '.codex-pool');
}
