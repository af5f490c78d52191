import type { PoolClient } from '../client/poolClient.js';
import type { DroppedFile, DropOutcome, RefusedFile } from '../shared/panelMessages.js';
import { PoolError } from '../shared/poolError.js';
import { nameOf } from './accountChoices.js';

/**
 * Imports what the user dropped, file by file, so that one that is no account file keeps no other from coming in, and
 * is told of by its name. A pool that has gone away fails the whole drop.
 */
export async function importDroppedFiles(
	client: Pick<PoolClient, 'importAccounts'>,
	files: readonly DroppedFile[],
): Promise<DropOutcome> {
	const imported = new Map<string, string>();
	const refused: RefusedFile[] = [];
	for (const { name, text } of files) {
		try {
			for (const account of await client.importAccounts([text])) imported.set(account.id, nameOf(account));
		} catch (error) {
			const failure = PoolError.from(error);
			if (failure.code === 'runtime_not_running' && imported.size === 0) throw failure;
			refused.push({ name, problem: failure.message });
		}
	}
	return { imported: [...imported.values()], refused };
}
