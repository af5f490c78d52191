import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import type { ClientRoute, ConfigFormat, ConfigPlan, KeySource, PoolTarget } from './clientConfig.js';
import { findAt, readJsonc, removeAt, rewriteAt, setAt, valueOf } from './jsoncEdit.js';
import { endOf, isBare } from './jsoncLayout.js';
import { loopbackPort } from './loopbackPort.js';
import { isPoolKey } from './poolKeyText.js';

/** OpenCode's configuration (`opencode.json`). The built-in `openai` provider is kept: with another, reasoning is lost. */

const schemaUrl = 'https://opencode.ai/config.json';
const options = ['provider', 'openai', 'options'] as const;
const baseUrlPath = [...options, 'baseURL'];
const apiKeyPath = [...options, 'apiKey'];

interface ReplacedValues {
	/** The base URL we wrote; null when that is not known. */
	readonly writtenUrl: string | null;
	/** As they stood in the file, so that they come back letter by letter. Null: there was none. */
	readonly baseUrl: string | null;
	readonly apiKey: string | null;
	/** How many of the objects around are ours, counted from the inside. Four: the whole document. */
	readonly created: number;
}

export const openCodeConfig: ConfigFormat<ReplacedValues> = {
	plan(text, target) {
		const plan = planChange(withoutMark(text), target);
		return { ...plan, text: markOf(text) + plan.text };
	},
	remove: (text, replaced) => markOf(text) + removeChange(withoutMark(text), replaced),
	detect: text => detectPort(withoutMark(text)),
	readRoute: text => readRoute(withoutMark(text)),
	replaced: z.object({
		writtenUrl: z.string().nullable(),
		baseUrl: z.string().nullable(),
		apiKey: z.string().nullable(),
		created: z.number().int(),
	}),
	// Our values are recognised by the key.
	nothingReplaced: { writtenUrl: null, baseUrl: null, apiKey: null, created: options.length },
};

function planChange(text: string, { port, key }: PoolTarget): ConfigPlan<ReplacedValues> {
	const root = readJsonc(text);
	const writtenUrl = `http://127.0.0.1:${port}/v1`;
	const isThere = [0, 1, 2, 3].map(depth => findAt(root, options.slice(0, depth)) !== undefined);
	const replaced = {
		writtenUrl,
		baseUrl: sourceAt(text, baseUrlPath),
		apiKey: sourceAt(text, apiKeyPath),
		created: isThere.filter(there => !there).length,
	};
	const start = root === undefined ? text + newDocument(text) : text;
	const written = setAt(setAt(start, baseUrlPath, writtenUrl), apiKeyPath, key);
	return { text: written, replaced, caveat: caveatOf(valueOf(root)) };
}

function removeChange(text: string, replaced: ReplacedValues): string {
	const baseUrl = valueOf(findAt(readJsonc(text), baseUrlPath));
	const hasOurKey = isPoolKey(valueOf(findAt(readJsonc(text), apiKeyPath)));
	// A value chosen since is the user's newer wish.
	const hasOurUrl = baseUrl === replaced.writtenUrl || (hasOurKey && portOf(baseUrl) !== null);
	let left = text;
	if (hasOurUrl) left = putBack(left, baseUrlPath, replaced.baseUrl);
	if (hasOurKey) left = putBack(left, apiKeyPath, replaced.apiKey);
	return hasOurUrl || hasOurKey ? withoutShells(left, replaced.created) : left;
}

function detectPort(text: string): number | null {
	const root = readJsonc(text);
	return isPoolKey(valueOf(findAt(root, apiKeyPath))) ? portOf(valueOf(findAt(root, baseUrlPath))) : null;
}

function readRoute(text: string): ClientRoute {
	const root = readJsonc(text);
	const port = loopbackPort(valueOf(findAt(root, baseUrlPath)));
	const sentence = port === null ? null : caveatOf(valueOf(root));
	return {
		port,
		key: keyOf(valueOf(findAt(root, apiKeyPath))),
		obstacle: sentence === null ? null : { sentence, isMendable: false },
	};
}

function keyOf(value: unknown): KeySource {
	// Without one, OpenCode looks into its own auth.json and OPENAI_API_KEY.
	if (typeof value !== 'string' || value.startsWith('{file:')) return { kind: 'elsewhere' };
	const [, variable] = /^\{env:(.+)\}$/.exec(value) ?? [];
	return variable === undefined ? { kind: 'written', key: value } : { kind: 'environment', variable };
}

function putBack(text: string, path: readonly string[], source: string | null): string {
	return source === null ? removeAt(text, path) : rewriteAt(text, path, source);
}

/** Takes away the objects that we added, as far as nobody has put anything into them since. */
function withoutShells(text: string, created: number): string {
	let left = text;
	for (let depth = options.length; depth > Math.max(options.length - created, 0); depth--) {
		const shell = findAt(readJsonc(left), options.slice(0, depth));
		if (shell === undefined || shell.type !== 'object' || !isBare(left, shell)) return left;
		left = removeAt(left, options.slice(0, depth));
	}
	return created > options.length ? withoutOwnDocument(left) : left;
}

function withoutOwnDocument(text: string): string {
	const isOurs = valueOf(findAt(readJsonc(text), ['$schema'])) === schemaUrl;
	const bare = isOurs ? removeAt(text, ['$schema']) : text;
	const root = readJsonc(bare);
	if (root === undefined || !isBare(bare, root)) return text;
	return bare.slice(0, root.offset) + bare.slice(endOf(root)).replace(/^\r?\n/, '');
}

/** What is added to a file that says nothing yet. */
function newDocument(text: string): string {
	const newline = text.includes('\r\n') ? '\r\n' : '\n';
	const gap = text === '' || text.endsWith('\n') ? '' : newline;
	return `${gap}{${newline}  "$schema": "${schemaUrl}"${newline}}${newline}`;
}

const switchesSchema = z.object({
	disabled_providers: z.array(z.unknown()).catch([]),
	enabled_providers: z.array(z.unknown()).catch(['openai']),
});

function caveatOf(config: unknown): string | null {
	const switches = switchesSchema.safeParse(config).data;
	if (switches === undefined) return null;
	const isOff = switches.disabled_providers.includes('openai') || !switches.enabled_providers.includes('openai');
	return isOff ? l10n.t('Its openai provider is switched off: OpenCode uses the pool only with that provider.') : null;
}

function sourceAt(text: string, path: readonly string[]): string | null {
	const node = findAt(readJsonc(text), path);
	return node === undefined ? null : text.slice(node.offset, endOf(node));
}

function portOf(url: unknown): number | null {
	const [, port] = (typeof url === 'string' && /^http:\/\/(?:127\.0\.0\.1|localhost):(\d+)\/v1\/?$/.exec(url)) || [];
	return port === undefined ? null : Number(port);
}

/** The byte order mark, which is no part of the JSON. */
function markOf(text: string): string {
	return text.startsWith('\uFEFF') ? '\uFEFF' : '';
}

function withoutMark(text: string): string {
	return text.slice(markOf(text).length);
}
