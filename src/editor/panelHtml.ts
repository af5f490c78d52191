export interface PanelAssets {
	readonly nonce: string;
	/** What the editor calls its own webview resources. */
	readonly cspSource: string;
	readonly script: string;
	/** Icons; the elements look for this stylesheet by its id. */
	readonly codicons: string;
	/** Of the texts, BCP 47. */
	readonly language: string;
	/** Translations by their English text. */
	readonly texts: Readonly<Record<string, unknown>>;
}

/** The panel's document. The policy allows our script and the editor's own resources, and nothing else. */
export function panelHtml({ nonce, cspSource, script, codicons, language, texts }: PanelAssets): string {
	const policy = [
		`default-src 'none'`,
		`script-src 'nonce-${nonce}'`,
		`style-src ${cspSource}`,
		`font-src ${cspSource}`,
		`img-src ${cspSource}`,
	].join('; ');
	return `<!DOCTYPE html>
<html lang="${language}">
	<head>
		<meta charset="utf-8" />
		<meta http-equiv="Content-Security-Policy" content="${policy}" />
		<meta name="viewport" content="width=device-width, initial-scale=1" />
		<title>Account Pool for Codex</title>
		<link rel="stylesheet" id="vscode-codicon-stylesheet" href="${codicons}" nonce="${nonce}" />
	</head>
	<body>
		<script type="application/json" id="texts">${embedded(texts)}</script>
		<script type="module" nonce="${nonce}" src="${script}"></script>
	</body>
</html>
`;
}

/** JSON that cannot end the element it stands in. */
function embedded(value: unknown): string {
	return JSON.stringify(value).replaceAll('<', '\\u003c');
}
