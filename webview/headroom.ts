import type { AccountView } from '../src/shared/accountApi.js';
import type { PoolState } from '../src/shared/poolApi.js';
import { isUsable, routedAccounts } from '../src/shared/servingAccounts.js';
import { accountName } from './accountStatus.js';
import { currentPercent, isGeneral } from './windowReading.js';

/** One account's part of a window's headroom. */
export interface HeadroomShare {
	readonly accountId: string;
	readonly name: string;
	/** 0 when the account cannot take a request. */
	readonly leftPercent: number;
	/** False once the window has reset and nobody has measured since: taken as full, and shown as a guess. */
	readonly isMeasured: boolean;
}

/** What is left of one window duration over the whole pool. Accounts weigh equally. */
export interface WindowHeadroom {
	readonly durationMinutes: number;
	readonly shares: readonly HeadroomShare[];
	/** Of the account with most room. */
	readonly bestLeftPercent: number;
	readonly usable: number;
	readonly accounts: number;
	readonly nextResetAt: number | null;
}

/** The answer to "can I keep working?". How long is not foretold: a pace read off one window is a guess. */
export type PoolAnswer =
	| { readonly kind: 'ready'; readonly isMeasured: boolean; readonly isLow: boolean }
	| { readonly kind: 'off' }
	| { readonly kind: 'resting'; readonly until: number | null }
	| { readonly kind: 'sign_in' }
	/** Every account is paused or disabled. */
	| { readonly kind: 'blocked' }
	| { readonly kind: 'none_selected' }
	/** The single account that the user wanted has been removed. */
	| { readonly kind: 'single_gone' };

const lowPercent = 10;

export function poolHeadroom(accounts: readonly AccountView[], now: number): WindowHeadroom[] {
	const holders = accounts.filter((account, at) => !sharesWithAny(account, accounts.slice(0, at)));
	const durations = holders.flatMap(account => account.windows.filter(isGeneral).map(w => w.durationMinutes));
	return [...new Set(durations)].sort((a, b) => a - b).map(minutes => windowHeadroom(holders, minutes, now));
}

/** A quota that several accounts spend counts once. */
function sharesWithAny({ sharesWith }: AccountView, others: readonly AccountView[]): boolean {
	return others.some(({ id }) => sharesWith.includes(id));
}

function windowHeadroom(accounts: readonly AccountView[], durationMinutes: number, now: number): WindowHeadroom {
	const members = accounts.flatMap(account => {
		const window = account.windows.find(w => isGeneral(w) && w.durationMinutes === durationMinutes);
		return window && account.selected ? [{ account, window, used: currentPercent(window, now) }] : [];
	});
	const shares = members.map(({ account, used }): HeadroomShare => {
		const leftPercent = canTakeRequest(account, now) ? 100 - account.reservePercent - (used ?? 0) : 0;
		return { accountId: account.id, name: accountName(account), leftPercent, isMeasured: used !== null };
	});
	const resets = members.flatMap(({ window, used }) => (used && window.resetsAt ? [window.resetsAt] : []));
	return {
		durationMinutes,
		shares,
		bestLeftPercent: Math.max(0, ...shares.map(share => share.leftPercent)),
		usable: accounts.filter(account => canTakeRequest(account, now)).length,
		accounts: accounts.length,
		nextResetAt: resets.length === 0 ? null : Math.min(...resets),
	};
}

/** Whether the pool would give this account a request now, as far as its snapshot tells. */
function canTakeRequest(account: AccountView, now: number): boolean {
	return isUsable(account, now) && spentUntil(account, now).length === 0;
}

/** When the windows of which the pool may use no more come back; empty when there is none. */
function spentUntil(account: AccountView, now: number): (number | null)[] {
	return account.windows
		.filter(window => isGeneral(window) && (currentPercent(window, now) ?? 0) >= 100 - account.reservePercent)
		.map(window => window.resetsAt);
}

/** The answer of a whole pool, which may be routed to a single account. */
export function answerOf(pool: PoolState, now: number): PoolAnswer {
	const accounts = routedAccounts(pool);
	if (pool.enabled && accounts.length === 0 && pool.accounts.length > 0) return { kind: 'single_gone' };
	return answerFor(pool.enabled, accounts, now);
}

export function answerFor(enabled: boolean, accounts: readonly AccountView[], now: number): PoolAnswer {
	if (!enabled) return { kind: 'off' };
	if (accounts.some(account => canTakeRequest(account, now))) return readyAnswer(poolHeadroom(accounts, now));
	const selected = accounts.filter(account => account.selected);
	if (selected.length === 0) return { kind: 'none_selected' };
	const resting = selected.filter(account => account.state === 'limited' || account.state === 'active');
	if (resting.length === 0) {
		return { kind: selected.some(account => account.state === 'needs_sign_in') ? 'sign_in' : 'blocked' };
	}
	const returns = resting.flatMap(account => returnOf(account, now) ?? []);
	return { kind: 'resting', until: returns.length === 0 ? null : Math.min(...returns) };
}

/** An account is back when its last obstacle is gone. */
function returnOf(account: AccountView, now: number): number | null {
	const obstacles = [...spentUntil(account, now), ...(account.state === 'limited' ? [account.limitedUntil] : [])];
	return obstacles.reduce<number | null>((latest, at) => (at === null ? latest : Math.max(latest ?? at, at)), null);
}

function readyAnswer(windows: readonly WindowHeadroom[]): PoolAnswer {
	return {
		kind: 'ready',
		isMeasured: windows.length > 0,
		isLow: windows.some(window => window.bestLeftPercent <= lowPercent),
	};
}
