import { html, type TemplateResult } from 'lit';

/** Code points of the icons we draw, from the codicon font that the page's style sheet declares. */
export const codePoints = {
	account: 0xeb99,
	add: 0xea60,
	'arrow-down': 0xea9a,
	'arrow-swap': 0xebcb,
	'arrow-up': 0xeaa1,
	check: 0xeab2,
	chip: 0xec19,
	'chevron-down': 0xeab4,
	'chevron-right': 0xeab6,
	'chevron-up': 0xeab7,
	'circle-outline': 0xeabc,
	'circle-slash': 0xeabd,
	'clear-all': 0xeabf,
	clockface: 0xec75,
	close: 0xea76,
	'comment-discussion': 0xeac7,
	copy: 0xebcc,
	dashboard: 0xeacd,
	'debug-disconnect': 0xead0,
	'debug-pause': 0xead1,
	edit: 0xea73,
	ellipsis: 0xea7c,
	error: 0xea87,
	eye: 0xea70,
	'eye-closed': 0xeae7,
	export: 0xebac,
	files: 0xeaf0,
	filter: 0xeaf1,
	graph: 0xeb03,
	'graph-line': 0xebe2,
	history: 0xea82,
	info: 0xea74,
	key: 0xeb11,
	'list-flat': 0xeb84,
	'list-unordered': 0xeb17,
	output: 0xeb9d,
	pass: 0xeba4,
	play: 0xeb2c,
	plug: 0xeb2d,
	refresh: 0xeb37,
	search: 0xea6d,
	'sign-in': 0xea6f,
	table: 0xebb7,
	trash: 0xea81,
	warning: 0xea6c,
} as const;

export type IconName = keyof typeof codePoints;

/** Always decoration: the word beside it, or its button's name, says the same. */
export function icon(name: IconName, className = ''): TemplateResult {
	const glyph = String.fromCodePoint(codePoints[name]);
	return html`<span class="icon ${className}" aria-hidden="true">${glyph}</span>`;
}
