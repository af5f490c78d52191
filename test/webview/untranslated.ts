import type { SaidText } from './saidTexts.js';

/** Called the same in every language. */
const names = [
	...['Account Pool for Codex', 'Codex Pool', 'Codex', 'OpenCode', 'ChatGPT', 'OpenAI', 'VS Code'],
	...['Plus', 'Pro', 'Business', 'Team', 'HTTP', 'WebSocket'],
];
/** Stands blurred where an address is hidden, and is not read out. */
const standIn = 'someone@example.com';
/** Of properties whose values are words of ours, which are never shown as they are. */
const ours = new Set(['kind', 'state', 'connection', 'outcome', 'strategy', 'reason', 'out', 'by', 'source', 'per']);

/** What is left of the texts of a page in full width when the data is taken away, and was not translated then. */
export function untranslated(said: readonly SaidText[], data: ReadonlySet<string>): string[] {
	const known = [...names, standIn, ...data]
		.sort((one, other) => other.length - one.length)
		.map(each => each.replace(/[^\w\s]/g, '\\$&'));
	const untouched = new RegExp(`(?<![A-Za-z])(?:${known.join('|')})(?![A-Za-z])`, 'g');
	// A figure with its unit or the unit alone, such as `5h` or `M`; an id that was cut.
	const figure = /(?<!\w)(?:\d[\d.,]*)?\s?(?:h|d|m|s|ms|k|M|B)(?!\w)|\b(?=\w*\d)[0-9a-f]{6,}\b/g;
	const left = said.filter(({ text }) => /[A-Za-z]/.test(text.replace(untouched, '').replace(figure, '')));
	return [...new Set(left.map(({ text, where }) => `${where}: ${text}`))].sort();
}

/** Adds every text that the panel was given about the pool: the page may show it as it is. */
export function addData(value: unknown, data: Set<string>): void {
	if (typeof value === 'string') {
		if (/[A-Za-z]/.test(value)) data.add(value);
		return;
	}
	if (typeof value !== 'object' || value === null) return;
	for (const [name, inner] of Object.entries(value)) if (!ours.has(name)) addData(inner, data);
}
