import * as l10n from '@vscode/l10n';

/** Whole sentences, one after the other; not every language puts a space between them. */
export function paragraph(sentences: readonly string[]): string {
	return sentences.reduce((before, next) =>
		l10n.t({ message: '{0} {1}', args: [before, next], comment: ['two whole sentences'] }),
	);
}
