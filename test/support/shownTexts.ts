import type { l10nJsonFormat } from '@vscode/l10n-dev';
import { readFileSync } from 'node:fs';
import type { Language } from './manifest.js';

/** Texts by the key that they are looked up with, as `@vscode/l10n` takes them. */
export type Texts = Readonly<Record<string, string>>;

/** The file that VS Code takes for a language; none for what the extension says in English, as `npm run texts` found it. */
export function readBundle(language?: Language): Texts {
	const file = language === undefined ? 'bundle.l10n.json' : `bundle.l10n.${language}.json`;
	return textsOf(JSON.parse(readFileSync(`l10n/${file}`, 'utf8')) as l10nJsonFormat);
}

/**
 * In a language that nobody speaks: every letter is full width, placeholders apart. What is of the usual width on the
 * screen was not translated then, and what is translated takes more room than in most languages.
 */
export function inFullWidth(texts: Texts): Texts {
	return Object.fromEntries(
		Object.entries(texts).map(([key, text]) => [key, key.includes('/language tag') ? 'zh-CN' : widened(text)]),
	);
}

function widened(text: string): string {
	return text.replace(/\{\w+\}|[A-Za-z]/g, each =>
		each.length > 1 ? each : String.fromCharCode(each.charCodeAt(0) + 0xfee0),
	);
}

/** Without the comments for translators. */
export function textsOf(found: l10nJsonFormat): Texts {
	return Object.fromEntries(
		Object.entries(found).map(([key, text]) => [key, typeof text === 'string' ? text : text.message]),
	);
}
