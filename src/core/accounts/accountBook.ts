import {
	noQuota,
	type AccountQuota,
	type AccountState,
	type AccountView,
	type UsageWindow,
} from '../../shared/accountApi.js';
import { PoolError } from '../../shared/poolError.js';
import { hasFreshMeans, mergeQuota, type QuotaReading } from './accountQuota.js';
import { accountCandidate } from '../routing/accountCandidate.js';
import { accountView } from './accountView.js';
import { bookedAccount, isLimitedAt, isMisdated, type BookedAccount } from './bookedAccount.js';
import type { Candidate } from '../routing/chooseAccount.js';
import { withCooldown, withoutOverload, type CoolingCause } from '../routing/cooldowns.js';
import { hasRecovered, isNewer, isRepeated, mergeWindows } from '../quota/knownWindows.js';
import { limitEnd } from './limitEnd.js';
import { isDoubtful } from './planChange.js';
import type { Clock } from '../ports.js';
import type { AccountRow, Cooldown, Store } from '../storePort.js';
import { loadWeights } from '../forecast/readForecast.js';
import { sharedHeadroom, type QuotaHolder } from '../routing/sharedHeadroom.js';
import { WindowHistory } from '../forecast/windowHistory.js';

/** `last used` is for people: a busy account need not be written for every request. */
const lastUsedStepMs = 1_000;

/** The accounts in memory: the truth while the pool runs; every change is handed to the store. */
export class AccountBook {
	/** How the windows of all accounts have burnt. */
	readonly history: WindowHistory;
	readonly #accounts = new Map<string, BookedAccount>();
	#revision = 0;
	#missedAt = 0;

	constructor(
		private readonly store: Store,
		private readonly clock: Pick<Clock, 'now'>,
		private readonly changed: () => void,
	) {
		const windows = store.loadWindows();
		const quotas = store.loadQuotas();
		const cooldowns = store.loadCooldowns();
		for (const row of store.loadAccounts()) {
			const saved = { windows: windows.get(row.id), quota: quotas.get(row.id), cooldowns: cooldowns.get(row.id) };
			this.#accounts.set(row.id, bookedAccount(row, saved));
		}
		this.history = new WindowHistory(store, clock.now(), () => loadWeights(this.views()));
	}

