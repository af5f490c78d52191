import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Shows VS Code in a language: it wants an installed language pack for that, and this one stands in for it. It
 * translates nothing of VS Code itself; extensions bring their own texts. Gives the flags to start VS Code with.
 */
export async function addLanguagePack(userDir: string, language: string): Promise<readonly string[]> {
	const translations = join(userDir, 'translations.json');
	await writeFile(translations, JSON.stringify({ contents: {} }));
	const pack = {
		hash: 'stand-in',
		label: language,
		extensions: [{ extensionIdentifier: { id: 'stand-in.language-pack' }, version: '1.0.0' }],
		translations: { vscode: translations },
	};
	await writeFile(join(userDir, 'languagepacks.json'), JSON.stringify({ [language]: pack }));
	return ['--locale', language];
}
