export interface PanelAssets {
	readonly nonce: string;
	/** What the editor calls its own webview resources. */
	readonly cspSource: string;
	readonly script: string;
	/** Icons; the elements look for this stylesheet by its id. */
	readonly codicons: string;
}

/** The panel's document. The policy allows our script and the editor's own resources, and nothing else. */
export function panelHtml({ nonce, cspSource, script, codicons }: PanelAssets): string {
	const policy = [
		`default-src 'none'`,
		`script-src 'nonce-${nonce}'`,
		`style-src ${cspSource}`,
		`font-src ${cspSource}`,
		`img-src ${cspSource}`,
	].join('; ');
	return `<!DOCTYPE html>
<html lang="en">
	<head>
		<meta charset="utf-8" />
		<meta http-equiv="Content-Security-Policy" content="${policy}" />
		<meta name="viewport" content="width=device-width, initial-scale=1" />
		<title>Account Pool for Codex</title>
		<link rel="stylesheet" id="vscode-codicon-stylesheet" href="${codicons}" nonce="${nonce}" />
	</head>
	<body>
		<script type="module" nonce="${nonce}" src="${script}"></script>
	</body>
</html>
`;
}
