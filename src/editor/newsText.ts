import * as l10n from '@vscode/l10n';
import { nameOf } from './accountChoices.js';
import { timeUntil, windowName } from './headroom.js';
import { poolForecastWords } from '../shared/forecastWords.js';
import type { PoolNews } from './poolNews.js';

/** A notification: one sentence or two, and the one action that is useful then. */
export interface NewsText {
	readonly isWarning: boolean;
	readonly message: string;
	readonly action: NewsAction;
}

export type NewsAction = 'signInAgain' | 'showAccounts' | 'showOverview' | 'redeemReset';

export const newsActionLabels: Readonly<Record<NewsAction, string>> = {
	signInAgain: l10n.t('Sign In Again'),
	showAccounts: l10n.t('Show Accounts'),
	showOverview: l10n.t('Show Overview'),
	redeemReset: l10n.t('Redeem a Usage Reset…'),
};

export function newsText(news: PoolNews, now: number): NewsText {
	switch (news.kind) {
		case 'signInNeeded':
			return {
				isWarning: true,
				message: l10n.t('{0} needs a sign-in. The pool leaves it alone until then.', nameOf(news.account)),
				action: 'signInAgain',
			};
		case 'accountSpent':
			return {
				isWarning: news.others === 0,
				message: spentWords(news, now),
				action: news.redeemable.length > 0 ? 'redeemReset' : 'showAccounts',
			};
		case 'accountRecovered':
			return {
				isWarning: false,
				message: isMany(news.accounts)
					? l10n.t('{0} have quota again.', namesOf(news.accounts))
					: l10n.t('{0} has quota again.', namesOf(news.accounts)),
				action: 'showAccounts',
			};
		case 'poolLow':
			return {
				isWarning: true,
				message: l10n.t(
					'The pool is running low: {0}% of the {1} window is left on its best account.',
					news.headroom.percent,
					windowName(news.headroom.window.durationMinutes),
				),
				action: 'showOverview',
			};
		case 'poolEnding':
			return {
				isWarning: true,
				message: l10n.t('At this pace the pool {0}.', poolForecastWords(news.forecast, now)),
				action: 'showOverview',
			};
		case 'resetExpiring':
			return {
				isWarning: false,
				message: l10n.t(
					'A banked reset of {0} expires in {1} if it is not redeemed.',
					nameOf(news.account),
					timeUntil(news.expiresAt, now),
				),
				action: 'redeemReset',
			};
		default:
			return news satisfies never;
	}
}

type SpentNews = PoolNews & { kind: 'accountSpent' };

function spentWords(news: SpentNews, now: number): string {
	const names = namesOf(news.accounts);
	return isMany(news.accounts)
		? l10n.t('{0} reached their limits. {1}', names, outlook(news, now))
		: l10n.t('{0} reached its limit. {1}', names, outlook(news, now));
}

function outlook({ others, backAt, redeemable }: SpentNews, now: number): string {
	if (redeemable.length > 0 && backAt !== undefined) {
		return l10n.t(
			'No account is left; the first is back in {0}, or when you redeem a banked reset.',
			timeUntil(backAt, now),
		);
	}
	if (others === 1) return l10n.t('The pool goes on with one other.');
	if (others > 1) return l10n.t('The pool goes on with {0} others.', others);
	if (backAt === undefined) return l10n.t('No account is left to go on with.');
	return l10n.t('No account is left; the first is back in {0}.', timeUntil(backAt, now));
}

function namesOf(accounts: readonly Parameters<typeof nameOf>[0][]): string {
	const names = accounts.map(nameOf);
	const last = names.pop() ?? '';
	if (names.length === 0) return last;
	const others = names.join(', ');
	return names.length === 1 ? l10n.t('{0} and {1}', others, last) : l10n.t('{0}, and {1}', others, last);
}

function isMany(accounts: readonly unknown[]): boolean {
	return accounts.length > 1;
}
