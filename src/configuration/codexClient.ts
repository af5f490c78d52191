import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { ClientProgram } from './clientConfig.js';
import { codexConfig } from './codexConfig.js';

/** The Codex command line, and the Codex extension: both read the same file. */
export function codexClient(env: NodeJS.ProcessEnv = process.env): ClientProgram {
	const path = join(codexHome(env), 'config.toml');
	return {
		name: 'Codex',
		paths: [path],
		newPath: path,
		format: codexConfig,
		consequence: l10n.t(
			'Codex lists sessions by provider: those begun before this change are hidden until you undo it.',
		),
		findObstacle: () => Promise.resolve(null),
	};
}

/** Where Codex keeps its files; CODEX_HOME may move it. */
export function codexHome(env: NodeJS.ProcessEnv = process.env): string {
	const home = env['CODEX_HOME'];
	return home ? resolve(home) : join(homedir(), '.codex');
}
