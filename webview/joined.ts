import * as l10n from '@vscode/l10n';

/** Texts that stand one after the other, with the punctuation of the language they are in. */

/** Names, in the middle of a sentence. */
export function listed(names: readonly string[]): string {
	return names.join(l10n.t({ message: ', ', comment: ['between the names of a list'] }));
}

/** Phrases that could each stand alone. */
export function phrases(all: readonly string[]): string {
	return all.join(l10n.t({ message: '; ', comment: ['between phrases that could each stand alone'] }));
}

/** What is said first, and what goes on from it; either may have nothing to say. */
export function sentences(first: string, second: string): string {
	return first === '' || second === '' ? first + second : l10n.t('{0}. {1}', first, second);
}
