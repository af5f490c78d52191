/** The view in the activity bar, as the manifest and the editor call it. */
export const accountsView = {
	id: 'codexPool.accounts',
	/** The editor itself makes this command. */
	focusCommand: 'codexPool.accounts.focus',
	/** The editor's own name for what is dragged within the view. */
	dragType: 'application/vnd.code.tree.codexpool.accounts',
} as const;
