import type { KeyBudget, SpentBudget } from '../src/shared/keyApi.js';
import { budgetWords, parseBudget } from '../src/shared/keyWords.js';
import { formatExact, formatSpan } from './durations.js';
import { figureText, tokens } from './figures.js';
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
	const span = formatSpan(budget.resetsAt - now);
	return {
		usedPercent: Math.min(100, (used / budget.tokens) * 100),
		isSpent,
		words: text.budgetOf(figureText(tokens(used)), figureText(tokens(budget.tokens)), text.perWords[budget.per]),
		exact: budgetWords({ ...budget, used }),
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
export function typedTokens(count: number): string {
	const unit = units.find(([by]) => count >= by && Number.isInteger((count / by) * 10));
	return unit ? `${count / unit[0]}${unit[1]}` : String(count);
}

/** Undefined for what is no number of tokens. */
export function budgetFrom(typed: string, per: KeyBudget['per']): KeyBudget | undefined {
	// Digits may be grouped in more ways than one.
	return parseBudget(`${typed.replaceAll(/[\s_,']/g, '')}/${per}`);
}
