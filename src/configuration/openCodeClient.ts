import * as l10n from '@vscode/l10n';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { ClientProgram } from './clientConfig.js';
import { readConfigFile } from './configFile.js';
import { openCodeConfig } from './openCodeConfig.js';

/** OpenCode: the file OPENCODE_CONFIG names, else those of its global folder, of which a later one wins over an earlier. */
export function openCodeClient(env: NodeJS.ProcessEnv = process.env): ClientProgram {
	const named = env['OPENCODE_CONFIG'];
	const folder = join(baseFolder(env['XDG_CONFIG_HOME'], '.config'), 'opencode');
	const paths = named
		? [resolve(named)]
		: ['opencode.jsonc', 'opencode.json', 'config.json'].map(name => join(folder, name));
	const authPath = join(baseFolder(env['XDG_DATA_HOME'], '.local/share'), 'opencode', 'auth.json');
	return {
		name: 'OpenCode',
		paths,
		newPath: named ? resolve(named) : join(folder, 'opencode.json'),
		format: openCodeConfig,
		consequence: null,
		findObstacle: async () => {
			// With a login of its own, OpenCode sends every request to ChatGPT, whatever the base URL is.
			if (!(await hasChatGptLogin(authPath))) return null;
			return l10n.t(
				'OpenCode is signed in to ChatGPT itself and prefers that: run `opencode auth logout` and choose OpenAI.',
			);
		},
	};
}

const loginSchema = z.object({ openai: z.object({ type: z.literal('oauth') }) });

async function hasChatGptLogin(authPath: string): Promise<boolean> {
	try {
		return loginSchema.safeParse(JSON.parse((await readConfigFile(authPath)).text)).success;
	} catch {
		// No file, or none OpenCode could read either: no login.
		return false;
	}
}

/** OpenCode follows the XDG rules on every system. */
function baseFolder(fromEnvironment: string | undefined, usual: string): string {
	return fromEnvironment ? resolve(fromEnvironment) : join(homedir(), usual);
}
