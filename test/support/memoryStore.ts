import type { AccountRow, Cooldown, KeyRow, SessionRow, Store } from '../../src/core/ports.js';
import { requestRecordSchema, type ExplainedRequest, type RequestRecord } from '../../src/shared/requestApi.js';
import type { UsageGrouping, UsageReport, UsageTotals } from '../../src/shared/usageApi.js';
import type { UsageWindow } from '../../src/shared/accountApi.js';

/** A store that forgets everything with the test. Times are not rounded to hours. */
export class MemoryStore implements Store {
	readonly accounts = new Map<string, AccountRow>();
	readonly windows = new Map<string, UsageWindow[]>();
	readonly cooldowns = new Map<string, Cooldown[]>();
	readonly keys = new Map<string, KeyRow>();
	readonly sessions = new Map<string, SessionRow>();
	readonly settings = new Map<string, string>();
	readonly requests: ExplainedRequest[] = [];
	isClosed = false;

	loadAccounts(): AccountRow[] {
		return [...this.accounts.values()];
	}

	saveAccount(account: AccountRow): void {
		this.accounts.set(account.id, account);
	}

	removeAccount(accountId: string): void {
		this.accounts.delete(accountId);
		this.windows.delete(accountId);
		this.cooldowns.delete(accountId);
		for (const [id, session] of this.sessions) if (session.accountId === accountId) this.sessions.delete(id);
	}

	forgetUsage(accountId: string): void {
		const kept = this.requests.filter(request => request.accountId !== accountId);
		this.requests.splice(0, this.requests.length, ...kept);
	}

	loadWindows(): Map<string, UsageWindow[]> {
		return new Map(this.windows);
	}

	saveWindows(accountId: string, windows: readonly UsageWindow[]): void {
		this.windows.set(accountId, [...windows]);
	}

	loadCooldowns(): Map<string, Cooldown[]> {
		return new Map(this.cooldowns);
	}

	saveCooldowns(accountId: string, cooldowns: readonly Cooldown[]): void {
		if (this.accounts.has(accountId)) this.cooldowns.set(accountId, [...cooldowns]);
	}

	loadKeys(): KeyRow[] {
		return [...this.keys.values()];
	}

	saveKey(key: KeyRow): void {
		this.keys.set(key.id, key);
	}

	removeKey(keyId: string): void {
		this.keys.delete(keyId);
	}

	loadSessions(limit: number): SessionRow[] {
		return [...this.sessions.values()].sort((a, b) => b.lastUsedAt - a.lastUsedAt).slice(0, limit);
	}

	saveSession(session: SessionRow): void {
		this.sessions.set(session.id, session);
	}

	removeSession(sessionId: string): void {
		this.sessions.delete(sessionId);
	}

	loadSetting(name: string): string | undefined {
		return this.settings.get(name);
	}

	saveSetting(name: string, value: string): void {
		this.settings.set(name, value);
	}

	appendRequest(request: ExplainedRequest): void {
		this.requests.push(request);
	}

	recentRequests(limit: number): RequestRecord[] {
		// Parsing drops the choices.
		return this.requests
			.toReversed()
			.slice(0, limit)
			.map(request => requestRecordSchema.parse(request));
	}

	findRequest(idPrefix: string): ExplainedRequest | undefined {
		return (
			this.requests.find(({ id }) => id === idPrefix) ?? this.requests.findLast(({ id }) => id.startsWith(idPrefix))
		);
	}

	totals(since: number): UsageTotals {
		return totalsOf(this.requests.filter(record => record.startedAt >= since));
	}

	usage(since: number, by: UsageGrouping): UsageReport {
		const groups = Map.groupBy(
			this.requests.filter(record => record.startedAt >= since),
			record => groupOf(record, by),
		);
		return { since, by, rows: [...groups].map(([group, records]) => ({ group, ...totalsOf(records) })) };
	}

	close(): void {
		this.isClosed = true;
	}
}

function groupOf(record: RequestRecord, by: UsageGrouping): string {
	switch (by) {
		case 'account':
			return record.accountId ?? '';
		case 'model':
			return record.model ?? '';
		case 'key':
			return record.keyId;
		case 'client':
			return record.client ?? '';
		case 'hour':
			return String(record.startedAt - (record.startedAt % 3_600_000));
		case 'day':
			return String(new Date(record.startedAt).setHours(0, 0, 0, 0));
		default:
			return by satisfies never;
	}
}

function totalsOf(records: readonly RequestRecord[]): UsageTotals {
	const sum = (count: (record: RequestRecord) => number | null): number =>
		records.reduce((total, record) => total + (count(record) ?? 0), 0);
	return {
		requests: records.length,
		failed: records.filter(record => record.outcome === 'failed').length,
		inputTokens: sum(record => record.inputTokens),
		cachedTokens: sum(record => record.cachedTokens),
		outputTokens: sum(record => record.outputTokens),
		reasoningTokens: sum(record => record.reasoningTokens),
	};
}
