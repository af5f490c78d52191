import * as vscode from 'vscode';
import { AccountCommands } from './editor/accountCommands.js';
import { ChangePreview } from './editor/changePreview.js';
import { ClientCommands } from './editor/clientCommands.js';
import { ClientConfiguration } from './editor/clientConfiguration.js';
import { codexClient } from './editor/codexClient.js';
import { CodexWatch } from './editor/codexWatch.js';
import { commandIds } from './editor/commandIds.js';
import { registerCommands } from './editor/commands.js';
import { ConfigureClient } from './editor/configureClient.js';
import { DisposableStore } from './editor/disposableStore.js';
import { reportFailure } from './editor/failureReport.js';
import { HostNotices } from './editor/hostNotices.js';
import { panelStateOf } from './editor/hostStatus.js';
import { openCodeClient } from './editor/openCodeClient.js';
import { Panel } from './editor/panel.js';
import { panelHandlers } from './editor/panelHandlers.js';
import { createPoolHost } from './editor/poolHost.js';
import { RoutingCommands } from './editor/routingCommands.js';
import { SessionCommands } from './editor/sessionCommands.js';
import { SettingNotices } from './editor/settingNotices.js';
import { Settings } from './editor/settings.js';
import { SignInCommands } from './editor/signInCommands.js';
import { SignInNotices } from './editor/signInNotices.js';
import { StatusBar } from './editor/statusBar.js';

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
	const preview = owned.add(new ChangePreview());
	const storage = context.globalStorageUri.fsPath;
	const codexConfiguration = new ClientConfiguration(codexClient(), storage);
	const codex = new ConfigureClient({
		configuration: codexConfiguration,
		connect,
		preview,
		// A watcher hears late, or not at all where the folder is new.
		onWritten: () => void codexWatch.look(),
		commands: { configure: commandIds.configureCodex, undo: commandIds.undoCodexConfiguration },
	});
	const openCode = new ConfigureClient({
		configuration: new ClientConfiguration(openCodeClient(), storage),
		connect,
		preview,
		commands: { configure: commandIds.configureOpenCode, undo: commandIds.undoOpenCodeConfiguration },
	});
	const codexWatch = owned.add(
		new CodexWatch(
			codexConfiguration,
			() => settings.values.port,
			() => show(),
		),
	);
	const readState = () => panelStateOf(host.status, codexWatch.configured);
	const showLog = () => log.show();
	const restart = () => host.restart();

	const panel = owned.add(
		new Panel(
			context.extensionUri,
			panelHandlers({ connect, readState, signIns, accounts, sessions, clients, codex, showLog, restart }),
		),
	);
	const routing = new RoutingCommands(connect, requestId => panel.show(requestId));
	const statusBar = owned.add(new StatusBar(readState));
	const show = (): void => {
		statusBar.update();
		panel.update(readState());
	};

	const notices = new HostNotices(settings);
	owned.add(host.onChange(status => notices.update(status)));
	const signInNotices = new SignInNotices(accountId => {
		signIns.again(accountId).catch((error: unknown) => reportFailure(error, log));
	});
	owned.add(host.onChange(status => signInNotices.update(status)));
	owned.add(host.onChange(show));

	const settingNotices = new SettingNotices(settings);
	owned.add(
		settings.onChange(names => {
			settingNotices.update();
			if (names.length > 0) host.restart();
			if (!names.includes('port')) return;
			void codexWatch.look();
			for (const client of [codex, openCode]) void client.offerPort(settings.values.port);
		}),
	);

	owned.add(
		registerCommands(
			{
				openPanel: () => panel.show(),
				addAccount: () => signIns.add(),
				importAccount: () => accounts.import(),
				signInAgain: () => signIns.again(),
				pauseAccount: () => accounts.pause(),
				resumeAccount: () => accounts.resume(),
				renameAccount: () => accounts.rename(),
				testAccount: () => accounts.test(),
				exportAccount: () => accounts.export(),
				removeAccount: () => accounts.remove(),
				moveSession: () => sessions.move(),
				forgetSession: () => sessions.forget(),
				explainLastRequest: () => routing.explainLastRequest(),
				chooseStrategy: () => routing.chooseStrategy(),
				copyPoolKey: () => clients.copyKey(),
				copyBaseUrl: () => clients.copyBaseUrl(),
				configureCodex: () => codex.configure(),
				undoCodexConfiguration: () => codex.undo(),
				configureOpenCode: () => openCode.configure(),
				undoOpenCodeConfiguration: () => openCode.undo(),
				restart,
				showLog,
			},
			error => reportFailure(error, log),
		),
	);
	settingNotices.update();
	host.start();
}

/** The port is free at once, so that another window can take over; then running streams get their last seconds. */
export async function deactivate(): Promise<void> {
	await close?.();
}
