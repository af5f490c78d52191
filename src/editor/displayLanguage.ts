import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';

/**
 * The texts of the language that VS Code is shown in, from `l10n/`; without a file for it they stay English. Taken up
 * when this module is loaded, because other modules have texts in constants: the extension imports it first. Modules
 * that know nothing of VS Code, the panel and the command line then translate with `@vscode/l10n`.
 */
const { bundle } = vscode.l10n;
if (bundle) l10n.config({ contents: bundle });

/** What the panel's page needs to be in the same language. */
export const displayLanguage = {
	/** BCP 47, such as `zh-cn`; English where there is no translation, whatever VS Code itself is shown in. */
	language: bundle ? vscode.env.language : 'en',
	texts: bundle ?? {},
};
