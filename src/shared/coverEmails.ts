import * as l10n from '@vscode/l10n';
import type { DropOutcome } from './panelMessages.js';

/** What no address has in it. The punctuation of Chinese and Japanese stands beside a word without a space. */
const outside = '\\s@<>"“”\\u3000-\\u303f\\uff00-\\uffef';
const address = new RegExp(`[^${outside}]+@[^${outside}]+\\.[^${outside}.,;:]+`, 'g');

/** A sentence without the e-mail addresses in it, for a screen that others may see. */
export function coverEmails(words: string): string {
	return words.replaceAll(address, l10n.t('hidden e-mail'));
}

export function coverOutcome({ imported, refused }: DropOutcome): DropOutcome {
	return {
		imported: imported.map(coverEmails),
		refused: refused.map(({ name, problem }) => ({ name: coverEmails(name), problem: coverEmails(problem) })),
	};
}
