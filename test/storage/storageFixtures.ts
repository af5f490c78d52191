import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/core/ports.js';
import type { AccountRow, SessionRow } from '../../src/core/storePort.js';
import type { ExplainedRequest } from '../../src/shared/requestApi.js';
import { openStore, type SqliteStore, type StoreOptions } from '../../src/storage/sqliteStore.js';
import { accountRow as anyAccountRow } from '../support/accountRow.js';
import { explainedRequest as anyExplainedRequest, sessionView } from '../support/managementExamples.js';
import { RecordingLog } from '../support/recordingLog.js';

export const noon = Date.UTC(2026, 2, 10, 12);

/** Time stands still: storage only asks what time it is. */
export const stillClock: Pick<Clock, 'now'> = { now: () => noon };

/** A folder of its own for each test of the suite that calls this, gone after it. */
export function eachTestGetsAFolder(): () => string {
	let folder = '';
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'codex-pool-storage-'));
	});
	afterEach(() => rm(folder, { recursive: true, force: true }));
	return () => folder;
}

export interface TestDatabase {
	readonly folder: () => string;
	readonly file: () => string;
	readonly open: (options?: Partial<StoreOptions>) => Promise<SqliteStore>;
}

/** A database of its own for each test of the suite that calls this; whatever has opened it is closed after it. */
export function eachTestGetsADatabase(): TestDatabase {
	const opened: SqliteStore[] = [];
	afterEach(() => {
		for (const store of opened.splice(0)) store.close();
	});
	const folder = eachTestGetsAFolder();
	const file = (): string => join(folder(), 'pool.sqlite');
	const open = async (options: Partial<StoreOptions> = {}): Promise<SqliteStore> => {
		const store = await openStore(file(), { clock: stillClock, log: new RecordingLog(), ...options });
		opened.push(store);
		return store;
	};
	return { folder, file, open };
}

export function accountRow(fields: Partial<AccountRow> = {}): AccountRow {
	return anyAccountRow({ id: 'account-1', stateSince: noon, addedAt: noon, ...fields });
}

export function sessionRow(fields: Partial<SessionRow> = {}): SessionRow {
	return sessionView({ firstUsedAt: noon, lastUsedAt: noon, ...fields });
}

export function explainedRequest(fields: Partial<ExplainedRequest> = {}): ExplainedRequest {
	return anyExplainedRequest({ id: randomUUID(), startedAt: noon, ...fields });
}
