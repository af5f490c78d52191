import { existsSync, readFileSync } from 'node:fs';

/** `zh-cn`; none for the language that the extension is written in. */
export type Language = 'zh-cn';

/** The manifest as the editor shows it: every text in place of its key. */
export function readManifest(language?: Language): unknown {
	const texts = readTexts(language);
	const resolve = (value: unknown): unknown => {
		if (typeof value === 'string') return texts[keyIn(value) ?? ''] ?? value;
		if (Array.isArray(value)) return value.map(resolve);
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolve(inner)]));
	};
	return resolve(JSON.parse(readFileSync('package.json', 'utf8')));
}

/** The texts of one language, by key. */
export function readTexts(language?: Language): Readonly<Record<string, string>> {
	const file = language === undefined ? 'package.nls.json' : `package.nls.${language}.json`;
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
}

/** `%key%` is the place of a text. */
export function keyIn(value: string): string | undefined {
	return /^%([\w.]+)%$/.exec(value)?.[1];
}
