import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Settings } from './settings.js';

/** Tells the user of settings that were refused, and of what a change of settings asks for. */
export class SettingNotices {
	readonly #settings: Settings;
	#told = new Set<string>();

	constructor(settings: Settings) {
		this.#settings = settings;
	}

	/** Each refused value is told once; a value that was mended and broken again is told again. */
	update(): void {
		const problems = new Set(this.#settings.problems);
		for (const problem of problems) {
			if (this.#told.has(problem)) continue;
			offer(problem, l10n.t('Open Settings'), ['workbench.action.openSettings', 'codexPool']);
		}
		this.#told = problems;
	}
}

function offer(message: string, label: string, [command, ...parameters]: readonly [string, ...string[]]): void {
	void vscode.window.showWarningMessage(message, label).then(chosen => {
		if (chosen === label) void vscode.commands.executeCommand(command, ...parameters);
	});
}
