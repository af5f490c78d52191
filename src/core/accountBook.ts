import type { AccountState, AccountView, UsageWindow } from '../shared/accountApi.js';
import { PoolError } from '../shared/poolError.js';
import type { Candidate } from './chooseAccount.js';
import { withCooldown, withoutOverload, type CoolingCause } from './cooldowns.js';
import { planCapacity } from './planCapacity.js';
import type { AccountRow, Clock, Cooldown, Store } from './ports.js';
import { sharedHeadroom, type QuotaHolder } from './sharedHeadroom.js';
import { hasRecovered, longestReset, mergeWindows, reservedUntil, tightestPercent } from './usageWindows.js';

interface Account {
	row: AccountRow;
	windows: UsageWindow[];
	inFlight: number;
	chosenAt: number;
	cooldowns: readonly Cooldown[];
	/** Whose usage the provider says it is. */
	holder: QuotaHolder | undefined;
}

/** A limit without a usable reset, and the least a limit lasts. */
const unknownLimitMs = 5 * 60_000;
const shortestLimitMs = 30_000;
const repeatedWithinMs = 1_000;
/** `last used` is for people: a busy account need not be written for every request. */
const lastUsedStepMs = 1_000;
const longestLimitMs = 366 * 24 * 60 * 60 * 1000;

/** The accounts in memory: the truth while the pool runs; every change is handed to the store. */
export class AccountBook {
	readonly #accounts = new Map<string, Account>();

	constructor(
		private readonly store: Store,
		private readonly clock: Pick<Clock, 'now'>,
		private readonly changed: () => void,
	) {
		const windows = store.loadWindows();
		const cooldowns = store.loadCooldowns();
		for (const row of store.loadAccounts()) {
			this.#accounts.set(row.id, account(row, windows.get(row.id) ?? [], cooldowns.get(row.id) ?? []));
		}
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
		return [...this.#accounts.values()].map(({ row, windows, inFlight, chosenAt, cooldowns }) => ({
			id: row.id,
			selected: row.selected,
			state: row.state,
			limitedUntil: row.limitedUntil,
			priority: row.priority,
			capacity: planCapacity(row.plan),
			usedPercent: tightestPercent(windows, now),
			resetsAt: longestReset(windows, now),
			reservedUntil: row.reservePercent === 0 ? 0 : reservedUntil(windows, row.reservePercent, now),
			inFlight,
			chosenAt,
			cooldowns,
		}));
	}

	views(): AccountView[] {
		const accounts = [...this.#accounts.values()];
		const groups = sharedHeadroom(accounts.map(({ row, holder, windows }) => ({ account: row, holder, windows })));
		return accounts.map(({ row, windows, inFlight }) => ({
			id: row.id,
			name: row.name,
			email: row.email,
			plan: row.plan,
			state: row.state,
			stateReason: row.stateReason,
			stateSince: row.stateSince,
			limitedUntil: row.limitedUntil,
			selected: row.selected,
			priority: row.priority,
			reservePercent: row.reservePercent,
			windows,
			sharesWith: (groups.find(group => group.includes(row.id)) ?? []).filter(id => id !== row.id),
			inFlight,
			addedAt: row.addedAt,
			lastUsedAt: row.lastUsedAt,
		}));
	}

	/** Adds an account, or renews the one that is already there: its history, name and selection stay. */
	put(row: AccountRow): void {
		const known = this.#accounts.get(row.id);
		if (known) known.row = row;
		else this.#accounts.set(row.id, account(row, [], []));
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
		const known = to === 'active' ? { limitedUntil: null } : {};
		this.change(accountId, { state: to, stateReason: reason, stateSince: this.clock.now(), ...known });
		return true;
	}

	/** Back in use after a pause or a sign-in: a limit that still runs is still known. */
	resume(accountId: string, from: readonly AccountState[]): void {
		const until = this.#accounts.get(accountId)?.row.limitedUntil ?? 0;
		const isLimited = until > this.clock.now();
		this.transition(accountId, from, isLimited ? 'limited' : 'active', isLimited ? 'usage_limit_reached' : null);
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
		this.#setWindows(found, mergeWindows(found.windows, fresh), null);
	}

	/** The provider's whole picture: windows it no longer names are gone, as after a change of plan. */
	replaceWindows(accountId: string, windows: readonly UsageWindow[], askedAt: number): void {
		const found = this.#accounts.get(accountId);
		if (!found || windows.length === 0) return;
		this.#setWindows(found, mergeWindows([], windows), askedAt);
	}

	/** Whose usage the provider has reported under this account. */
	recordHolder(accountId: string, holder: QuotaHolder | undefined): void {
		const found = this.#accounts.get(accountId);
		if (found) found.holder = holder ?? found.holder;
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

	succeeded(accountId: string, model: string | null): void {
		const found = this.#accounts.get(accountId);
		if (!found) return;
		if (found.cooldowns.length > 0) this.#setCooldowns(found, withoutOverload(found.cooldowns, model));
		const now = this.clock.now();
		// A request that began before the limit proves nothing about it.
		if ((found.row.limitedUntil ?? 0) <= now) this.transition(accountId, ['limited'], 'active', null);
		if (now - (found.row.lastUsedAt ?? 0) < lastUsedStepMs) return;
		found.row = { ...found.row, lastUsedAt: now };
		this.store.saveAccount(found.row);
	}

	/** Holds the account back for a while without touching its state. */
	coolDown(accountId: string, cause: CoolingCause): void {
		const found = this.#accounts.get(accountId);
		if (found) this.#setCooldowns(found, withCooldown(found.cooldowns, cause, this.clock.now()));
	}

	#setCooldowns(found: Account, cooldowns: readonly Cooldown[]): void {
		if (cooldowns.length === found.cooldowns.length && cooldowns.every((each, at) => each === found.cooldowns[at]))
			return;
		found.cooldowns = cooldowns;
		this.store.saveCooldowns(found.row.id, cooldowns);
		this.changed();
	}

	#setWindows(found: Account, windows: UsageWindow[], askedAt: number | null): void {
		const { windows: before, row } = found;
		found.windows = windows;
		this.store.saveWindows(row.id, windows);
		const now = this.clock.now();
		const isNewer = askedAt !== null && askedAt > row.stateSince;
		// The next request finds out whether the limit is really over.
		if (isLimitedAt(row, now) && hasRecovered(before, windows, isNewer, now))
			this.change(row.id, { limitedUntil: now });
		else this.changed();
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

function isLimitedAt({ state, limitedUntil }: AccountRow, now: number): boolean {
	return state === 'limited' && (limitedUntil ?? 0) > now;
}

function account(row: AccountRow, windows: UsageWindow[], cooldowns: readonly Cooldown[]): Account {
	return { row, windows, inFlight: 0, chosenAt: row.lastUsedAt ?? 0, cooldowns, holder: undefined };
}
