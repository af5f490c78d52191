import './editor/displayLanguage.js';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { poolHomeDir } from './client/homeDir.js';
import { ChangeJournal } from './configuration/changeJournal.js';
import { ClientConfiguration } from './configuration/clientConfiguration.js';
import { codexClient } from './configuration/codexClient.js';
import { openCodeClient } from './configuration/openCodeClient.js';
import { nameOf } from './editor/accountChoices.js';
import { AccountCommands } from './editor/accountCommands.js';
import { AccountTree } from './editor/accountTree.js';
import { ChangePreview } from './editor/changePreview.js';
import { ChatModels } from './editor/chatModels.js';
import { showSetup } from './editor/checkSetup.js';
import { ClientCommands } from './editor/clientCommands.js';
import { ClientWatch } from './editor/clientWatch.js';
import { commandIds } from './editor/commandIds.js';
import { registerCommands } from './editor/commands.js';
import { ConfigureClient } from './editor/configureClient.js';
import { ContextKeys } from './editor/contextKeys.js';
import { contextValues } from './editor/contextValues.js';
import { DisposableStore } from './editor/disposableStore.js';
import { exportUsage } from './editor/exportUsage.js';
import { reportFailure } from './editor/failureReport.js';
import { HostNotices } from './editor/hostNotices.js';
import { panelStateOf } from './editor/hostStatus.js';
import { KeyCommands } from './editor/keyCommands.js';
import { Panel } from './editor/panel.js';
import { panelHandlers } from './editor/panelHandlers.js';
import { createPoolHost, packageVersion } from './editor/poolHost.js';
import { PoolNotices } from './editor/poolNotices.js';
import { PoolPick } from './editor/poolPick.js';
import { QuotaTool } from './editor/quotaTool.js';
import { registerChat } from './editor/registerChat.js';
import { RoutingCommands } from './editor/routingCommands.js';
import { SessionCommands } from './editor/sessionCommands.js';
import { SettingNotices } from './editor/settingNotices.js';
import { Settings } from './editor/settings.js';
import { windowSettings } from './editor/settingValues.js';
import { SignInCommands } from './editor/signInCommands.js';
import { StatusBar } from './editor/statusBar.js';
import { TerminalCommand } from './editor/terminalCommand.js';
import { withoutEmails } from './editor/withoutEmails.js';
import { checkSetup } from './setup/checkSetup.js';
import { coverEmails } from './shared/coverEmails.js';
import { isPanelTab } from './shared/panelTabs.js';

/** The root of the VS Code side: every part is made here, tied to the others here, and disposed with the window. */

