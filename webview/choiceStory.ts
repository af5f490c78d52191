import type { AccountView } from '../src/shared/accountApi.js';
import type { ChoiceRecord } from '../src/shared/requestApi.js';
import { explainExclusion, explainReason } from '../src/shared/routingWords.js';
import { nameOf } from './accountStatus.js';
import { figureText, latency } from './figures.js';
import { text } from './text.js';

/** One account as a choice saw it. */
export interface Candidate {
	readonly account: string;
	readonly isChosen: boolean;
	/** Why it was out; null when it was not. */
	readonly out: string | null;
	/** How well it suited beside the others, 0–100: the lowest score is 100. Null when it was out. */
	readonly suitsPercent: number | null;
	/** The score itself, for those who want to know. */
	readonly score: string | null;
}

/** One choice of an account, in words. */
export interface ChoiceStory {
	readonly title: string;
	readonly because: string;
	/** What it waited for beforehand; null when it did not. */
	readonly waited: string | null;
	/** The chosen one first, then those that could have been, the best first, then the others. */
	readonly candidates: readonly Candidate[];
}

const scoreFormat = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
/** The worst still shows that it was a candidate. */
const leastPercent = 6;

export function choiceStories(choices: readonly ChoiceRecord[], accounts: readonly AccountView[]): ChoiceStory[] {
	return choices.map(choice => ({
		title: choice.accountId === null ? text.choseNone : text.choseAccount(nameOf(accounts, choice.accountId)),
		because: text.because(explainReason(choice.reason)),
		waited: choice.waitedMs > 0 ? text.waited(figureText(latency(choice.waitedMs))) : null,
		candidates: candidatesOf(choice, accounts),
	}));
}

function candidatesOf({ accountId, considered }: ChoiceRecord, accounts: readonly AccountView[]): Candidate[] {
	const scores = considered.flatMap(({ score }) => score ?? []);
	const best = Math.min(...scores);
	const worst = Math.max(...scores);
	const ordered = considered.toSorted(
		(a, b) =>
			Number(b.accountId === accountId) - Number(a.accountId === accountId) ||
			(a.score ?? Number.MAX_VALUE) - (b.score ?? Number.MAX_VALUE),
	);
	return ordered.map(({ accountId: id, score, out }) => ({
		account: nameOf(accounts, id),
		isChosen: id === accountId,
		out: out === null ? null : explainExclusion(out),
		suitsPercent: score === null ? null : suits(score, best, worst),
		score: score === null ? null : text.score(scoreFormat.format(score)),
	}));
}

function suits(score: number, best: number, worst: number): number {
	if (worst === best) return 100;
	return leastPercent + ((worst - score) / (worst - best)) * (100 - leastPercent);
}
