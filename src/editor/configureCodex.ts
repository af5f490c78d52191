import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import { commandIds } from './commandIds.js';
import type { CodexConfiguration, PreparedChange } from './codexConfiguration.js';
import { DisposableStore, type Disposable } from './disposableStore.js';

const previewScheme = 'codex-pool-preview';
const undo = 'Undo';

/** Shows the exact change to Codex's configuration, asks, writes, and takes it back. */
export class ConfigureCodex implements Disposable {
	readonly #owned = new DisposableStore();
	readonly #configuration: CodexConfiguration;
	readonly #connect: () => Promise<PoolClient>;
	readonly #previews = new Map<string, string>();
	#previewNumber = 0;

	constructor(configuration: CodexConfiguration, connect: () => Promise<PoolClient>) {
		this.#configuration = configuration;
		this.#connect = connect;
		this.#owned.add(
			vscode.workspace.registerTextDocumentContentProvider(previewScheme, {
				provideTextDocumentContent: uri => this.#previews.get(uri.path) ?? '',
			}),
		);
	}

	async configure(): Promise<void> {
		const client = await this.#connect();
		const { key } = await client.revealDefaultKey();
		const change = await this.#configuration.prepare({ port: client.port, key });
		if (change.before === change.after) {
			void vscode.window.showInformationMessage('Codex already uses the pool.');
			return;
		}
		if (!(await this.#confirm(change))) return;
		await change.apply();
		const profile = change.overridingProfile;
		const message =
			profile === null
				? 'Codex uses the pool from its next start on. Reload windows in which Codex is open.'
				: `Written, but the profile "${profile}" chooses its own provider: Codex uses the pool only without that profile.`;
		void vscode.window.showInformationMessage(message, undo).then(chosen => {
			if (chosen === undo) void vscode.commands.executeCommand(commandIds.undoCodexConfiguration);
		});
	}

	async undo(): Promise<void> {
		const wasOurs = await this.#configuration.undo();
		const message = wasOurs ? 'Codex no longer uses the pool.' : 'Codex was not using the pool; nothing was changed.';
		void vscode.window.showInformationMessage(message);
	}

	dispose(): void {
		this.#owned.dispose();
	}

	async #confirm(change: PreparedChange): Promise<boolean> {
		const [before, after] = this.#preview(change);
		await vscode.commands.executeCommand('vscode.diff', before, after, 'Codex configuration: the change', {
			preview: true,
		});
		const apply = { label: '$(check) Apply', description: this.#configuration.path };
		const cancel = { label: '$(close) Cancel', description: 'Change nothing' };
		const placeHolder = 'Write this change? The key is hidden in the preview.';
		const options = { title: 'Configure Codex', placeHolder, ignoreFocusOut: true };
		const chosen = await vscode.window.showQuickPick([apply, cancel], options);
		await closePreview(after);
		this.#previews.clear();
		return chosen === apply;
	}

	/** Each preview has addresses of its own: the editor keeps documents by address. */
	#preview(change: PreparedChange): [vscode.Uri, vscode.Uri] {
		const folder = `/${++this.#previewNumber}`;
		const show = (name: string, text: string): vscode.Uri => {
			const path = `${folder}/${name}/config.toml`;
			this.#previews.set(path, hideKeys(text));
			return vscode.Uri.from({ scheme: previewScheme, path });
		};
		return [show('before', change.before), show('after', change.after)];
	}
}

function hideKeys(text: string): string {
	return text.replace(/cpk_[\w-]+/g, 'cpk_••••••••');
}

async function closePreview(after: vscode.Uri): Promise<void> {
	const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs);
	const preview = tabs.find(
		({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === after.toString(),
	);
	if (preview !== undefined) await vscode.window.tabGroups.close(preview);
}
