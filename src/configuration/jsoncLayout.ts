// By its path: the package's own entry cannot be bundled.
import { applyEdits, type Edit, type Node } from 'jsonc-parser/lib/esm/main.js';

/**
 * Adds and takes away single properties of a JSON text with comments. Unlike the library's own `modify`, not a byte of
 * the neighbours changes: their layout, their comments and a trailing comma stay.
 */

export interface Style {
	readonly newline: string;
	/** One level of indentation. */
	readonly indent: string;
}

/** A run of blanks, a line end, a comment or a comma. */
interface Filler {
	readonly content: string;
	readonly start: number;
	readonly end: number;
}

/** As the file itself does it, else two blanks. */
export function styleOf(text: string, root: Node | undefined): Style {
	const first = root?.children?.[0];
	const newline = text.includes('\r\n') ? '\r\n' : '\n';
	return { newline, indent: (first && indentBefore(text, first.offset)) ?? '  ' };
}

/** A value as it is written at the end of a line with this indentation. */
export function writeValue(value: unknown, { newline, indent }: Style, lineIndent = ''): string {
	return JSON.stringify(value, null, indent).replaceAll('\n', newline + lineIndent);
}

/** Puts a property at the end of an object. */
export function insertProperty(text: string, object: Node, [name, value]: readonly [string, unknown]): string {
	const style = styleOf(text, rootOf(object));
	const write = (indent: string) => `${JSON.stringify(name)}: ${writeValue(value, style, indent)}`;
	const last = object.children?.at(-1);
	if (last === undefined) {
		const outer = lineIndentAt(text, object.offset);
		return fillEmpty(text, object, { property: write(outer + style.indent), outer, style });
	}
	const after = fillerFrom(text, endOf(last));
	const comma = after.find(isComma);
	const indent = indentBefore(text, last.offset);
	const behind = comma?.end ?? endOf(last);
	// Where all is on one line, so is what is added.
	const place = indent === undefined ? behind : endOfLineContent(after, behind);
	const property =
		indent === undefined
			? ` ${JSON.stringify(name)}: ${JSON.stringify(value)}`
			: style.newline + indent + write(indent);
	return applyEdits(text, [
		{ offset: endOf(last), length: 0, content: comma === undefined ? ',' : '' },
		{ offset: place, length: 0, content: property + (comma === undefined ? '' : ',') },
	]);
}

/** Takes a property away, with its comma and its line. */
export function removeProperty(text: string, property: Node): string {
	const siblings = property.parent?.children ?? [];
	const previous = siblings[siblings.indexOf(property) - 1];
	const after = fillerFrom(text, endOf(property));
	const ownComma = after.find(isComma);
	const isNoted = after.slice(0, ownComma && after.indexOf(ownComma)).some(isComment);
	const end = ownComma === undefined || isNoted ? endOf(property) : ownComma.end;
	const edits = [cutOf(text, property.offset, end)];
	const otherComma = ownComma ?? (previous && fillerFrom(text, endOf(previous)).find(isComma));
	if (otherComma !== undefined && (ownComma === undefined || isNoted)) {
		edits.push({ offset: otherComma.start, length: 1, content: '' });
	}
	const cut = applyEdits(text, edits);
	return siblings.length === 1 && property.parent ? closeIfBlank(cut, property.parent.offset) : cut;
}

/** Whether there is nothing in an object, not even a comment. */
export function isBare(text: string, object: Node): boolean {
	return text.slice(object.offset + 1, endOf(object) - 1).trim() === '';
}

export function endOf(node: Node): number {
	return node.offset + node.length;
}

interface Filling {
	readonly property: string;
	/** Indentation of the line the object begins on. */
	readonly outer: string;
	readonly style: Style;
}

function fillEmpty(text: string, object: Node, { property, outer, style }: Filling): string {
	const brace = endOf(object) - 1;
	const place = fillerFrom(text, object.offset + 1).findLast(isComment)?.end ?? object.offset + 1;
	const gap = text.slice(place, brace);
	const closing = /[\r\n]/.test(gap) ? gap : style.newline + outer;
	const content = style.newline + outer + style.indent + property + closing;
	return applyEdits(text, [{ offset: place, length: gap.length, content }]);
}

/** Behind the comments that stand on the same line. */
function endOfLineContent(filler: readonly Filler[], from: number): number {
	let place = from;
	for (const piece of filler.filter(({ start }) => start >= from)) {
		if (isComment(piece)) place = piece.end;
		else if (!/^[ \t]/.test(piece.content)) break;
	}
	return place;
}

/** The whole line where nothing else stands on it; a comment behind stays where it is. */
function cutOf(text: string, start: number, end: number): Edit {
	const indent = indentBefore(text, start);
	const blank = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
	const endsLine = end + blank === text.length || /^[\r\n]/.test(text.slice(end + blank));
	if (indent === undefined) {
		const before = /[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
		return { offset: start - before, length: end - start + before, content: '' };
	}
	if (!endsLine) return { offset: start, length: end + blank - start, content: '' };
	const newline = /(?:\r\n|\r|\n)$/.exec(text.slice(0, start - indent.length))?.[0].length ?? 0;
	const from = start - indent.length - newline;
	return { offset: from, length: end + blank - from, content: '' };
}

function closeIfBlank(text: string, offset: number): string {
	const [blank = ''] = /^\s*(?=\})/.exec(text.slice(offset + 1)) ?? [];
	return applyEdits(text, [{ offset: offset + 1, length: blank.length, content: '' }]);
}

/** The blanks between the start of the line and this place; undefined when something else stands there. */
function indentBefore(text: string, offset: number): string | undefined {
	return /(?:^|[\r\n])([ \t]*)$/.exec(text.slice(0, offset))?.[1];
}

function lineIndentAt(text: string, offset: number): string {
	return /(?:^|[\r\n])([ \t]*)[^\r\n]*$/.exec(text.slice(0, offset))?.[1] ?? '';
}

function rootOf(node: Node): Node {
	return node.parent === undefined ? node : rootOf(node.parent);
}

/** What stands between this place and the next value or brace. */
function fillerFrom(text: string, offset: number): Filler[] {
	const filler = /[ \t]+|\r\n|\r|\n|\/\/[^\r\n]*|\/\*[^]*?\*\/|,/y;
	filler.lastIndex = offset;
	const found: Filler[] = [];
	for (let match = filler.exec(text); match !== null; match = filler.exec(text)) {
		found.push({ content: match[0], start: match.index, end: filler.lastIndex });
	}
	return found;
}

function isComma({ content }: Filler): boolean {
	return content === ',';
}

function isComment({ content }: Filler): boolean {
	return content.startsWith('/');
}
