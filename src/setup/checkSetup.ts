import * as l10n from '@vscode/l10n';
import { PoolClient } from '../client/poolClient.js';
import { probePort } from '../client/probePort.js';
import type { ClientConfiguration } from '../configuration/clientConfiguration.js';
import { PoolError } from '../shared/poolError.js';
import type { KeyView } from '../shared/keyApi.js';
import type { PoolState } from '../shared/poolApi.js';
import type { AccountNames, Check, Remedy } from './check.js';
import { checkAccounts } from './checkAccounts.js';
import { checkClient, type ClientFacts } from './checkClient.js';
import { checkKeys } from './checkKeys.js';
import { checkPort, checkSwitch, type PortFacts } from './checkPort.js';
import { checkProvider, checkProxy } from './checkProvider.js';

export interface SetupParts {
	readonly port: number;
	readonly homeDir: string;
	/** Of the program that asks. */
	readonly version: string;
	readonly env: NodeJS.ProcessEnv;
	readonly codex: ClientConfiguration;
	readonly openCode: ClientConfiguration;
	readonly nameOf: AccountNames;
	/** Why whoever asks could not run a pool, as a sentence, if it tried; else null. */
	readonly problem: string | null;
	readonly now: () => number;
}

/** What the pool tells of itself; null as far as it does not answer. */
interface Answer {
	readonly port: PortFacts;
	readonly state: PoolState | null;
	readonly keys: readonly KeyView[] | null;
}

/** Where the browser comes back to after a sign-in: one of them is enough. */
const callbackPorts = [1455, 1457];

/** Looks at everything between a client and the provider. Changes nothing, and needs no pool. */
export async function checkSetup(parts: SetupParts): Promise<Check[]> {
	const { env, nameOf } = parts;
	const [answer, codex, openCode, signIn] = await Promise.all([
		askPool(parts),
		readClient(parts.codex, { action: 'configureCodex' }),
		readClient(parts.openCode, { action: 'configureOpenCode' }),
		checkSignIn(),
	]);
	const { state, keys } = answer;
	const pool = { port: parts.port, keys, env };
	const now = parts.now();
	return [
		checkPort(answer.port),
		...(state === null
			? []
			: [
					...checkSwitch(state.enabled),
					...checkNotices(state),
					...checkAccounts(state, nameOf, now),
					...checkProvider(state, nameOf, now),
				]),
		...(state === null || keys === null ? [] : checkKeys(keys, state, now)),
		checkClient(codex, pool),
		checkClient(openCode, pool),
		...checkProxy(env),
		signIn,
	];
}

async function askPool({ port, homeDir, version, problem }: SetupParts): Promise<Answer> {
	try {
		const client = await PoolClient.attach({ port, homeDir });
		try {
			const [state, keys] = await Promise.all([client.state(), client.listKeys()]);
			return { port: { port, holder: 'pool', owner: state.owner, problem: null, version }, state, keys };
		} finally {
			client.dispose();
		}
	} catch (thrown) {
		const holder = await probePort(port);
		const why = holder === 'free' ? problem : PoolError.from(thrown).message;
		return { port: { port, holder, owner: null, problem: why, version }, state: null, keys: null };
	}
}

async function readClient(configuration: ClientConfiguration, remedy: Remedy): Promise<ClientFacts> {
	const { client } = configuration;
	const told = { name: client.name, route: null, problem: null, obstacle: null, remedy };
	try {
		return { ...told, route: await configuration.readRoute(), obstacle: await client.findObstacle() };
	} catch (thrown) {
		return { ...told, problem: PoolError.from(thrown).message };
	}
}

function checkNotices({ notices }: PoolState): Check[] {
	return notices.map(({ message }) => ({ name: l10n.t('Data'), state: 'warning', sentence: message }));
}

async function checkSignIn(): Promise<Check> {
	const name = l10n.t('Sign-in');
	for (const port of callbackPorts) {
		if ((await probePort(port)) === 'free') {
			return { name, state: 'ok', sentence: l10n.t('Port {0} is free for a sign-in in the browser.', String(port)) };
		}
	}
	const sentence = l10n.t('Ports 1455 and 1457 are both in use: sign in with a device code, or paste the address.');
	return { name, state: 'warning', sentence };
}
