import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { PoolError, type PoolErrorCode } from '../shared/poolError.js';
import { commandIds } from './commandIds.js';

interface Remedy {
	readonly label: string;
	readonly command: string;
}

const showLog: Remedy = { label: l10n.t('Show Log'), command: commandIds.showLog };

const remedies: Partial<Record<PoolErrorCode, Remedy>> = {
	runtime_not_running: { label: l10n.t('Restart Pool'), command: commandIds.restart },
};

/** Tells the user what failed, with the one action that helps. The details go to the log. */
export function reportFailure(error: unknown, log: vscode.LogOutputChannel): void {
	const failure = PoolError.from(error);
	const cause = failure.cause instanceof Error ? (failure.cause.stack ?? failure.cause.message) : '';
	log.error(`command failed ${JSON.stringify({ code: failure.code, cause })}`);
	const remedy = remedies[failure.code] ?? showLog;
	void vscode.window.showErrorMessage(failure.message, remedy.label).then(chosen => {
		if (chosen === remedy.label) void vscode.commands.executeCommand(remedy.command);
	});
}
