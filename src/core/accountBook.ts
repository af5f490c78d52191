import type { AccountState, AccountView, UsageWindow } from '../shared/managementApi.js';
import { PoolError } from '../shared/poolError.js';
import type { Candidate } from './chooseAccount.js';
import type { AccountRow, Clock, Store } from './ports.js';
import { mergeWindows, tightestPercent } from './usageWindows.js';

interface Account {
	row: AccountRow;
	windows: UsageWindow[];
	inFlight: number;
	chosenAt: number;
	/** Overload backoff: how often in a row, and until when the account is avoided. */
	faults: number;
	avoidUntil: number;
	restUntil: number;
}

/** Overload backs off 30 s → 2 → 10 → 30 min and never touches quota state. */
const avoidStepsMs = [30_000, 120_000, 600_000, 1_800_000] as const;
/** A limit without a usable reset, and the least a limit lasts. */
const unknownLimitMs = 5 * 60_000;
const shortestLimitMs = 30_000;
/** What a reply asks for is not always sane; after this long the upstream is asked again. */
const longestRestMs = 30 * 60_000;
const repeatedWithinMs = 1_000;
/** `last used` is for people: a busy account need not be written for every request. */
const lastUsedStepMs = 1_000;
const longestLimitMs = 366 * 24 * 60 * 60 * 1000;

/** The accounts in memory: the truth while the pool runs; every change is handed to the store. */
export class AccountBook {
	readonly #accounts = new Map<string, Account>();

	constructor(
		private readonly store: Store,
		private readonly clock: Clock,
		private readonly changed: () => void,
	) {
		const windows = store.loadWindows();
		for (const row of store.loadAccounts()) this.#accounts.set(row.id, account(row, windows.get(row.id) ?? []));
	}

	get inFlight(): number {
		let sum = 0;
		for (const { inFlight } of this.#accounts.values()) sum += inFlight;
		return sum;
	}

	find(accountId: string): AccountRow | undefined {
		return this.#accounts.get(accountId)?.row;
	}

	get(accountId: string): AccountRow {
		return this.#get(accountId).row;
	}

	rows(): AccountRow[] {
		return [...this.#accounts.values()].map(({ row }) => row);
	}

	candidates(): Candidate[] {
		const now = this.clock.now();
		return [...this.#accounts.values()].map(({ row, windows, inFlight, chosenAt, avoidUntil, restUntil }) => ({
			id: row.id,
			selected: row.selected,
			state: row.state,
			limitedUntil: row.limitedUntil,
			usedPercent: tightestPercent(windows, now),
			inFlight,
			chosenAt,
			avoidUntil,
			restUntil,
		}));
	}

