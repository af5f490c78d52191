import type { KeyBudget, SpentBudget } from '../src/shared/keyApi.js';
import { parseBudget } from '../src/shared/keyWords.js';
import { formatExact, formatSpan } from './durations.js';
import { count, figureText, tokens, type Figure } from './figures.js';
import { text } from './text.js';

/** What a budget says to its reader now. */
export interface BudgetReading {
	readonly usedPercent: number;
	readonly isSpent: boolean;
	readonly words: string;
	/** To the last token. */
	readonly exact: string;
	readonly resets: string;
	readonly resetsExact: string;
}

export function readBudget(budget: SpentBudget, now: number): BudgetReading {
	// Nothing of the next day is used before somebody says so.
	const isOver = budget.resetsAt <= now;
	const used = isOver ? 0 : budget.used;
	const isSpent = used >= budget.tokens;
	const inWords = (figureOf: (tokens: number) => Figure) =>
		text.budgetOf[budget.per](figureText(figureOf(used)), figureText(figureOf(budget.tokens)));
	const span = formatSpan(budget.resetsAt - now);
	return {
		usedPercent: Math.min(100, (used / budget.tokens) * 100),
		isSpent,
		words: inWords(tokens),
		exact: inWords(count),
		resets: isOver ? '' : isSpent ? text.budgetBack(span) : text.budgetAnew(span),
		resetsExact: formatExact(budget.resetsAt),
	};
}

const units = [
	[1e9, 'B'],
	[1e6, 'M'],
	[1e3, 'k'],
] as const;

/** As one would type it: `2M`, `1.5M`, `123456`. */
export function typedTokens(budget: number): string {
	const unit = units.find(([by]) => budget >= by && Number.isInteger((budget / by) * 10));
	return unit ? `${budget / unit[0]}${unit[1]}` : String(budget);
}

/** Undefined for what is no number of tokens. */
export function budgetFrom(typed: string, per: KeyBudget['per']): KeyBudget | undefined {
	// Digits may be grouped in more ways than one.
	return parseBudget(`${typed.replaceAll(/[\s_,']/g, '')}/${per}`);
}