	get inFlight(): number {
		let sum = 0;
		for (const { inFlight } of this.#accounts.values()) sum += inFlight;
		return sum;
	}

	/** Grows with every change of who may serve and how much is left, not with requests that come and go. */
	get revision(): number {
		return this.#revision;
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

	candidate(accountId: string): Candidate | undefined {
		const known = this.#accounts.get(accountId);
		return known && accountCandidate(known, this.clock.now());
	}

	candidates(): Candidate[] {
		const now = this.clock.now();
		return [...this.#accounts.values()].map(each => accountCandidate(each, now));
	}

	views(): AccountView[] {
		const accounts = [...this.#accounts.values()];
		const groups = sharedHeadroom(accounts.map(({ row, holder, windows }) => ({ account: row, holder, windows })));
		return accounts.map(each => accountView(each, groups.find(group => group.includes(each.row.id)) ?? []));
	}

	/** Adds an account, or renews the one that is already there: its history, name and selection stay. */
	put(row: AccountRow): void {
		const known = this.#accounts.get(row.id);
		if (known) known.row = row;
		else this.#accounts.set(row.id, bookedAccount(row));
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
		this.#altered();
	}

	remove(accountId: string): void {
		this.#get(accountId);
		this.#accounts.delete(accountId);
		this.store.removeAccount(accountId);
		this.history.forget(accountId);
		this.#altered();
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

	/** Takes the account out until `until`, or for as long as its limit is likely to last. */
	limit(accountId: string, until: number | null, reason: string): void {
		const found = this.#accounts.get(accountId);
		if (!found || (found.row.state !== 'active' && found.row.state !== 'limited')) return;
		const now = this.clock.now();
		const limitedUntil = limitEnd(found, until, now);
		this.change(accountId, { state: 'limited', stateReason: reason, stateSince: now, limitedUntil });
	}

	recordWindows(accountId: string, fresh: readonly UsageWindow[]): void {
		const found = this.#accounts.get(accountId);
		if (!found || fresh.every(window => found.windows.some(known => isRepeated(known, window)))) return;
		this.#setWindows(found, mergeWindows(found.windows, fresh, this.clock.now()), null);
	}

	/** The provider's whole picture: windows it no longer names are gone, as after a change of plan. */
	replaceWindows(accountId: string, windows: readonly UsageWindow[], askedAt: number): void {
		const found = this.#accounts.get(accountId);
		if (!found || windows.length === 0) return;
		const now = this.clock.now();
		const seenMeanwhile = found.windows.filter(window => isNewer(window, { observedAt: askedAt }, now));
		this.#setWindows(found, mergeWindows(seenMeanwhile, windows, now), askedAt);
	}

	/** What is known of its quota beside its windows. */
	quota(accountId: string): AccountQuota {
		return this.#accounts.get(accountId)?.quota ?? noQuota;
	}

	/** What a reply tells beside windows. `askedAt`: when the pool itself asked for it. */
	recordQuota(accountId: string, fresh: QuotaReading, askedAt?: number): void {
		const found = this.#accounts.get(accountId);
		if (!found) return;
		const { quota: before, row } = found;
		const now = this.clock.now();
		const after = mergeQuota(before, fresh, { observedAt: askedAt ?? now, now });
		if (after === before) return;
		found.quota = after;
		this.store.saveQuota(accountId, after);
		const isAfterLimit = askedAt !== undefined && askedAt > row.stateSince;
		if (isAfterLimit && isLimitedAt(row, now) && hasFreshMeans(before, after)) this.#tryAgain(found);
		else this.#altered();
	}

	/** The plan that the provider names beside usage. */
	recordPlan(accountId: string, plan: string): void {
		const found = this.#accounts.get(accountId);
		if (!found) return;
		const isBelieved = !isDoubtful(found.row.plan, plan) || found.doubtedPlan === plan;
		found.doubtedPlan = isBelieved ? undefined : plan;
		if (isBelieved && found.row.plan !== plan) this.change(accountId, { plan });
	}

	/** The user has redeemed a reset: no limit that is known of holds any more. */
	forgetLimits(accountId: string): void {
		const found = this.#get(accountId);
		this.#setCooldowns(
			found,
			found.cooldowns.filter(({ kind }) => kind !== 'limit'),
		);
		if (isLimitedAt(found.row, this.clock.now())) this.#tryAgain(found);
	}

	/** When the pool was last asked for an account; 0 for never. Times of a wrong clock that lie ahead say nothing. */
	get usedAt(): number {
		const now = this.clock.now();
		const times = [this.#missedAt, ...[...this.#accounts.values()].map(({ chosenAt }) => chosenAt)];
		return Math.max(0, ...times.map(at => (at > now ? 0 : at)));
	}

	/** There was nobody for a request. The pool is in use all the same: who is back early is to be found soon. */
	missed(): void {
		this.#missedAt = this.clock.now();
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
		const laterMs = now - (found.row.lastUsedAt ?? 0);
		// A clock that was set back leaves a time that lies ahead.
		if (laterMs >= 0 && laterMs < lastUsedStepMs) return;
		found.row = { ...found.row, lastUsedAt: now };
		this.store.saveAccount(found.row);
	}

	/** Holds the account back for a while without touching its state. */
	coolDown(accountId: string, cause: CoolingCause): void {
		const found = this.#accounts.get(accountId);
		if (found) this.#setCooldowns(found, withCooldown(found.cooldowns, cause, this.clock.now()));
	}

	#setCooldowns(found: BookedAccount, cooldowns: readonly Cooldown[]): void {
		if (cooldowns.length === found.cooldowns.length && cooldowns.every((each, at) => each === found.cooldowns[at]))
			return;
		found.cooldowns = cooldowns;
		this.store.saveCooldowns(found.row.id, cooldowns);
		this.#altered();
	}

	#setWindows(found: BookedAccount, windows: UsageWindow[], askedAt: number | null): void {
		const { windows: before, row } = found;
		found.windows = windows;
		this.store.saveWindows(row.id, windows);
		this.history.observe(row.id, windows);
		const now = this.clock.now();
		const isAfterLimit = askedAt !== null && askedAt > row.stateSince;
		const isLifted = (): boolean => isMisdated(row, now) || hasRecovered(before, windows, isAfterLimit, now);
		if (isLimitedAt(row, now) && isLifted()) this.#tryAgain(found);
		else this.#altered();
	}

	/** The next request finds out whether the limit is really over. */
	#tryAgain({ row }: BookedAccount): void {
		this.change(row.id, { limitedUntil: this.clock.now() });
	}

	#get(accountId: string): BookedAccount {
		const found = this.#accounts.get(accountId);
		if (!found) throw new PoolError('account_not_found', `There is no account "${accountId}" in the pool.`);
		return found;
	}

	#save(row: AccountRow): void {
		this.store.saveAccount(row);
		this.#altered();
	}

	#altered(): void {
		this.#revision++;
		this.changed();
	}
}