let close: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): void {
	// Not among the context's subscriptions: the editor disposes those while `deactivate` still runs, and a closing
	// runtime needs its log.
	const owned = new DisposableStore();
	const log = owned.add(vscode.window.createOutputChannel('Account Pool for Codex', { log: true }));
	const settings = owned.add(new Settings());
	const host = createPoolHost(context, settings, log);
	close = async () => {
		await host.close();
		owned.dispose();
	};

	const connect = () => host.connected();
	const signIns = new SignInCommands(connect);
	const accounts = new AccountCommands(connect);
	const sessions = new SessionCommands(connect);
	const clients = new ClientCommands(connect);
	const keys = new KeyCommands(connect);
	const preview = owned.add(new ChangePreview());
	const journal = ChangeJournal.ofPool(poolHomeDir());
	const codexConfiguration = new ClientConfiguration(codexClient(), journal);
	const openCodeConfiguration = new ClientConfiguration(openCodeClient(), journal);
	const codex = new ConfigureClient({
		configuration: codexConfiguration,
		connect,
		preview,
		// A watcher hears late, or not at all where the folder is new.
		onWritten: () => void codexWatch.look(),
		commands: { configure: commandIds.configureCodex, undo: commandIds.undoCodexConfiguration },
	});
	const openCode = new ConfigureClient({
		configuration: openCodeConfiguration,
		connect,
		preview,
		onWritten: () => void openCodeWatch.look(),
		commands: { configure: commandIds.configureOpenCode, undo: commandIds.undoOpenCodeConfiguration },
	});
	const watch = (configuration: ClientConfiguration) =>
		owned.add(
			new ClientWatch(
				configuration,
				() => settings.values.port,
				() => show(),
			),
		);
	const codexWatch = watch(codexConfiguration);
	const openCodeWatch = watch(openCodeConfiguration);
	const readState = () => {
		const state = panelStateOf(host.status, {
			codexConfigured: codexWatch.configured,
			openCodeConfigured: openCodeWatch.configured,
			hideEmails: settings.values.hideEmails,
		});
		return withoutEmails(state);
	};
	const cover = (words: string) => (settings.values.hideEmails ? coverEmails(words) : words);
	const showLog = () => log.show();
	const restart = () => host.restart();

	const panel: Panel = owned.add(
		new Panel(
			context.extensionUri,
			panelHandlers({
				connect,
				readState,
				signIns,
				accounts,
				sessions,
				clients,
				keys,
				codex,
				openCode,
				showLog,
				showSetting: name => void vscode.commands.executeCommand('workbench.action.openSettings', `codexPool.${name}`),
				restart,
				takeFocusBack: () => panel.takeFocusBack(),
			}),
			cover,
		),
	);
	const routing = new RoutingCommands(connect, requestId => panel.show({ requestId }));
	const statusBar = owned.add(new StatusBar(readState, settings));
	const report = (error: unknown) => reportFailure(error, log);
	const accountTree = owned.add(new AccountTree({ connect, readState, settings, report }));
	const poolPick = owned.add(new PoolPick(readState, settings));
	const readChatPool = () => (settings.values.chat ? readState().pool : null);
	const chatModels = owned.add(new ChatModels({ connect, readPool: readChatPool, now: Date.now }));
	const quotaTool = new QuotaTool({ connect, readState, now: Date.now });
	owned.add(registerChat({ models: chatModels, quotaTool }, log));
	const lookAtSetup = () =>
		checkSetup({
			port: settings.values.port,
			homeDir: poolHomeDir(),
			version: packageVersion(context.extension),
			env: process.env,
			codex: codexConfiguration,
			openCode: openCodeConfiguration,
			nameOf,
			problem: readState().problem,
			now: Date.now,
		});
	const contextKeys = new ContextKeys();
	const show = (): void => {
		const canUndo = { canUndoCodex: codexWatch.canUndo, canUndoOpenCode: openCodeWatch.canUndo };
		contextKeys.update(contextValues(host.status, canUndo));
		statusBar.update();
		accountTree.update();
		poolPick.update();
		chatModels.update();
		panel.update(readState());
	};

	const notices = new HostNotices(settings);
	owned.add(host.onChange(status => notices.update(status)));
	const poolNotices = new PoolNotices({
		settings,
		memory: context.globalState,
		signInAgain: accountId => {
			signIns.again(accountId).catch(report);
		},
		showTab: tab => panel.show({ tab }),
		redeemReset: accountId => {
			accounts.redeemReset(accountId).catch(report);
		},
	});
	owned.add(host.onChange(status => poolNotices.update(status)));
	owned.add(host.onChange(show));

	const settingNotices = new SettingNotices(settings);
	owned.add(
		settings.onChange(names => {
			settingNotices.update();
			show();
			// Prices only change an estimate: no running stream is worth less than the next start.
			if (names.some(name => name !== 'prices' && !windowSettings.has(name))) host.restart();
			if (!names.includes('port')) return;
			terminalCommand.updatePort();
			for (const each of [codexWatch, openCodeWatch]) void each.look();
			for (const client of [codex, openCode]) void client.offerPort(settings.values.port);
		}),
	);

	owned.add(
		registerCommands(
			{
				// A link may name the tab that it leads to.
				openPanel: tab => panel.show(isPanelTab(tab) ? { tab } : undefined),
				showAccounts: () => poolPick.show(),
				showModels: () => panel.show({ tab: 'models' }),
				addAccount: () => signIns.add(),
				importAccount: () => accounts.import(),
				signInAgain: account => signIns.again(idOf(account)),
				pauseAccount: account => accounts.pause(idOf(account)),
				resumeAccount: account => accounts.resume(idOf(account)),
				useAccount: account => accounts.select(true, idOf(account)),
				doNotUseAccount: account => accounts.select(false, idOf(account)),
				renameAccount: account => accounts.rename(idOf(account)),
				choosePriority: account => accounts.choosePriority(idOf(account)),
				moveAccountUp: account => accounts.move('up', idOf(account)),
				moveAccountDown: account => accounts.move('down', idOf(account)),
				testAccount: account => accounts.test(idOf(account)),
				refreshUsage: account => accounts.refreshUsage(idOf(account)),
				redeemReset: account => accounts.redeemReset(idOf(account)),
				exportAccount: account => accounts.export(idOf(account)),
				removeAccount: account => accounts.remove(idOf(account)),
				moveSession: () => sessions.move(),
				forgetSession: () => sessions.forget(),
				explainLastRequest: () => routing.explainLastRequest(),
				chooseStrategy: () => routing.chooseStrategy(),
				manageKeys: () => keys.manage(),
				copyPoolKey: () => clients.copyKey(),
				copyBaseUrl: () => clients.copyBaseUrl(),
				configureCodex: () => codex.configure(),
				undoCodexConfiguration: () => codex.undo(),
				configureOpenCode: () => openCode.configure(),
				undoOpenCodeConfiguration: () => openCode.undo(),
				exportUsage: async () => exportUsage(await connect()),
				checkSetup: () => showSetup({ look: lookAtSetup, cover, report }),
				restart,
				showLog,
			},
			report,
		),
	);
	const terminalCommand = owned.add(
		new TerminalCommand({
			target: {
				node: process.execPath,
				program: join(context.extensionPath, 'dist', 'cli.cjs'),
				platform: process.platform,
				home: homedir(),
			},
			folder: join(context.globalStorageUri.fsPath, 'bin'),
			environment: context.environmentVariableCollection,
			port: () => settings.values.port,
		}),
	);
	settingNotices.update();
	show();
	host.start();

	const warn = (event: string) => (error: unknown) => log.warn(`${event} ${JSON.stringify({ cause: String(error) })}`);
	// Where it once lay, nothing is left when the extension is uninstalled.
	const formerJournal = new ChangeJournal(context.globalStorageUri.fsPath);
	for (const each of [codexConfiguration, openCodeConfiguration]) {
		each.adopt(formerJournal).catch(warn('journal not taken over'));
	}
	terminalCommand.offer().catch(warn('no command in terminals'));
}

/** Which account a command is about: rows of the Accounts view say it, the palette does not. */
function idOf(argument: unknown): string | undefined {
	return typeof argument === 'string' ? argument : undefined;
}

/** The port is free at once, so that another window can take over; then running streams get their last seconds. */
export async function deactivate(): Promise<void> {
	await close?.();
}
