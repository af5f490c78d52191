import * as l10n from '@vscode/l10n';
import type { PanelState } from '../shared/panelMessages.js';
import type { PoolState } from '../shared/poolApi.js';
import { poolForecastWords } from '../shared/forecastWords.js';
import { isUsable, routedAccounts } from '../shared/servingAccounts.js';
import { bestHeadroom } from './poolHeadroom.js';

/** What the Accounts view says beside its rows. */
export interface ViewSummary {
	/** Above the rows; empty lets the view's own words for an empty list be seen. */
	readonly message: string;
	/** Beside the title: `3/4 · 62%`. */
	readonly description: string;
	/** How many accounts wait for their user. */
	readonly needy: { readonly value: number; readonly tooltip: string } | undefined;
}

export function viewSummary({ pool }: PanelState, now: number): ViewSummary {
	if (pool === null || pool.accounts.length === 0) {
		return { message: '', description: '', needy: undefined };
	}
	const routed = routedAccounts(pool);
	const usable = routed.filter(account => isUsable(account, now));
	const best = bestHeadroom(usable, now);
	const count = pool.accounts.filter(({ selected, state }) => selected && state === 'needs_sign_in').length;
	const tooltip = count === 1 ? l10n.t('One account needs a sign-in') : l10n.t('{0} accounts need a sign-in', count);
	return {
		message: pool.enabled ? paceSentence(pool, now) : l10n.t('The pool is switched off: it refuses every request.'),
		description: `${usable.length}/${routed.length}${best === undefined ? '' : ` · ${best.percent}%`}`,
		needy: count === 0 ? undefined : { value: count, tooltip },
	};
}

/** Only when the pool runs dry: that it does not, its figures say. */
function paceSentence({ forecast: { pool } }: PoolState, now: number): string {
	return pool?.lastsUntil == null ? '' : l10n.t('At this pace: {0}', poolForecastWords(pool, now));
}
