import type { KeyBudget, KeyView } from './keyApi.js';

/** How people write and read the limits of a key, the same in every face. Without validators: the panel's page loads it. */

/** Tokens of a budget, at most. */
export const largestBudget = 1_000_000_000_000;

export const budgetExamples = '500k/day, 2M/week';

const unit = { '': 1, k: 1e3, m: 1e6, b: 1e9 } as const;

/** "500k/day", "2.5M a week", "100000 per day"; undefined for anything else. */
export function parseBudget(text: string): KeyBudget | undefined {
	const [, count = '', letter = '', per] =
		/^(\d{1,15}(?:\.\d{1,9})?) ?([kmb]?)(?: tokens)? ?(?:\/|per|a) ?(day|week)$/i.exec(text.trim()) ?? [];
	const tokens = Math.round(Number(count) * unit[letter.toLowerCase() as keyof typeof unit]);
	if (per === undefined || tokens < 1 || tokens > largestBudget) return undefined;
	return { tokens, per: per.toLowerCase() === 'day' ? 'day' : 'week' };
}

/** "1,200 of 2,000 tokens a day", or "none". */
export function budgetWords(budget: KeyView['budget']): string {
	if (budget === null) return 'none';
	return `${grouped(budget.used)} of ${grouped(budget.tokens)} tokens a ${budget.per}`;
}

/** Of names, or of accounts by what they are called. */
export function scopeWords(scope: readonly string[] | null): string {
	return scope === null ? 'all' : scope.join(', ');
}

function grouped(tokens: number): string {
	return tokens.toLocaleString('en-US');
}
