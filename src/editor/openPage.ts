import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';

const copyLink = l10n.t('Copy Link');

/** Opens a page in the user's browser, or hands out its link. */
export async function openPage(url: string): Promise<void> {
	// The editor takes text too, and then opens exactly that. A Uri is escaped anew, which changes what the provider gets:
	// https://github.com/microsoft/vscode/issues/85930
	const opened = await vscode.env.openExternal(url as unknown as vscode.Uri).then(
		done => done,
		() => false,
	);
	if (!opened) offerLink(url);
}

function offerLink(url: string): void {
	const message = l10n.t('The browser could not be opened. Open the sign-in link yourself.');
	void vscode.window.showWarningMessage(message, copyLink).then(chosen => {
		if (chosen === copyLink) void vscode.env.clipboard.writeText(url);
	});
}
