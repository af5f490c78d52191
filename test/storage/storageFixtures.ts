import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountRow, Clock, Log, SessionRow } from '../../src/core/ports.js';
import type { ExplainedRequest } from '../../src/shared/requestApi.js';

export const noon = Date.UTC(2026, 2, 10, 12);

/** Time stands still: storage only asks what time it is. */
export const stillClock: Pick<Clock, 'now'> = { now: () => noon };

export interface LogEntry {
	readonly level: 'info' | 'warn' | 'error';
	readonly event: string;
	readonly fields: Readonly<Record<string, unknown>>;
}

export class RecordingLog implements Log {
	readonly entries: LogEntry[] = [];

	info(event: string, fields = {}): void {
		this.entries.push({ level: 'info', event, fields });
	}

	warn(event: string, fields = {}): void {
		this.entries.push({ level: 'warn', event, fields });
	}

	error(event: string, fields = {}): void {
		this.entries.push({ level: 'error', event, fields });
	}

	count(event: string): number {
		return this.entries.filter(entry => entry.event === event).length;
	}
}

/** A folder of its own for each test of the suite that calls this, gone after it. */
export function eachTestGetsAFolder(): () => string {
	let folder = '';
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'codex-pool-storage-'));
	});
	afterEach(() => rm(folder, { recursive: true, force: true }));
	return () => folder;
}

export function accountRow(fields: Partial<AccountRow> = {}): AccountRow {
	return {
		id: 'account-1',
		userId: 'user-1',
		chatgptAccountId: 'chatgpt-1',
		email: 'someone@example.com',
		name: null,
		plan: 'plus',
		state: 'active',
		stateReason: null,
		stateSince: noon,
		limitedUntil: null,
		selected: true,
		addedAt: noon,
		lastUsedAt: null,
		generation: 1,
		refreshedAt: 0,
		position: 0,
		priority: 5,
		reservePercent: 0,
		...fields,
	};
}

export function sessionRow(fields: Partial<SessionRow> = {}): SessionRow {
	return {
		id: 'hash',
		accountId: 'account-1',
		firstUsedAt: noon,
		lastUsedAt: noon,
		turns: 1,
		inputTokens: 1000,
		cachedTokens: 800,
		...fields,
	};
}

export function explainedRequest(fields: Partial<ExplainedRequest> = {}): ExplainedRequest {
	return {
		id: randomUUID(),
		startedAt: noon,
		accountId: 'account-1',
		keyId: 'key-1',
		route: '/codex/responses',
		client: 'codex_cli_rs',
		model: 'gpt-5.2-codex',
		effort: 'high',
		tier: null,
		transport: 'http',
		status: 200,
		outcome: 'succeeded',
		error: null,
		inputTokens: 1000,
		cachedTokens: 800,
		outputTokens: 50,
		reasoningTokens: 20,
		firstByteMs: 412.5,
		totalMs: 8123.25,
		attempts: [{ accountId: 'account-1', verdict: 'succeeded', status: 200, ms: 412.5 }],
		choices: [
			{
				reason: 'least_used',
				accountId: 'account-1',
				considered: [
					{ accountId: 'account-1', score: 12.5, out: null },
					{ accountId: 'account-2', score: null, out: 'paused' },
				],
				waitedMs: 0,
			},
		],
		...fields,
	};
}
