import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { runtimeFileSchema, type RuntimeFile } from '../shared/poolApi.js';
import { PoolError } from '../shared/poolError.js';
import { parseJson, systemCode } from './loopbackRequest.js';

/** Reads what the owner of `port` left for the faces; rejects with `runtime_not_running` when that is nothing usable. */
export async function readRuntimeFile(homeDir: string, port: number): Promise<RuntimeFile> {
	const path = join(homeDir, 'runtime', `${port}.json`);
	const text = await readFile(path, 'utf8').catch((cause: unknown) => {
		throw new PoolError(
			'runtime_not_running',
			systemCode(cause) === 'ENOENT'
				? l10n.t('No pool is running on port {0}. Start one with "codex-pool serve", or open VS Code.', port)
				: l10n.t('The runtime file {0} cannot be read. Check its permissions.', path),
			{ cause },
		);
	});
	const parsed = runtimeFileSchema.safeParse(parseJson(text));
	if (!parsed.success || parsed.data.port !== port) {
		throw new PoolError(
			'runtime_not_running',
			l10n.t('The runtime file {0} is damaged. Restart the pool, which writes it anew.', path),
		);
	}
	return parsed.data;
}
