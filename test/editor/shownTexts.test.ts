import { getL10nJson } from '@vscode/l10n-dev';
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { readBundle, textsOf, type Texts } from '../support/shownTexts.js';

/** What the extension says in Chinese, beside what it says in English. */
describe('the texts that are shown', function () {
	this.timeout(60_000);

	const english = readBundle();
	const translated = readBundle('zh-cn');

	it('are exactly those that `npm run texts` has written down', async () => {
		const found = await textsInSources();

		assert.deepEqual(missingIn(english, found), [], 'are not written down');
		assert.deepEqual(missingIn(found, english), [], 'are written down, but no longer shown');
	});

	it('are exactly those that are translated', () => {
		assert.deepEqual(missingIn(translated, english), [], 'have no translation');
		assert.deepEqual(missingIn(english, translated), [], 'are translated, but no longer shown');
	});

	it('are all there in every language', () => {
		assert.deepEqual(
			differing(text => text.trim() === ''),
			[],
		);
	});

	it('take in the same values in every language', () => {
		assert.deepEqual(differing(placeholdersIn), []);
	});

	it('keep code, commands, settings and links as they are', () => {
		assert.deepEqual(differing(fixedIn), []);
	});

	it('begin and end as they do in English, but for marks that part phrases, which have their own space', () => {
		const ends = (text: string): unknown => [/^\s*/.exec(text)?.[0], /\s*$/.exec(text)?.[0]];

		assert.deepEqual(
			differing(ends).filter(key => !/^[,;]/.test(key)),
			[],
		);
	});

	/** The keys whose text has something else in Chinese than in English. */
	function differing(trait: (text: string) => unknown): string[] {
		return Object.entries(english).flatMap(([key, text]) => {
			const other = translated[key];
			return other === undefined || JSON.stringify(trait(other)) === JSON.stringify(trait(text)) ? [] : [key];
		});
	}
});

async function textsInSources(): Promise<Texts> {
	const files = ['src', 'webview'].flatMap(folder => globSync(`${folder}/**/*.ts`));
	const sources = files.map(file => readFileSync(file, 'utf8')).filter(source => source.includes('@vscode/l10n'));
	return textsOf(await getL10nJson(sources.map(contents => ({ extension: '.ts', contents }))));
}

function missingIn(texts: Texts, wanted: Texts): string[] {
	return Object.keys(wanted)
		.filter(key => texts[key] === undefined)
		.sort();
}

/** Each once: a language may name a value twice. */
function placeholdersIn(text: string): string[] {
	return [...new Set([...text.matchAll(/\{\w+\}/g)].map(([placeholder]) => placeholder))].sort();
}

function fixedIn(text: string): string[] {
	const fixed = /\(command:[^)]+\)|`[^`]+`|\b(?:https?:\/\/|codexPool\.)[\w./{}:-]*\w|\$\([\w~-]+\)/g;
	return [...text.matchAll(fixed)].map(([each]) => each).sort();
}
