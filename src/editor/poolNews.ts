import type { AccountView } from '../shared/accountApi.js';
import type { PoolForecast } from '../shared/forecastApi.js';
import type { PoolState } from '../shared/poolApi.js';
import { isUsable, routedAccounts } from '../shared/servingAccounts.js';
import type { Headroom } from './headroom.js';
import { bestHeadroom, firstBackAt } from './poolHeadroom.js';

/** What a user wants to be told without looking. */
export type PoolNews =
	| { readonly kind: 'signInNeeded'; readonly account: AccountView }
	/** `others` can go on; `backAt` is the first reset when nobody can. */
	| {
			readonly kind: 'accountSpent';
			readonly accounts: readonly AccountView[];
			readonly others: number;
			readonly backAt: number | undefined;
			/** Of the pool's accounts, those with a banked reset, when nobody can go on. */
			readonly redeemable: readonly AccountView[];
	  }
	| { readonly kind: 'accountRecovered'; readonly accounts: readonly AccountView[] }
	| { readonly kind: 'poolLow'; readonly headroom: Headroom }
	/** At this pace nobody can go on in a while. */
	| { readonly kind: 'poolEnding'; readonly forecast: PoolForecast }
	| { readonly kind: 'resetExpiring'; readonly account: AccountView; readonly expiresAt: number };

/** Where the episodes under way rest, so that a window that is opened again repeats nothing. */
export interface EpisodeMemory {
	load(): readonly string[];
	save(episodes: readonly string[]): void;
}

/** A pool that goes up and down around the threshold by a per cent or two is still in the same episode. */
const calmPercent = 5;
/** Soon enough to matter to what is being done, late enough to do something about it. */
const soonMs = 3 * 3_600_000;
/** A banked reset that is still unused a day before its end is about to be lost. */
const expiringMs = 24 * 3_600_000;

/** Tells each episode once: when it begins, and for a spent account when it is over. */
export class PoolNewsReader {
	#episodes: ReadonlySet<string>;

	constructor(private readonly memory: EpisodeMemory) {
		this.#episodes = new Set(memory.load());
	}

	/** What is new since the last look. `lowPercent` of 0 never calls the pool low. */
	look(pool: PoolState, lowPercent: number, now: number): PoolNews[] {
		// An account that the pool may not use is not missed.
		const accounts = routedAccounts(pool).filter(({ selected }) => selected);
		const needy = accounts.filter(({ state }) => state === 'needs_sign_in');
		const spent = accounts.filter(account => account.state === 'limited' && !isUsable(account, now));
		const usable = accounts.filter(account => isUsable(account, now));
		const headroom = bestHeadroom(usable, now);
		const isLow = headroom !== undefined && headroom.percent < this.#threshold(lowPercent);

		const isNew = (episode: string): boolean => !this.#episodes.has(episode);
		const freshlySpent = spent.filter(account => isNew(spentEpisode(account)));
		const recovered = usable.filter(account => !isNew(spentEpisode(account)));
		const news: PoolNews[] = needy
			.filter(account => isNew(needyEpisode(account)))
			.map(account => ({ kind: 'signInNeeded', account }));
		if (freshlySpent.length > 0) {
			const nobody = usable.length === 0;
			news.push({
				kind: 'accountSpent',
				accounts: freshlySpent,
				others: usable.length,
				backAt: nobody ? firstBackAt(accounts, now) : undefined,
				redeemable: nobody ? spent.filter(hasReset) : [],
			});
		}
		if (recovered.length > 0) news.push({ kind: 'accountRecovered', accounts: recovered });
		if (isLow && isNew(lowEpisode)) news.push({ kind: 'poolLow', headroom });
		const forecast = pool.forecast.pool;
		const isEnding = this.#isEnding(forecast, now);
		if (forecast !== null && isEnding && isNew(endingEpisode)) news.push({ kind: 'poolEnding', forecast });

		const expiring = accounts.flatMap(account => expiringReset(account, now));
		news.push(...expiring.filter(({ episode }) => isNew(episode)).map(({ told }) => told));

		this.#remember([
			...needy.map(needyEpisode),
			...spent.map(spentEpisode),
			...(isLow ? [lowEpisode] : []),
			...(isEnding ? [endingEpisode] : []),
			...expiring.map(({ episode }) => episode),
		]);
		return news;
	}

	/** A forecast that comes and goes, or moves a little, is still about the same end. */
	#isEnding(forecast: PoolForecast | null, now: number): boolean {
		const wasEnding = this.#episodes.has(endingEpisode);
		if (forecast === null) return wasEnding;
		return forecast.lastsUntil !== null && forecast.lastsUntil - now < (wasEnding ? 2 * soonMs : soonMs);
	}

	#threshold(lowPercent: number): number {
		return lowPercent > 0 && this.#episodes.has(lowEpisode) ? lowPercent + calmPercent : lowPercent;
	}

	#remember(episodes: readonly string[]): void {
		const isSame = episodes.length === this.#episodes.size && episodes.every(each => this.#episodes.has(each));
		if (isSame) return;
		this.#episodes = new Set(episodes);
		this.memory.save(episodes);
	}
}

const lowEpisode = 'low';
const endingEpisode = 'ending';

function hasReset({ resetCredits }: AccountView): boolean {
	return resetCredits !== null && resetCredits.available > 0 && resetCredits.applicable !== 0;
}

/** The first to expire of an account's banked resets, when that is soon. */
function expiringReset(account: AccountView, now: number): { episode: string; told: PoolNews }[] {
	const [first] = (account.resetCredits?.available ?? 0) > 0 ? (account.resetCredits?.credits ?? []) : [];
	const expiresAt = first?.expiresAt ?? null;
	if (!first || expiresAt === null || expiresAt <= now || expiresAt - now > expiringMs) return [];
	return [{ episode: `reset ${account.id} ${first.id}`, told: { kind: 'resetExpiring', account, expiresAt } }];
}

function needyEpisode({ id }: AccountView): string {
	return `needy ${id}`;
}

function spentEpisode({ id }: AccountView): string {
	return `spent ${id}`;
}
