import * as l10n from '@vscode/l10n';
import { isDeepStrictEqual } from 'node:util';
import {
	applyEdits,
	getNodeValue,
	parseTree,
	stripComments,
	type Node,
	type ParseError,
} from 'jsonc-parser/lib/esm/main.js';
import { PoolError } from '../shared/poolError.js';
import { insertProperty, removeProperty } from './jsoncLayout.js';

/** Changes to single places of a JSON text with comments. Each proves that nothing else changed. */

export type JsonPath = readonly string[];

/** The tree of a text; undefined for one without any value. Throws for broken text, with its line. */
export function readJsonc(text: string): Node | undefined {
	const errors: ParseError[] = [];
	const root = parseTree(text, errors, { allowTrailingComma: true });
	if (stripComments(text).trim() === '') return undefined;
	const [first] = errors;
	if (first !== undefined) {
		const line = text.slice(0, first.offset).split(/\r\n|\r|\n/).length;
		throw new PoolError('invalid_request', l10n.t('It is not valid JSON (line {0}). Mend it, then try again.', line));
	}
	return root;
}

/** The value at a place. Of properties with the same name the last one counts, as for every reader. */
export function findAt(root: Node | undefined, path: JsonPath): Node | undefined {
	return path.reduce<Node | undefined>((node, name) => propertyOf(node, name)?.children?.[1], root);
}

/** Sets a value. Objects that are missing around it are added. */
export function setAt(text: string, path: JsonPath, value: unknown): string {
	const root = readJsonc(text);
	if (findAt(root, path) !== undefined) return rewriteAt(text, path, JSON.stringify(value));
	const depth = path.findIndex((_, index) => findAt(root, path.slice(0, index + 1)) === undefined);
	const object = findAt(root, path.slice(0, depth));
	if (object?.type !== 'object') {
		const problem =
			depth === 0
				? l10n.t('It is not a JSON object. Mend it, then try again.')
				: l10n.t('"{0}" is not a JSON object. Mend it, then try again.', path.slice(0, depth).join('.'));
		throw new PoolError('invalid_request', problem);
	}
	const addition = path.slice(depth + 1).reduceRight((inner, name) => ({ [name]: inner }), value);
	const written = insertProperty(text, object, [path[depth] ?? '', addition]);
	return proven(written, withValue(valueOf(root), path, value));
}

/** Replaces the value at a place by one that is given as it is to be written. */
export function rewriteAt(text: string, path: JsonPath, source: string): string {
	const root = readJsonc(text);
	const node = findAt(root, path);
	const value = readJsonc(source);
	if (node === undefined || value === undefined) throw unsafe();
	const written = applyEdits(text, [{ offset: node.offset, length: node.length, content: source }]);
	return proven(written, withValue(valueOf(root), path, valueOf(value)));
}

/** Takes a property away. The objects around it stay. */
export function removeAt(text: string, path: JsonPath): string {
	const root = readJsonc(text);
	const property = findAt(root, path)?.parent;
	return property === undefined
		? text
		: proven(removeProperty(text, property), withValue(valueOf(root), path, undefined));
}

export function valueOf(node: Node | undefined): unknown {
	// The parser's objects have no prototype, ours have.
	return node && structuredClone<unknown>(getNodeValue(node));
}

function propertyOf(node: Node | undefined, name: string): Node | undefined {
	if (node?.type !== 'object') return undefined;
	return node.children?.findLast(property => property.children?.[0]?.value === name);
}

/** What the text is to say afterwards. Undefined takes the value away. */
function withValue(whole: unknown, [name = '', ...rest]: JsonPath, value: unknown): unknown {
	const { [name]: inner, ...others } = (whole ?? {}) as Record<string, unknown>;
	const next = rest.length === 0 ? value : withValue(inner, rest, value);
	return next === undefined ? others : { ...others, [name]: next };
}

function proven(text: string, wanted: unknown): string {
	if (!isDeepStrictEqual(valueOf(readJsonc(text)), wanted)) throw unsafe();
	return text;
}

function unsafe(): PoolError {
	return new PoolError('invalid_request', l10n.t('It is written in a way that cannot be changed safely.'));
}
