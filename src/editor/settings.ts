import * as vscode from 'vscode';
import type { RuntimeOptions } from '../shared/runtimeMessages.js';
import { DisposableStore, type Disposable } from './disposableStore.js';
import { Listeners } from './listeners.js';
import { readNetworkOptions } from './networkOptions.js';
import { changedSettings, checkSettings, type SettingName, type SettingValues } from './settingValues.js';

/** The only reader of the editor's configuration. */
export class Settings implements Disposable {
	readonly #owned = new DisposableStore();
	readonly #changes = new Listeners<readonly SettingName[]>();
	#checked = checkSettings(readOwn);

	constructor() {
		this.#owned.add(
			vscode.workspace.onDidChangeConfiguration(change => {
				if (change.affectsConfiguration('codexPool')) this.#reread();
			}),
		);
	}

	get values(): SettingValues {
		return this.#checked.values;
	}

	/** One sentence for each refused value. */
	get problems(): readonly string[] {
		return this.#checked.problems;
	}

	/** Says which values changed, only when one did. */
	onChange(listener: (names: readonly SettingName[]) => void): Disposable {
		return this.#changes.add(listener);
	}

	/** The editor's own network settings at this moment. */
	readNetwork(): Promise<RuntimeOptions['network']> {
		const http = vscode.workspace.getConfiguration('http');
		return readNetworkOptions(name => http.get(name));
	}

	async change<N extends SettingName>(name: N, value: SettingValues[N]): Promise<void> {
		const target = vscode.ConfigurationTarget.Global;
		await vscode.workspace.getConfiguration('codexPool').update(name, value, target);
	}

	dispose(): void {
		this.#owned.dispose();
	}

	#reread(): void {
		const before = this.#checked;
		this.#checked = checkSettings(readOwn);
		const changed = changedSettings(before.values, this.#checked.values);
		const newProblem = this.#checked.problems.some(problem => !before.problems.includes(problem));
		if (changed.length > 0 || newProblem) this.#changes.notify(changed);
	}
}

function readOwn(name: SettingName): unknown {
	return vscode.workspace.getConfiguration('codexPool').get(name);
}
