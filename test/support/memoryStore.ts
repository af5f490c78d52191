import { isUnpriced } from '../../src/core/models/price.js';
import type { AccountRow, Cooldown, HistorySample, KeyRow, SessionRow, Store } from '../../src/core/storePort.js';
import {
	requestRecordSchema,
	type ExplainedRequest,
	type RequestList,
	type RequestListQuery,
	type RequestRecord,
} from '../../src/shared/requestApi.js';
import type { UsageGrouping, UsageQuery, UsageReport, UsageTotals } from '../../src/shared/usageApi.js';
import type { AccountQuota, UsageWindow } from '../../src/shared/accountApi.js';
import type { WindowHistory } from '../../src/shared/forecastApi.js';

/** A store that forgets everything with the test. Times are not rounded to hours. */
export class MemoryStore implements Store {
	readonly accounts = new Map<string, AccountRow>();
	readonly windows = new Map<string, UsageWindow[]>();
	readonly quotas = new Map<string, AccountQuota>();
	readonly cooldowns = new Map<string, Cooldown[]>();
	readonly keys = new Map<string, KeyRow>();
	readonly sessions = new Map<string, SessionRow>();
	readonly settings = new Map<string, string>();
	readonly requests: ExplainedRequest[] = [];
	readonly windowSamples: HistorySample[] = [];
	readonly notices = [];
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
		this.quotas.delete(accountId);
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

	loadWindowSamples(since: number): HistorySample[] {
		return this.windowSamples.filter(({ at }) => at >= since);
	}

	appendWindowSample(sample: HistorySample): void {
		this.windowSamples.push(sample);
	}

	windowHistory(accountId: string, since: number): WindowHistory {
		const samples = this.loadWindowSamples(since).filter(sample => sample.accountId === accountId);
		const windows = Map.groupBy(samples, ({ limit, durationMinutes }) => `${limit} ${durationMinutes}`);
		return {
			since,
			windows: [...windows.values()].map(points => ({
				limit: points[0]?.limit ?? '',
				durationMinutes: points[0]?.durationMinutes ?? 0,
				points: points.map(({ at, usedPercent, resetsAt }) => ({ at, usedPercent, resetsAt })),
			})),
		};
	}

	loadQuotas(): Map<string, AccountQuota> {
		return new Map(this.quotas);
	}

	saveQuota(accountId: string, quota: AccountQuota): void {
		this.quotas.set(accountId, quota);
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

	replaceKey(key: KeyRow): void {
		this.saveKey(key);
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
		return this.listRequests({ limit }).requests;
	}

	listRequests({ before, limit, ...wanted }: RequestListQuery): RequestList {
		const end = before === undefined ? this.requests.length : Number(before);
		const found = [...this.requests.entries()]
			.slice(0, end)
			.filter(([, request]) => isWanted(request, wanted))
			.reverse();
		return {
			// Parsing drops the choices.
			requests: found.slice(0, limit).map(([, request]) => requestRecordSchema.parse(request)),
			next: found.length > limit ? String(found[limit - 1]?.[0]) : null,
			isCutShort: false,
		};
	}

	findRequest(idPrefix: string): ExplainedRequest | undefined {
		return (
			this.requests.find(({ id }) => id === idPrefix) ?? this.requests.findLast(({ id }) => id.startsWith(idPrefix))
		);
	}

	totals(since: number): UsageTotals {
		return totalsOf(this.requests.filter(record => record.startedAt >= since));
	}

	usage({ since, until, by }: UsageQuery): UsageReport {
		const groups = Map.groupBy(
			this.requests.filter(({ startedAt }) => startedAt >= since && startedAt < (until ?? Infinity)),
			record => groupOf(record, by),
		);
		return {
			since,
			until: until ?? null,
			by,
			rows: [...groups].map(([group, records]) => ({ group, ...totalsOf(records) })),
		};
	}

	close(): void {
		this.isClosed = true;
	}
}

function isWanted(
	{ id, accountId, model, alias, keyId, sessionId, client, outcome, error }: RequestRecord,
	{ text = '', ...wanted }: Omit<RequestListQuery, 'before' | 'limit'>,
): boolean {
	const given = {
		accountId: accountId ?? '',
		model: model ?? '',
		keyId,
		sessionId: sessionId ?? '',
		client: client ?? '',
		outcome,
	};
	const says = [id, model, alias, client, error].join('\n').toLowerCase();
	return (
		says.includes(text.toLowerCase()) &&
		Object.entries(given).every(([name, value]) => (Reflect.get(wanted, name) ?? value) === value)
	);
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
		costNanoUsd: sum(record => record.costNanoUsd),
		unpriced: records.filter(isUnpriced).length,
	};
}
