import type { PoolClient } from '../client/poolClient.js';
import { coverOutcome } from '../shared/coverEmails.js';
import type { PanelHandlers, PanelState } from '../shared/panelMessages.js';
import type { AccountCommands } from './accountCommands.js';
import type { ClientCommands } from './clientCommands.js';
import type { ConfigureClient } from './configureClient.js';
import { importDroppedFiles } from './importDroppedFiles.js';
import type { KeyCommands } from './keyCommands.js';
import type { SessionCommands } from './sessionCommands.js';
import type { SettingName } from './settingValues.js';
import type { SignInCommands } from './signInCommands.js';

export interface PanelParts {
	readonly connect: () => Promise<PoolClient>;
	readonly readState: () => PanelState;
	readonly signIns: SignInCommands;
	readonly accounts: AccountCommands;
	readonly sessions: SessionCommands;
	readonly clients: ClientCommands;
	readonly keys: KeyCommands;
	readonly codex: ConfigureClient;
	readonly openCode: ConfigureClient;
	readonly showLog: () => void;
	readonly showSetting: (name: SettingName) => void;
	readonly restart: () => void;
	/** Gives the panel the focus that a dialog has taken from it. */
	readonly takeFocusBack: () => void;
}

/** What the panel can ask for. Whatever needs a question to the user is asked by the editor, not by the panel. */
export function panelHandlers(parts: PanelParts): PanelHandlers {
	const { signIns, accounts, sessions, clients, keys, codex, openCode } = parts;
	const withPool = async (work: (client: PoolClient) => Promise<unknown>): Promise<undefined> => {
		await work(await parts.connect());
	};
	/** For what asks in a dialog, which takes the focus. */
	const asking = async <T>(work: () => Promise<T>): Promise<T> => {
		try {
			return await work();
		} finally {
			parts.takeFocusBack();
		}
	};
	return {
		ready: () => Promise.resolve(parts.readState()),
		'account/add': () => quietly(() => signIns.add()),
		'account/import': () => quietly(() => accounts.import()),
		'account/drop': async ({ files }) => {
			const outcome = await importDroppedFiles(await parts.connect(), files);
			return parts.readState().hideEmails ? coverOutcome(outcome) : outcome;
		},
		'account/select': ({ accountId, selected }) => withPool(client => client.changeAccount(accountId, { selected })),
		'account/pause': ({ accountId, paused }) => withPool(client => client.changeAccount(accountId, { paused })),
		'account/rename': ({ accountId, name }) => withPool(client => client.changeAccount(accountId, { name })),
		'account/order': ({ accountIds }) => withPool(client => client.orderAccounts(accountIds)),
		'account/spend': ({ accountId, priority, reservePercent }) =>
			withPool(client =>
				client.changeAccount(accountId, {
					...(priority !== undefined && { priority }),
					...(reservePercent !== undefined && { reservePercent }),
				}),
			),
		'account/signIn': ({ accountId }) => quietly(() => signIns.again(accountId)),
		'account/export': ({ accountId }) => quietly(() => asking(() => accounts.export(accountId))),
		'account/remove': ({ accountId }) => quietly(() => asking(() => accounts.remove(accountId))),
		'account/refresh': ({ accountId }) => withPool(client => client.refreshAccount(accountId)),
		'account/history': async ({ accountId, since }) => (await parts.connect()).readWindowHistory(accountId, since),
		'account/redeemReset': ({ accountId }) => quietly(() => asking(() => accounts.redeemReset(accountId))),
		'pool/change': change => withPool(client => client.changePool(change)),
		'usage/read': async query => (await parts.connect()).readUsage(query),
		'request/list': async query => (await parts.connect()).listRequests(query),
		'request/explain': async ({ requestId }) => (await parts.connect()).explainRequest(requestId),
		'model/list': async () => (await parts.connect()).listModels(),
		'model/expose': change => withPool(client => client.changeExposure(change)),
		'alias/set': alias => withPool(client => client.setAlias(alias)),
		'alias/remove': ({ name }) => withPool(client => client.removeAlias(name)),
		'session/list': async () => (await parts.connect()).listSessions(),
		'session/move': ({ sessionId }) => quietly(() => sessions.move(sessionId)),
		'session/forget': ({ sessionId }) => quietly(() => asking(() => sessions.forget(sessionId))),
		'key/list': async () => (await parts.connect()).listKeys(),
		'key/create': async ({ name, ...limits }) => (await parts.connect()).createKey(name, limits),
		'key/change': ({ keyId, change }) => withPool(client => client.changeKey(keyId, change)),
		'key/rotate': ({ keyId }) => asking(() => keys.rotate(keyId)),
		'key/revoke': ({ keyId }) => quietly(() => asking(() => keys.revoke(keyId))),
		'key/copy': () => quietly(() => clients.copyKey()),
		'url/copy': ({ kind }) => quietly(() => clients.copyBaseUrl(kind)),
		'codex/configure': () => quietly(() => codex.configure()),
		'codex/undo': () => quietly(() => codex.undo()),
		'openCode/configure': () => quietly(() => openCode.configure()),
		'openCode/undo': () => quietly(() => openCode.undo()),
		'log/show': () => quietly(parts.showLog),
		'setting/show': ({ name }) => quietly(() => parts.showSetting(name)),
		'pool/retry': () => quietly(parts.restart),
	};
}

/** The panel only learns that it is done. */
async function quietly(work: () => Promise<void> | void): Promise<undefined> {
	await work();
}
