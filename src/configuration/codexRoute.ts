import * as l10n from '@vscode/l10n';
import type { ClientRoute, KeySource, Obstacle } from './clientConfig.js';
import { activeProfile, asTable, providerId, providersOf, type Table } from './codexTables.js';
import { loopbackPort } from './loopbackPort.js';

const builtInProvider = 'openai';
const keyHeader = 'x-codex-pool-key';

/** Which way Codex goes by its configuration, also where that was written by hand. */
export function readCodexRoute(config: Table): ClientRoute {
	const chosen = chosenProvider(config);
	const provider = typeof chosen === 'string' ? asTable(providersOf(config)[chosen]) : undefined;
	const baseUrl = chosen === builtInProvider ? config['openai_base_url'] : provider?.['base_url'];
	const port = loopbackPort(baseUrl);
	const showsLogin = chosen === builtInProvider || provider?.['requires_openai_auth'] === true;
	const stray = chosen === providerId ? null : strayChoice(config);
	const obstacle = stray ?? (port !== null && showsLogin ? wayAround(baseUrl, config['chatgpt_base_url']) : null);
	return { port, key: keyOf(provider ?? {}), obstacle };
}

/** Why a choice at the top of the file does not count, as a sentence; else null. */
export function profileCaveat(config: Table): string | null {
	const profile = activeProfile(config);
	const provider = profile?.table['model_provider'];
	if (profile === undefined || provider === undefined || provider === providerId) return null;
	return l10n.t(
		'The profile "{0}" chooses its own provider: Codex uses the pool only without that profile.',
		profile.name,
	);
}

function chosenProvider(config: Table): unknown {
	return activeProfile(config)?.table['model_provider'] ?? config['model_provider'] ?? builtInProvider;
}

/** Somebody wanted the pool, but where the choice stands it is not read. */
function strayChoice(config: Table): Obstacle | null {
	if (config['model_provider'] === providerId) {
		const sentence = profileCaveat(config);
		return sentence === null ? null : { sentence, isMendable: false };
	}
	const stray = Object.entries(config).find(([, value]) => asTable(value)?.['model_provider'] === providerId);
	if (stray === undefined) return null;
	// A line below a table's head belongs to that table.
	const sentence = l10n.t('`model_provider` stands below [{0}] in the configuration: Codex reads it above.', stray[0]);
	return { sentence, isMendable: true };
}

/** With a login to show, Codex asks `chatgpt_base_url` for the way; at the pool's own address, it then leaves the pool. */
function wayAround(baseUrl: unknown, chatGptUrl: unknown): Obstacle | null {
	if (typeof chatGptUrl !== 'string' || typeof baseUrl !== 'string') return null;
	if (originOf(chatGptUrl) !== originOf(baseUrl)) return null;
	const sentence = l10n.t(
		'`chatgpt_base_url` and the base URL have the same host: Codex would go around the pool, so the pool refuses it. Write `localhost` in one and `127.0.0.1` in the other.',
	);
	return { sentence, isMendable: false };
}

function keyOf(provider: Table): KeySource {
	const written = provider['experimental_bearer_token'] ?? asTable(provider['http_headers'])?.[keyHeader];
	if (typeof written === 'string') return { kind: 'written', key: written };
	const variable = provider['env_key'] ?? asTable(provider['env_http_headers'])?.[keyHeader];
	return typeof variable === 'string' ? { kind: 'environment', variable } : { kind: 'none' };
}

function originOf(url: string): string | undefined {
	return URL.parse(url)?.origin;
}