	views(): AccountView[] {
		return [...this.#accounts.values()].map(({ row, windows, inFlight }) => ({
			id: row.id,
			name: row.name,
			email: row.email,
			plan: row.plan,
			state: row.state,
			stateReason: row.stateReason,
			stateSince: row.stateSince,
			limitedUntil: row.limitedUntil,
			selected: row.selected,
			windows,
			inFlight,
			addedAt: row.addedAt,
			lastUsedAt: row.lastUsedAt,
		}));
	}

	/** Adds an account, or renews the one that is already there: its history, name and selection stay. */
	put(row: AccountRow): void {
		const known = this.#accounts.get(row.id);
		if (known) known.row = row;
		else this.#accounts.set(row.id, account(row, []));
		this.#save(row);
	}

	/** Puts the named accounts first, in this order; the others follow as they were. */
	order(accountIds: readonly string[]): void {
		const named = accountIds.map(id => this.#get(id));
		const rest = [...this.#accounts.values()].filter(each => !named.includes(each));
		this.#accounts.clear();
		for (const [position, each] of [...new Set(named), ...rest].entries()) {
			each.row = { ...each.row, position };
			this.#accounts.set(each.row.id, each);
			this.store.saveAccount(each.row);
		}
		this.changed();
	}

	remove(accountId: string): void {
		this.#get(accountId);
		this.#accounts.delete(accountId);
		this.store.removeAccount(accountId);
		this.changed();
	}

	change(accountId: string, change: Partial<Omit<AccountRow, 'id'>>): AccountRow {
		const found = this.#get(accountId);
		found.row = { ...found.row, ...change };
		this.#save(found.row);
		return found.row;
	}

	/** Changes the state only when it still is one of `from`; says whether it did. */
	transition(accountId: string, from: readonly AccountState[], to: AccountState, reason: string | null): boolean {
		const found = this.#accounts.get(accountId);
		if (!found || !from.includes(found.row.state)) return false;
		this.change(accountId, { state: to, stateReason: reason, stateSince: this.clock.now(), limitedUntil: null });
		return true;
	}

	/** Takes the account out until `until`; a later figure never shortens a longer rest that is still running. */
	limit(accountId: string, until: number | null, reason: string): void {
		const found = this.#accounts.get(accountId);
		if (!found || (found.row.state !== 'active' && found.row.state !== 'limited')) return;
		const now = this.clock.now();
		const asked = until === null || until - now > longestLimitMs ? this.#windowReset(found, now) : until;
		const limitedUntil = Math.max(asked, now + shortestLimitMs, found.row.limitedUntil ?? 0);
		this.change(accountId, { state: 'limited', stateReason: reason, stateSince: now, limitedUntil });
	}

	recordWindows(accountId: string, fresh: readonly UsageWindow[]): void {
		const found = this.#accounts.get(accountId);
		if (!found || fresh.every(window => found.windows.some(known => isRepeated(known, window)))) return;
		found.windows = mergeWindows(found.windows, fresh);
		this.store.saveWindows(accountId, found.windows);
		this.changed();
	}

	/** The provider's whole picture: windows it no longer names are gone, as after a change of plan. */
	replaceWindows(accountId: string, windows: readonly UsageWindow[]): void {
		const found = this.#accounts.get(accountId);
		if (!found || windows.length === 0) return;
		found.windows = mergeWindows([], windows);
		this.store.saveWindows(accountId, found.windows);
		this.changed();
	}

	begin(accountId: string): void {
		const found = this.#accounts.get(accountId);
		if (!found) return;
		found.inFlight++;
		found.chosenAt = this.clock.now();
		this.changed();
	}

	end(accountId: string): void {
		const found = this.#accounts.get(accountId);
		// The account may have been removed and added again meanwhile.
		if (!found || found.inFlight === 0) return;
		found.inFlight--;
		this.changed();
	}

	succeeded(accountId: string): void {
		const found = this.#accounts.get(accountId);
		if (!found) return;
		found.faults = 0;
		found.avoidUntil = 0;
		const now = this.clock.now();
		// A request that began before the limit proves nothing about it.
		if ((found.row.limitedUntil ?? 0) <= now) this.transition(accountId, ['limited'], 'active', null);
		if (now - (found.row.lastUsedAt ?? 0) < lastUsedStepMs) return;
		found.row = { ...found.row, lastUsedAt: now };
		this.store.saveAccount(found.row);
	}

	/** Requests that fail together are one bad moment: only a fault after the last backoff makes the next one longer. */
	avoid(accountId: string): void {
		const found = this.#accounts.get(accountId);
		const now = this.clock.now();
		if (!found || found.avoidUntil > now) return;
		const step = avoidStepsMs[Math.min(found.faults, avoidStepsMs.length - 1)] ?? 0;
		found.faults++;
		found.avoidUntil = now + step;
	}

	rest(accountId: string, waitMs: number): void {
		const found = this.#accounts.get(accountId);
		if (!found) return;
		found.restUntil = Math.max(found.restUntil, this.clock.now() + Math.min(waitMs, longestRestMs));
	}

	/** When no general window is full any more, else a short rest after which the upstream decides again. */
	#windowReset(found: Account, now: number): number {
		const resets = found.windows
			.filter(window => window.limit === 'codex' && window.usedPercent >= 100)
			.map(window => window.resetsAt ?? 0)
			.filter(resetsAt => resetsAt > now);
		return resets.length > 0 ? Math.max(...resets) : now + unknownLimitMs;
	}

	#get(accountId: string): Account {
		const found = this.#accounts.get(accountId);
		if (!found) throw new PoolError('account_not_found', `There is no account "${accountId}" in the pool.`);
		return found;
	}

	#save(row: AccountRow): void {
		this.store.saveAccount(row);
		this.changed();
	}
}

/** Every reply of a busy second brings the same figures; their age is not worth a write. */
function isRepeated(known: UsageWindow, fresh: UsageWindow): boolean {
	return (
		known.limit === fresh.limit &&
		known.durationMinutes === fresh.durationMinutes &&
		known.usedPercent === fresh.usedPercent &&
		known.resetsAt === fresh.resetsAt &&
		known.source === fresh.source &&
		fresh.observedAt - known.observedAt < repeatedWithinMs
	);
}

function account(row: AccountRow, windows: UsageWindow[]): Account {
	return { row, windows, inFlight: 0, chosenAt: row.lastUsedAt ?? 0, faults: 0, avoidUntil: 0, restUntil: 0 };
}
