import * as vscode from 'vscode';
import type { ChatModels } from './chatModels.js';
import { chatVendor, quotaToolName } from './chatNames.js';
import { DisposableStore, type Disposable } from './disposableStore.js';
import type { QuotaTool } from './quotaTool.js';

export interface ChatFaces {
	readonly models: ChatModels;
	readonly quotaTool: QuotaTool;
}

export function registerChat({ models, quotaTool }: ChatFaces, log: vscode.LogOutputChannel): Disposable {
	const owned = new DisposableStore();
	try {
		owned.add(vscode.lm.registerLanguageModelChatProvider(chatVendor, models));
		owned.add(vscode.lm.registerTool(quotaToolName, quotaTool));
	} catch (error) {
		// Some editors that are made from VS Code have another chat; everything else works there.
		log.info(`no chat to offer models to ${JSON.stringify({ cause: String(error) })}`);
	}
	return owned;
}
