import type { AccountView, UsageWindow } from '../../src/shared/accountApi.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import type { MonthAccount, MonthRun } from './monthRun.js';
import type { MonthTruth, Picture } from './monthTruth.js';

const minuteMs = 60_000;
/** One account is asked a minute, more or less, so the last of ten may wait for nine others. */
const queueMs = 10 * 75_000 + 2 * minuteMs;
/** What the poller promises: how old figures grow before their account is due. */
const promises = { inUseMs: 5 * minuteMs, wholeMs: 30 * minuteMs, keptOutMs: 60 * minuteMs } as const;
/** After so long a rest nobody is in a hurry. */
const idleAfterMs = 15 * minuteMs;
/** An account whose polls have failed is left alone for so long at most. */
const longestRestMs = 30 * minuteMs;
/** The provider tells whole seconds, and its events are on their way for a moment. */
const roundingMs = 2_000;

/** Every figure that is shown of every account is what the provider had when it was observed, and not older than promised. */
export function judgeFigures(run: MonthRun, { accounts }: PoolState): void {
	const shown = accounts.map(({ id }) => id).sort();
	const wanted = run.accounts.flatMap(({ id, isIn }) => (isIn ? [id] : [])).sort();
	if (JSON.stringify(shown) !== JSON.stringify(wanted))
		run.find(`${shown.length} accounts are shown, ${wanted.length} are in`);
	for (const [index, account] of run.accounts.entries()) {
		const view = accounts.find(({ id }) => id === account.id);
		if (view) judgeAccount(run, account, view, `account ${index}`);
	}
}

function judgeAccount(run: MonthRun, account: MonthAccount, view: AccountView, who: string): void {
	judgeSightings(run, view, who);
	if (view.state === 'needs_sign_in' || view.state === 'disabled') return;
	const now = run.machine.now();
	const [truth] = run.truth.at(view.id, now).slice(-1);
	if (!truth) throw new Error('The truth of now has not been noted');
	const isKeptOut = view.state === 'paused' || !view.selected;
	const wholeMs = (isKeptOut ? promises.keptOutMs : promises.wholeMs) + queueMs;
	const quietMs = run.clock.now() - Math.max(run.disturbedAt, account.disturbedAt);
	if (quietMs < longestRestMs + wholeMs) return;
	judgeAges(run, view, who, wholeMs);
	judgeUse(run, account, view, who);
	judgeWhole(run, { view, truth, who });
	// A worse plan is believed when it is told a second time.
	if (quietMs < longestRestMs + 2 * wholeMs) return;
	run.same(`${who} plan`, view.plan, truth.plan);
}

/** Each figure against the truth of the very moment that it claims to be from. */
function judgeSightings(run: MonthRun, view: AccountView, who: string): void {
	const { id, windows, credits, spendLimit, reachedLimit, resetCredits } = view;
	run.seen.add(view.state);
	const check = (what: string, moment: number, isTrue: (picture: Picture) => boolean): void => {
		run.checks++;
		const pictures = run.truth.at(id, moment);
		if (pictures.some(isTrue)) return;
		const was = pictures.length === 0 ? 'nothing was told then' : JSON.stringify(pictures.map(plain));
		run.find(`${who} ${what}, but ${was}`);
	};
	for (const window of windows) {
		const { observedAt, usedPercent, resetsAt } = window;
		const name = nameOf(window);
		run.seen.add(window.source).add(usedPercent >= 100 ? 'full' : 'open');
		check(`${name} ${usedPercent} % until ${resetsAt} at ${observedAt} (${window.source})`, observedAt, picture => {
			const was = picture.windows.get(name);
			return was?.usedPercent === usedPercent && Math.abs(was.resetsAt - (resetsAt ?? 0)) <= roundingMs;
		});
	}
	if (credits) {
		check(`credits ${JSON.stringify(credits)}`, credits.observedAt, ({ credits: was }) => {
			const isSame = was.hasCredits === credits.hasCredits && was.unlimited === credits.unlimited;
			return isSame && Number(was.balance) === credits.balance;
		});
	}
	if (spendLimit) {
		check(`spend limit ${JSON.stringify(spendLimit)}`, spendLimit.observedAt, ({ spend }) => {
			const { limit, used, remaining, reached } = spendLimit;
			const left = Number(spend?.limit) - Number(spend?.used);
			return (
				spend?.reached === reached && Number(spend.limit) === limit && Number(spend.used) === used && remaining === left
			);
		});
	}
	if (reachedLimit)
		check(`reached ${reachedLimit.type}`, reachedLimit.observedAt, was => was.reached === reachedLimit.type);
	if (resetCredits) {
		const { available, applicable, credits: named, listedAt, observedAt } = resetCredits;
		check(`${available} resets`, observedAt, ({ resets }) => {
			return resets.available === available && resets.applicable === applicable;
		});
		const ids = JSON.stringify(named.map(each => each.id));
		if (listedAt !== null) check(`resets ${ids}`, listedAt, ({ resets }) => JSON.stringify(resets.ids) === ids);
	}
}

