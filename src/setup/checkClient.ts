import * as l10n from '@vscode/l10n';
import type { ClientRoute, KeySource } from '../configuration/clientConfig.js';
import { isPoolKey } from '../configuration/poolKeyText.js';
import type { KeyView } from '../shared/keyApi.js';
import type { Check, Remedy } from './check.js';

export interface ClientFacts {
	readonly name: string;
	/** Null when it has no configuration file. */
	readonly route: ClientRoute | null;
	/** Why its file cannot be understood, as a sentence; else null. */
	readonly problem: string | null;
	/** What keeps it from the pool outside of its file, as a sentence; else null. */
	readonly obstacle: string | null;
	/** Writes its configuration. */
	readonly remedy: Remedy;
}

/** The pool as a client has to know it. */
export interface PoolFacts {
	readonly port: number;
	/** Null while the pool cannot be asked. */
	readonly keys: readonly KeyView[] | null;
	readonly env: NodeJS.ProcessEnv;
}

type Finding = Omit<Check, 'name'>;

/** Whether a client's configuration leads to the pool, with a key of the pool. */
export function checkClient(client: ClientFacts, pool: PoolFacts): Check {
	return { name: client.name, ...findingOf(client, pool) };
}

function findingOf({ name, route, problem, obstacle, remedy }: ClientFacts, pool: PoolFacts): Finding {
	if (problem !== null) return { state: 'problem', sentence: problem };
	if (route === null) {
		return { state: 'unknown', sentence: l10n.t('{0} has no configuration: it does not use the pool.', name), remedy };
	}
	if (route.obstacle !== null) {
		const { sentence, isMendable } = route.obstacle;
		return { state: 'problem', sentence, ...(isMendable && { remedy }) };
	}
	const isOfPool =
		route.port === pool.port || (route.port !== null && route.key.kind === 'written' && isPoolKey(route.key.key));
	if (route.port === null || !isOfPool) {
		return { state: 'warning', sentence: l10n.t('The configuration of {0} does not lead to the pool.', name), remedy };
	}
	if (route.port !== pool.port) {
		const sentence = l10n.t(
			'{0} is configured for port {1}, and the pool is on port {2}.',
			name,
			route.port,
			pool.port,
		);
		return { state: 'problem', sentence, remedy };
	}
	if (obstacle !== null) return { state: 'problem', sentence: obstacle };
	return keyFinding(name, route.key, pool, remedy);
}

function keyFinding(client: string, source: KeySource, { port, keys, env }: PoolFacts, remedy: Remedy): Finding {
	if (source.kind === 'none') {
		const sentence = l10n.t(
			'{0} leads to port {1} without a pool key: it gets in only with a ChatGPT login that the pool accepts.',
			client,
			port,
		);
		return { state: 'unknown', sentence };
	}
	const key = source.kind === 'written' ? source.key : source.kind === 'environment' ? env[source.variable] : undefined;
	if (source.kind === 'environment' && !key) {
		const sentence = l10n.t('{0} takes its key from the variable {1}, which is not set here.', client, source.variable);
		return { state: 'warning', sentence };
	}
	const known = keys?.find(({ prefix }) => prefix !== null && key?.startsWith(prefix));
	if (known !== undefined) {
		return { state: 'ok', sentence: l10n.t('{0} uses the pool with the key "{1}".', client, known.name) };
	}
	// The beginning of an old key was not kept.
	if (source.kind === 'elsewhere' || keys === null || keys.some(({ prefix }) => prefix === null)) {
		const sentence = l10n.t('{0} leads to port {1}; whether its key is right could not be found out.', client, port);
		return { state: 'unknown', sentence };
	}
	const sentence = l10n.t('{0} sends a key that the pool does not know.', client);
	return { state: 'problem', sentence, ...(source.kind === 'written' && { remedy }) };
}
