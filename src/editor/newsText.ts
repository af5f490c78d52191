import { nameOf } from './accountChoices.js';
import { timeUntil, windowName } from './headroom.js';
import { poolForecastWords } from '../shared/forecastWords.js';
import type { PoolNews } from './poolNews.js';

/** A notification: one sentence or two, and the one action that is useful then. */
export interface NewsText {
	readonly isWarning: boolean;
	readonly message: string;
	readonly action: 'Sign In Again' | 'Show Accounts' | 'Show Overview';
}

export function newsText(news: PoolNews, now: number): NewsText {
	switch (news.kind) {
		case 'signInNeeded':
			return {
				isWarning: true,
				message: `${nameOf(news.account)} needs a sign-in. The pool leaves it alone until then.`,
				action: 'Sign In Again',
			};
		case 'accountSpent':
			return {
				isWarning: news.others === 0,
				message: `${namesOf(news.accounts)} reached ${isMany(news.accounts) ? 'their limits' : 'its limit'}. ${goesOn(news, now)}`,
				action: 'Show Accounts',
			};
		case 'accountRecovered':
			return {
				isWarning: false,
				message: `${namesOf(news.accounts)} ${isMany(news.accounts) ? 'have' : 'has'} quota again.`,
				action: 'Show Accounts',
			};
		case 'poolLow':
			return {
				isWarning: true,
				message: `The pool is running low: ${news.headroom.percent}% of the ${windowName(news.headroom.window.durationMinutes)} window is left on its best account.`,
				action: 'Show Overview',
			};
		case 'poolEnding':
			return {
				isWarning: true,
				message: `At this pace the pool ${poolForecastWords(news.forecast, now)}.`,
				action: 'Show Overview',
			};
		default:
			return news satisfies never;
	}
}

function goesOn({ others, backAt }: PoolNews & { kind: 'accountSpent' }, now: number): string {
	if (others > 0) return `The pool goes on with ${others === 1 ? 'one other' : `${others} others`}.`;
	if (backAt === undefined) return 'No account is left to go on with.';
	return `No account is left; the first is back in ${timeUntil(backAt, now)}.`;
}

function namesOf(accounts: readonly Parameters<typeof nameOf>[0][]): string {
	return new Intl.ListFormat('en').format(accounts.map(nameOf));
}

function isMany(accounts: readonly unknown[]): boolean {
	return accounts.length > 1;
}
