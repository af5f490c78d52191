import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { quotaToolName } from '../../src/editor/chatNames.js';
import { keyIn, readManifest, readTexts } from '../support/manifest.js';

const shownFields = new Set([
	'title',
	'description',
	'markdownDescription',
	'patternErrorMessage',
	'contents',
	'name',
	'altText',
	'label',
]);
const shownLists = new Set(['enumItemLabels', 'enumDescriptions']);
/** Names are the same in every language. */
const names = ['Account Pool for Codex', 'Codex Pool', 'codex-account-pool', quotaToolName];

interface Text {
	readonly path: string;
	readonly text: string;
}

const written: unknown = JSON.parse(readFileSync('package.json', 'utf8'));
const used = [...new Set(textsIn(written).flatMap(({ text }) => keyIn(text) ?? []))].sort();

describe('the texts of the manifest', () => {
	it('are all told apart from the manifest by keys', () => {
		const literal = shownIn(written).filter(({ text }) => keyIn(text) === undefined && !names.includes(text));

		assert.deepEqual(literal, []);
	});

	for (const language of [undefined, 'zh-cn'] as const) {
		it(`are exactly those that are used, in ${language ?? 'English'}`, () => {
			const texts = readTexts(language);

			assert.deepEqual(Object.keys(texts).sort(), used);
			for (const [key, text] of Object.entries(texts)) assert.notEqual(text.trim(), '', key);
			assert.deepEqual(
				textsIn(readManifest(language)).filter(({ text }) => keyIn(text) !== undefined),
				[],
			);
		});
	}

	it('lead to the same commands and settings in every language, and keep names in code', () => {
		const english = readTexts();

		for (const [key, text] of Object.entries(readTexts('zh-cn'))) {
			assert.deepEqual(fixedIn(text), fixedIn(english[key] ?? ''), key);
		}
	});
});

/** Links, code and settings, which no language may change. */
function fixedIn(text: string): string[] {
	return [...text.matchAll(/\(command:[^)]+\)|`[^`]+`/g)].map(match => match[0]).sort();
}

function shownIn(manifest: unknown): Text[] {
	return textsIn(manifest).filter(({ path }) => {
		const [last = '', list = ''] = path.split('/').reverse();
		return shownFields.has(last) || shownLists.has(list);
	});
}

function textsIn(value: unknown, path = ''): Text[] {
	if (typeof value === 'string') return [{ path, text: value }];
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, `${path}/${name}`));
}
