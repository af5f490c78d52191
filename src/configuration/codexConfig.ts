import { isDeepStrictEqual } from 'node:util';
import { parse, patch } from '@decimalturn/toml-patch';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { PoolError } from '../shared/poolError.js';
import type { ConfigFormat, ConfigPlan, PoolTarget } from './clientConfig.js';
import { profileCaveat, readCodexRoute } from './codexRoute.js';
import { activeProfile, asTable, parseConfig, providerId, providersOf, type Table } from './codexTables.js';

/** Codex's user configuration (`config.toml`). */

interface ReplacedValues {
	readonly modelProvider: string | null;
	/** A provider of our id that was there before us, for example one written by hand. */
	readonly provider: Table | null;
}

export const codexConfig: ConfigFormat<ReplacedValues> = {
	plan: planChange,
	remove: removeChange,
	detect: detectPort,
	readRoute: text => readCodexRoute(parseConfig(text)),
	replaced: z.object({
		modelProvider: z.string().nullable(),
		provider: z.record(z.string(), z.unknown()).nullable(),
	}),
	// Our values are recognised by their id.
	nothingReplaced: { modelProvider: null, provider: null },
};

function planChange(text: string, { port, key }: PoolTarget): ConfigPlan<ReplacedValues> {
	const before = parseConfig(text);
	const replaced = {
		modelProvider: typeof before['model_provider'] === 'string' ? before['model_provider'] : null,
		provider: asTable(providersOf(before)[providerId]) ?? null,
	};
	const provider = {
		// Exactly this name makes Codex keep its remote compaction.
		name: 'OpenAI',
		base_url: `http://127.0.0.1:${port}/backend-api/codex`,
		wire_api: 'responses',
		experimental_bearer_token: key,
		model_catalog_url: `http://127.0.0.1:${port}/backend-api/codex/models`,
		supports_websockets: true,
	};
	return { text: writeValues(text, providerId, provider), replaced, caveat: profileCaveat(before) };
}

function removeChange(text: string, replaced: ReplacedValues): string {
	const config = parseConfig(text);
	// A provider chosen since is the user's newer wish.
	const modelProvider = config['model_provider'] === providerId ? replaced.modelProvider : config['model_provider'];
	return writeValues(text, modelProvider, replaced.provider);
}

function detectPort(text: string): number | null {
	const config = parseConfig(text);
	const profile = activeProfile(config);
	const chosen = profile?.table['model_provider'] ?? config['model_provider'];
	const baseUrl = asTable(providersOf(config)[providerId])?.['base_url'];
	if (chosen !== providerId || typeof baseUrl !== 'string') return null;
	return Number(URL.parse(baseUrl)?.port) || null;
}

/** Sets, or with null takes away, the chosen provider and our provider table. Proves that nothing else changed. */
function writeValues(text: string, modelProvider: unknown, provider: Table | null): string {
	const wanted = parseConfig(text);
	setModelProvider(wanted, modelProvider ?? null);
	setProvider(wanted, provider);
	const chosen = chooseProvider(text, modelProvider ?? null);
	const candidates = [
		() => (provider === null ? cutSection(chosen) : appendSection(chosen, provider)),
		() => patch(chosen, wanted),
		() => patch(text, wanted),
	];
	for (const write of candidates) {
		const written = write();
		if (written !== undefined && parsesTo(written, wanted)) return written;
	}
	throw new PoolError('invalid_request', l10n.t('It is written in a way that cannot be changed safely.'));
}

/**
 * A new choice becomes the first line. The TOML library would put it after the last root key, where taking it away again
 * would take a comment above it along.
 */
function chooseProvider(text: string, modelProvider: unknown): string {
	const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
	const body = text.slice(mark.length);
	const newline = newlineOf(text);
	const ourLines = `model_provider = "${providerId}"${newline}${newline}`;
	const config = parseConfig(text);
	if (modelProvider === null && body.startsWith(ourLines)) return mark + body.slice(ourLines.length);
	if (modelProvider === providerId && config['model_provider'] === undefined) return mark + ourLines + body;
	setModelProvider(config, modelProvider);
	return patch(text, config);
}

/** The plainest form, where the file has no such table yet. An inline `model_providers` does not allow it. */
function appendSection(text: string, provider: Table): string | undefined {
	if (asTable(providersOf(parseConfig(text))[providerId]) !== undefined) return undefined;
	const newline = newlineOf(text);
	const values = Object.entries(provider).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
	const section = [`[model_providers.${providerId}]`, ...values, ''].join(newline);
	const gap = text.endsWith(newline + newline) ? '' : text.endsWith('\n') ? newline : newline + newline;
	return text + gap + section;
}

/** Exactly the lines that were appended. The TOML library would take a comment below them along. */
function cutSection(text: string): string {
	return text.replace(/(\r?\n)?^\[model_providers\.codex-account-pool\]\r?\n(?:\w+ = .*(?:\r?\n|$))*/m, '');
}

function newlineOf(text: string): string {
	return text.includes('\r\n') ? '\r\n' : '\n';
}

function setModelProvider(config: Table, value: unknown): void {
	if (value === null) {
		delete config['model_provider'];
	} else {
		config['model_provider'] = value;
	}
}

function setProvider(config: Table, provider: Table | null): void {
	const others = Object.entries(providersOf(config)).filter(([id]) => id !== providerId);
	const ours = provider === null ? [] : [[providerId, provider]];
	if (others.length + ours.length > 0) {
		config['model_providers'] = withoutPrototypes(Object.fromEntries([...others, ...ours]) as Table);
	} else {
		delete config['model_providers'];
	}
}

/** Tables as the parser makes them, so that the two can be compared. */
function withoutPrototypes(table: Table): Table {
	const entries = Object.entries(table).map(([name, value]) => {
		const isPlain = asTable(value) !== undefined && !(value instanceof Date);
		return [name, isPlain ? withoutPrototypes(value as Table) : value];
	});
	return Object.assign(Object.create(null) as Table, Object.fromEntries(entries) as Table);
}

function parsesTo(text: string, wanted: Table): boolean {
	try {
		return isDeepStrictEqual(parse(text), wanted);
	} catch {
		// Not even TOML: the other way of writing is tried.
		return false;
	}
}
