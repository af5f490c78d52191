/** Every command of the extension. A test holds this table and the manifest equal. */
export const commandIds = {
	openPanel: 'codexPool.openPanel',
	addAccount: 'codexPool.addAccount',
	importAccount: 'codexPool.importAccount',
	signInAgain: 'codexPool.signInAgain',
	pauseAccount: 'codexPool.pauseAccount',
	resumeAccount: 'codexPool.resumeAccount',
	renameAccount: 'codexPool.renameAccount',
	testAccount: 'codexPool.testAccount',
	exportAccount: 'codexPool.exportAccount',
	removeAccount: 'codexPool.removeAccount',
	moveSession: 'codexPool.moveSession',
	forgetSession: 'codexPool.forgetSession',
	explainLastRequest: 'codexPool.explainLastRequest',
	chooseStrategy: 'codexPool.chooseStrategy',
	copyPoolKey: 'codexPool.copyPoolKey',
	copyBaseUrl: 'codexPool.copyBaseUrl',
	configureCodex: 'codexPool.configureCodex',
	undoCodexConfiguration: 'codexPool.undoCodexConfiguration',
	configureOpenCode: 'codexPool.configureOpenCode',
	undoOpenCodeConfiguration: 'codexPool.undoOpenCodeConfiguration',
	restart: 'codexPool.restart',
	showLog: 'codexPool.showLog',
} as const satisfies Record<string, `codexPool.${string}`>;

export type CommandName = keyof typeof commandIds;
