import type { AccountQuota, AccountState, UsageWindow } from '../shared/accountApi.js';
import type { WindowHistory, WindowPoint } from '../shared/forecastApi.js';
import type { KeyBudget } from '../shared/keyApi.js';
import type { PoolNotice } from '../shared/poolApi.js';
import type { ExplainedRequest, RequestList, RequestListQuery, RequestRecord } from '../shared/requestApi.js';
import type { SessionView } from '../shared/sessionApi.js';
import type { UsageQuery, UsageReport, UsageTotals } from '../shared/usageApi.js';

/** The persistent part of an account; never a token. */
export interface AccountRow {
	readonly id: string;
	readonly userId: string;
	/** The `chatgpt-account-id` the provider wants beside the bearer. */
	readonly chatgptAccountId: string;
	readonly email: string | null;
	readonly name: string | null;
	readonly plan: string | null;
	readonly state: AccountState;
	readonly stateReason: string | null;
	readonly stateSince: number;
	readonly limitedUntil: number | null;
	readonly selected: boolean;
	/** Where the user wants to see it; smaller comes first. */
	readonly position: number;
	/** Which accounts are used before which, 1–9. */
	readonly priority: number;
	readonly reservePercent: number;
	readonly addedAt: number;
	readonly lastUsedAt: number | null;
	/** Grows by one at every token rotation; the vault entry carries the same number. */
	readonly generation: number;
	/** When that rotation, or the sign-in, was. */
	readonly refreshedAt: number;
}

export interface KeyRow {
	readonly id: string;
	readonly name: string;
	/** SHA-256 of the key, hex. */
	readonly hash: string;
	/** How the secret begins; null for a key from before that was kept. */
	readonly prefix: string | null;
	/** The names that may be asked for; null for all. */
	readonly models: readonly string[] | null;
	/** The accounts that may serve; null for all. */
	readonly accountIds: readonly string[] | null;
	readonly budget: KeyBudget | null;
	readonly createdAt: number;
	readonly lastUsedAt: number | null;
}

/**
 * Why an account is held back for a while, beyond its state. `overload`: used only when nobody else can. `rate`: a
 * short rate limit. `limit`: a limit of one model is spent. `missing`: it does not have the model.
 */
export interface Cooldown {
	/** The model it is about; null for every model. */
	readonly model: string | null;
	readonly kind: 'overload' | 'rate' | 'limit' | 'missing';
	readonly until: number;
	/** How often in a row; the next one lasts longer. */
	readonly times: number;
}

/** A soft tie of a client session to an account. */
export type SessionRow = SessionView;

/** What was seen of one usage window at one time. */
export interface HistorySample extends WindowPoint {
	readonly accountId: string;
	readonly limit: string;
	readonly durationMinutes: number;
}

/** Writes may be queued; `close` flushes them. Reads see queued writes. */
export interface Store {
	/** What its opening has brought to light. */
	readonly notices: readonly PoolNotice[];

	loadAccounts(): AccountRow[];
	saveAccount(account: AccountRow): void;
	/** Forgets the account and its windows and sessions; its usage stays. */
	removeAccount(accountId: string): void;
	/** Forgets the requests and totals of an account. */
	forgetUsage(accountId: string): void;

	loadWindows(): Map<string, UsageWindow[]>;
	/** Replaces all windows of one account. */
	saveWindows(accountId: string, windows: readonly UsageWindow[]): void;

	/** Of all accounts, oldest first. */
	loadWindowSamples(since: number): HistorySample[];
	/** Queued; never touches the disk on the caller's turn. */
	appendWindowSample(sample: HistorySample): void;
	windowHistory(accountId: string, since: number): WindowHistory;

	loadQuotas(): Map<string, AccountQuota>;
	/** Replaces what is known of one account's quota beside its windows. */
	saveQuota(accountId: string, quota: AccountQuota): void;

	loadCooldowns(): Map<string, Cooldown[]>;
	/** Replaces all cooldowns of one account. */
	saveCooldowns(accountId: string, cooldowns: readonly Cooldown[]): void;

	loadKeys(): KeyRow[];
	saveKey(key: KeyRow): void;
	/** The same, but at once: a secret that was given up must not come back with a crash. */
	replaceKey(key: KeyRow): void;
	removeKey(keyId: string): void;

	/** The most recently used first. */
	loadSessions(limit: number): SessionRow[];
	saveSession(session: SessionRow): void;
	removeSession(sessionId: string): void;

	loadSetting(name: string): string | undefined;
	saveSetting(name: string, value: string): void;

	/** Queued; never touches the disk on the caller's turn. */
	appendRequest(request: ExplainedRequest): void;
	/** The last settled first. */
	recentRequests(limit: number): RequestRecord[];
	/** The same in pages, and only those that are asked for. */
	listRequests(query: RequestListQuery): RequestList;
	/** By the beginning of its id; the newest of several. */
	findRequest(idPrefix: string): ExplainedRequest | undefined;
	totals(since: number): UsageTotals;
	usage(query: UsageQuery): UsageReport;

	/** Writes what is queued, checkpoints and closes. Repeatable. */
	close(): void;
}