/** Every point of every window's past is what was true then. */
export async function judgeHistory(run: MonthRun): Promise<void> {
	for (const { id } of run.accounts.filter(({ isIn }) => isIn)) {
		const { windows } = await run.faces.client.readWindowHistory(id, 0);
		for (const { points, ...window } of windows) {
			for (const { at, usedPercent } of points) {
				run.checks++;
				const pictures = run.truth.at(id, at);
				if (pictures.some(picture => picture.windows.get(nameOf(window))?.usedPercent === usedPercent)) continue;
				run.find(`the past of ${nameOf(window)} has ${usedPercent} % at ${at}`);
			}
		}
	}
}

function judgeAges(
	run: MonthRun,
	{ windows, credits, spendLimit, resetCredits }: AccountView,
	who: string,
	wholeMs: number,
): void {
	const now = run.machine.now();
	const isInUse =
		run.clock.now() - run.usedAt < idleAfterMs && run.clock.now() - run.inUseSince > promises.inUseMs + queueMs;
	const isKeptOut = wholeMs > promises.wholeMs + queueMs;
	const age = (what: string, observedAt: number, promisedMs: number): void => {
		run.checks++;
		const ageMs = now - observedAt;
		run.oldestMs = Math.max(run.oldestMs, ageMs);
		if (ageMs > promisedMs) run.find(`${who} ${what} is ${Math.round(ageMs / minuteMs)} min old`);
	};
	const newest = Math.max(...windows.map(({ observedAt }) => observedAt));
	if (isInUse && !isKeptOut) age('newest figure', newest, promises.inUseMs + queueMs);
	for (const window of windows) age(nameOf(window), window.observedAt, wholeMs);
	for (const [what, figure] of Object.entries({ credits, spendLimit, resetCredits })) {
		if (figure) age(what, figure.observedAt, wholeMs);
	}
}

/** It is written once a second at most. */
const usedStepMs = 1_000;

function judgeUse(run: MonthRun, { id, disturbedAt }: MonthAccount, { lastUsedAt }: AccountView, who: string): void {
	const usedAt = run.books.lastSuccess.get(id) ?? 0;
	if (usedAt <= Math.max(disturbedAt, run.disturbedAt)) return;
	const wrongMs = usedAt - (lastUsedAt ?? 0);
	run.checks++;
	if (wrongMs < 0 || wrongMs > usedStepMs) run.find(`${who} was used ${Math.round(wrongMs / 1000)} s after it says`);
}

interface Whole {
	readonly view: AccountView;
	readonly truth: Picture;
	readonly who: string;
}

/** Nothing is shown that does not exist, and nothing is missing. */
function judgeWhole(run: MonthRun, { view, truth, who }: Whole): void {
	run.same(`${who} windows`, view.windows.map(nameOf).sort(), [...truth.windows.keys()].sort());
	run.same(`${who} credits are known`, view.credits !== null, true);
	run.same(`${who} has a spend limit`, view.spendLimit !== null, truth.spend !== undefined);
	run.same(`${who} resets are known`, view.resetCredits !== null, true);
}

function nameOf({ limit, durationMinutes }: Pick<UsageWindow, 'limit' | 'durationMinutes'>): string {
	return `${limit} ${durationMinutes}`;
}

function plain(picture: Picture): unknown {
	return { ...picture, windows: [...picture.windows] };
}

interface Claim {
	readonly accountId: string;
	readonly window: string;
	readonly resetsAt: number;
	readonly foretold: number;
	readonly usedPercent: number;
}

/** What forecasts said of windows at their reset, and what came: told, not judged, since the forecast has a lab of its own. */
export class ForecastErrors {
	readonly #claims: Claim[] = [];

	note({ accounts, forecast }: PoolState, now: number): void {
		for (const { accountId, limit, durationMinutes, usedPercentAtReset } of forecast.windows) {
			const name = nameOf({ limit, durationMinutes });
			const window = accounts.find(({ id }) => id === accountId)?.windows.find(each => nameOf(each) === name);
			if (!window || window.resetsAt === null || window.resetsAt <= now) continue;
			const { resetsAt, usedPercent } = window;
			this.#claims.push({ accountId, window: name, resetsAt, usedPercent, foretold: usedPercentAtReset });
		}
	}

	/** In percentage points, beside what "it stays as it is" would have been wrong by. */
	summary(truth: MonthTruth): string {
		let [count, ours, noChange] = [0, 0, 0];
		for (const { accountId, window, resetsAt, foretold, usedPercent } of this.#claims) {
			const came = truth.usedAtEnd(accountId, window, resetsAt);
			if (came === undefined) continue;
			count++;
			ours += Math.abs(foretold - came);
			noChange += Math.abs(usedPercent - came);
		}
		const mean = (sum: number): string => (sum / Math.max(1, count)).toFixed(1);
		return `${count} forecasts, off by ${mean(ours)} points at reset ("no change": ${mean(noChange)})`;
	}
}
