import { burntBetween, type BurnOutlook, type KindAt } from './burnOutlook.js';

/** An account that may serve, now or once its time has come. */
export interface PoolMember {
	/** How much its windows hold beside a Plus account's. */
	readonly capacity: number;
	readonly priority: number;
	/** Until when it cannot serve whatever its windows say, epoch ms. */
	readonly outUntil: number;
	/** The used per cent at which it stops: what lies above is the user's. */
	readonly stopsAt: number;
	/** Its general windows. */
	readonly windows: readonly MemberWindow[];
}

export interface MemberWindow {
	readonly durationMinutes: number;
	readonly usedPercent: number;
	readonly resetsAt: number;
}

/** A time in which nobody can serve. */
export interface Gap {
	readonly from: number;
	readonly to: number;
}

export interface Ahead {
	readonly outlooks: ReadonlyMap<number, BurnOutlook>;
	/** By how much more than expected is burnt, by length of window; 1 for those not named. */
	readonly factors: ReadonlyMap<number, number>;
	readonly kindAt: KindAt;
	readonly isFocused: boolean;
	readonly now: number;
	readonly until: number;
}

/** A window that is played; its place in `windows` tells its length. */
interface Window {
	readonly lengthMs: number;
	used: number;
	resetsAt: number;
	/** In the step that is played. */
	burns: number;
}

interface Member {
	readonly account: PoolMember;
	readonly windows: readonly (Window | undefined)[];
	/** What is left of its fullest window at the beginning of the step. */
	room: number;
}

/** What rounding leaves of a per cent. */
const nothing = 1e-6;
/** Fine steps where minutes matter, coarse ones beyond. */
const minuteMs = 60_000;
const stepsAhead = [
	{ withinMs: 3 * 60 * minuteMs, stepMs: 5 * minuteMs },
	{ withinMs: 24 * 60 * minuteMs, stepMs: 30 * minuteMs },
	{ withinMs: Infinity, stepMs: 60 * minuteMs },
] as const;

/** Plays the pool ahead, window by window: the first time in which nobody can serve. */
export function firstGap(accounts: readonly PoolMember[], ahead: Ahead): Gap | null {
	const loads = [...ahead.outlooks].map(([minutes, outlook]) => ({
		minutes,
		outlook,
		factor: ahead.factors.get(minutes) ?? 1,
	}));
	const members = accounts.map(account => start(account, loads));
	for (let from = ahead.now; from < ahead.until;) {
		const to = Math.min(ahead.until, from + stepAfter(from - ahead.now));
		for (const member of members) enter(member, from);
		const serving = members.filter(({ account, room }) => room > nothing && account.outUntil <= from);
		if (serving.length === 0) return { from, to: firstReturn(members) };
		const kind = ahead.kindAt(from);
		const percents = loads.map(({ outlook, factor }) => burntBetween(outlook, kind, from, to) * factor);
		from += (to - from) * burn(inFront(serving, ahead.isFocused), percents);
	}
	return null;
}

function start(account: PoolMember, lengths: readonly { readonly minutes: number }[]): Member {
	const windows = lengths.map(({ minutes }) => {
		const window = account.windows.find(({ durationMinutes }) => durationMinutes === minutes);
		return window && { lengthMs: minutes * minuteMs, used: window.usedPercent, resetsAt: window.resetsAt, burns: 0 };
	});
	return { account, windows, room: 0 };
}

function stepAfter(ms: number): number {
	return stepsAhead.find(({ withinMs }) => ms < withinMs)?.stepMs ?? minuteMs;
}

/** Windows whose time is over begin anew; in a pool at work that is soon. */
function enter(member: Member, now: number): void {
	let used = 0;
	for (const window of member.windows) {
		if (!window) continue;
		if (now >= window.resetsAt) {
			window.used = 0;
			window.resetsAt += Math.ceil((now - window.resetsAt + 1) / window.lengthMs) * window.lengthMs;
		}
		if (window.used > used) used = window.used;
	}
	member.room = member.account.stopsAt - used;
}

/** Each account is back when its limit is over and none of its windows is full. */
function firstReturn(members: readonly Member[]): number {
	const returns = members.map(({ account, windows }) => {
		const spent = windows.filter(window => window !== undefined && account.stopsAt - window.used <= nothing);
		return Math.max(account.outUntil, ...spent.map(window => window?.resetsAt ?? 0));
	});
	return Math.min(...returns);
}

/** Those that are used before the others: the best priority, and of those the fullest when the pool is focused. */
function inFront(serving: readonly Member[], isFocused: boolean): readonly Member[] {
	const priority = Math.min(...serving.map(({ account }) => account.priority));
	const front = serving.filter(({ account }) => account.priority === priority);
	if (!isFocused) return front;
	return [front.reduce((fullest, each) => (each.room < fullest.room ? each : fullest))];
}

/**
 * Burns so much of the windows of each length, and tells which share of it until the first account was spent. They run
 * out together: whoever has more left gets more.
 */
function burn(members: readonly Member[], percents: readonly number[]): number {
	let share = 1;
	for (const [length, percent] of percents.entries()) {
		let room = 0;
		for (const { account, windows, room: own } of members) if (windows[length]) room += own * account.capacity;
		for (const { account, windows, room: own } of members) {
			const window = windows[length];
			if (!window) continue;
			window.burns = (percent * own) / room;
			if (window.burns > 0) share = Math.min(share, (account.stopsAt - window.used) / window.burns);
		}
	}
	for (const { windows } of members) for (const window of windows) if (window) window.used += window.burns * share;
	return share;
}
