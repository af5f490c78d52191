import * as l10n from '@vscode/l10n';

/** Takes up the texts that the editor wrote into the page. Imported first: other modules have texts in constants. */
const contents = document.getElementById('texts')?.textContent;
if (contents) l10n.config({ contents });
