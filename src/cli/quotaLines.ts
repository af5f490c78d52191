import type { AccountQuota } from '../shared/accountApi.js';
import { formatAgo, formatDuration, formatMoment } from './duration.js';
import { plainText } from './textTable.js';

/** What the provider tells of an account beside its windows, one line each; what it does not tell has none. */
export function quotaLines({ credits, spendLimit, reachedLimit, resetCredits }: AccountQuota, now: number): string[] {
	return [
		...(credits ? [`Credits: ${creditWords(credits)}${seen(credits, now)}`] : []),
		...(spendLimit ? [`Spend limit: ${spendWords(spendLimit, now)}${seen(spendLimit, now)}`] : []),
		...(reachedLimit ? [`Stopped by: ${reachedLimit.type.replaceAll('_', ' ')}${seen(reachedLimit, now)}`] : []),
		...(resetCredits ? [`Banked resets: ${resetWords(resetCredits)}${seen(resetCredits, now)}`] : []),
	].map(plainText);
}

function seen(figure: { readonly source: string; readonly observedAt: number }, now: number): string {
	return ` (${figure.source}, ${formatAgo(figure.observedAt, now)})`;
}

function creditWords({ hasCredits, unlimited, balance }: NonNullable<AccountQuota['credits']>): string {
	if (unlimited === true) return 'unlimited';
	if (balance !== null && balance !== 0) return `${balance} left`;
	if (hasCredits === true) return 'some left';
	return hasCredits === null && balance === null ? 'not told' : 'none';
}

function spendWords(cap: NonNullable<AccountQuota['spendLimit']>, now: number): string {
	const { reached, limit, used, remaining, usedPercent, resetsAt } = cap;
	return [
		...(used !== null && limit !== null ? [`${used} of ${limit} used`] : []),
		...(usedPercent === null ? [] : [`${Math.round(usedPercent)} %`]),
		...(used === null && remaining !== null ? [`${remaining} left`] : []),
		...(reached === true ? ['reached'] : []),
		...(resetsAt === null || resetsAt <= now ? [] : [`resets in ${formatDuration(resetsAt - now)}`]),
	].join(', ');
}

function resetWords({ available, credits }: NonNullable<AccountQuota['resetCredits']>): string {
	const named = credits.map(
		({ title, expiresAt }) => `${title ?? 'Reset'}${expiresAt === null ? '' : ` until ${formatMoment(expiresAt)}`}`,
	);
	return available === 0 || named.length === 0 ? String(available) : `${available}: ${named.join('; ')}`;
}
