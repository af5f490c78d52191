/// <reference types="node" />
import { build } from 'esbuild';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { usageQuerySchema, type UsageReport } from '../../src/shared/usageApi.js';
import type { ExplainedRequest } from '../../src/shared/requestApi.js';
import type { SessionView } from '../../src/shared/sessionApi.js';
import {
	panelParams,
	type DropOutcome,
	type PanelMessage,
	type PanelRequestMessage,
	type PanelState,
} from '../../src/shared/panelMessages.js';
import { panel, sampleNow, usageReport } from './samplePool.js';
import { explained, sampleSessions } from './sampleRouting.js';
import { themes, themeSheet, type ThemeName } from './themes.js';

const project = fileURLToPath(new URL('../../', import.meta.url));
const shots = `${project}out/shots/webview/`;
const nonce = 'harness';
/** What the editor sends with the real panel. */
const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'self'; font-src 'self'; img-src 'self'`;

/** Answers the panel as the editor would, and remembers what it was asked. */
export class FakeEditor {
	readonly asked: PanelRequestMessage[] = [];
	/** Names of requests that fail, with the sentence for the user. */
	readonly failing = new Map<string, string>();
	/** Names of requests that are not answered. */
	readonly silent = new Set<string>();
	state: PanelState = panel();
	hasUsage = true;
	sessions: readonly SessionView[] = sampleSessions;
	dropOutcome: DropOutcome = { imported: [], refused: [] };

	answer(message: PanelRequestMessage): PanelMessage | null {
		this.asked.push(message);
		const { id, name } = message;
		const failure = this.failing.get(name);
		if (failure !== undefined) return { kind: 'failure', id, message: failure };
		if (this.silent.has(name)) return null;
		const result = this.#result(message);
		return result === undefined ? { kind: 'reply', id } : { kind: 'reply', id, result };
	}

	#result({ name, params }: PanelRequestMessage): unknown {
		const results: Partial<Record<PanelRequestMessage['name'], () => unknown>> = {
			ready: () => this.state,
			'usage/read': () => this.#usage(params),
			'session/list': () => this.sessions,
			'account/drop': () => this.dropOutcome,
			'request/explain': () => this.#explain(params),
		};
		return results[name]?.();
	}

	#explain(params: unknown): ExplainedRequest | undefined {
		const { requestId } = panelParams['request/explain'].parse(params);
		const request = this.state.pool?.recentRequests.find(({ id }) => id === requestId);
		return request && explained(request, this.state.pool?.accounts ?? []);
	}

	#usage(params: unknown): UsageReport {
		const { since, by } = usageQuerySchema.parse(params);
		return this.hasUsage ? usageReport(since, by) : { since, by, rows: [] };
	}

	named(name: string): PanelRequestMessage[] {
		return this.asked.filter(message => message.name === name);
	}
}

export interface OpenPanel {
	readonly page: Page;
	readonly editor: FakeEditor;
	/** Sends a snapshot and waits until it is drawn. */
	push(state: PanelState): Promise<void>;
	/** As the editor does that wants to show one request. */
	showRequest(requestId: string): Promise<void>;
	/** Errors, warnings and everything the content policy refused. */
	faults(): Promise<string[]>;
}

interface PanelSetup {
	readonly theme?: ThemeName;
	readonly width?: number;
	readonly state?: PanelState;
	readonly emptyUsage?: boolean;
}

/** The built panel in a real browser, under the editor's content policy. */
export class PanelHarness {
	#server: Server | undefined;
	#browser: Browser | undefined;
	#base = '';

	async start(): Promise<void> {
		const [script, codicons, font] = await Promise.all([
			bundlePanel(),
			readFile(`${project}node_modules/@vscode/codicons/dist/codicon.css`),
			readFile(`${project}node_modules/@vscode/codicons/dist/codicon.ttf`),
			mkdir(shots, { recursive: true }),
		]);
		this.#server = createServer((request, response) => {
			const url = new URL(request.url ?? '/', 'http://harness');
			const theme = themeNames.find(name => name === url.searchParams.get('theme')) ?? 'dark';
			const files: Record<string, [type: string, body: string | Buffer]> = {
				'/': ['text/html', pageOf(theme)],
				'/main.js': ['text/javascript', script],
				'/theme.css': ['text/css', themeSheet(theme)],
				'/codicon.css': ['text/css', codicons],
				'/codicon.ttf': ['font/ttf', font],
			};
			const [type, body] = files[url.pathname] ?? ['text/plain', ''];
			response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(body);
		});
		const server = this.#server;
		await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		if (typeof address !== 'object' || address === null) throw new Error('The harness has no port');
		this.#base = `http://127.0.0.1:${address.port}`;
		this.#browser = await chromium.launch({
			executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
			args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking'],
		});
	}

	async close(): Promise<void> {
		await this.#browser?.close();
		this.#server?.close();
		this.#server?.closeAllConnections();
	}

	async open({ theme = 'dark', width = 1_100, state, emptyUsage = false }: PanelSetup = {}): Promise<OpenPanel> {
		if (!this.#browser) throw new Error('The harness is not started');
		const context = await this.#browser.newContext({
			viewport: { width, height: 900 },
			locale: 'en-GB',
			timezoneId: 'UTC',
			reducedMotion: 'reduce',
		});
		const page = await context.newPage();
		const faults: string[] = [];
		page.on('pageerror', error => faults.push(error.stack ?? error.message));
		page.on('console', message => {
			if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
		});
		const editor = new FakeEditor();
		if (state) editor.state = state;
		editor.hasUsage = !emptyUsage;
		await page.clock.setFixedTime(sampleNow);
		await page.exposeFunction('askEditor', (message: PanelRequestMessage) => editor.answer(message));
		await page.goto(`${this.#base}/?theme=${theme}`);
		await page.evaluate(() => document.fonts.ready.then(() => undefined));
		await drawn(page);
		return {
			page,
			editor,
			push: async next => {
				editor.state = next;
				await page.evaluate(payload => window.postMessage({ kind: 'event', name: 'state/changed', payload }), next);
				await drawn(page);
			},
			showRequest: async requestId => {
				await page.evaluate(payload => window.postMessage({ kind: 'event', name: 'request/show', payload }), {
					requestId,
				});
				await drawn(page);
			},
			faults: async () => [...faults, ...(await page.evaluate(() => window.policyViolations))],
		};
	}
}

const themeNames = Object.keys(themes) as ThemeName[]; // The record's keys are exactly the names.

declare global {
	interface Window {
		policyViolations: string[];
		unanswered: number;
	}
}

/** Text and not a function: what the test loader adds to functions does not exist in the page. */
const fakeEditorApi = `
window.policyViolations = [];
window.unanswered = 0;
document.addEventListener('securitypolicyviolation', event => {
	window.policyViolations.push(event.violatedDirective + ' at ' + event.sourceFile + ':' + event.lineNumber);
});
window.acquireVsCodeApi = () => ({
	postMessage(message) {
		window.unanswered++;
		window.askEditor(message).then(answer => {
			if (answer) window.postMessage(answer);
			window.unanswered--;
		});
	},
	getState: () => JSON.parse(sessionStorage.getItem('view') ?? 'null'),
	setState: state => sessionStorage.setItem('view', JSON.stringify(state)),
});
`;

/** Until every question is answered and the answers are on the screen: a task for the message, a frame for the drawing, one to lay out. */
export async function drawn(page: Page): Promise<void> {
	for (let round = 0; round < 2; round++) {
		await page.waitForFunction(() => window.unanswered === 0);
		await page.evaluate(async () => {
			for (let frame = 0; frame < 2; frame++) await new Promise(resolve => setTimeout(resolve));
			for (let frame = 0; frame < 3; frame++) await new Promise(resolve => requestAnimationFrame(resolve));
		});
	}
}

export async function shoot(page: Page, name: string): Promise<void> {
	await page.screenshot({ path: `${shots}${name}.png`, fullPage: true });
}

async function bundlePanel(): Promise<string> {
	const { outputFiles } = await build({
		entryPoints: [`${project}webview/main.ts`],
		bundle: true,
		write: false,
		format: 'esm',
		platform: 'browser',
		target: 'chrome138',
		minify: true,
		loader: { '.css': 'text' },
		logLevel: 'error',
	});
	return outputFiles[0]?.text ?? '';
}

function pageOf(theme: ThemeName): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Codex Pool</title>
<link rel="stylesheet" href="/theme.css?theme=${theme}">
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="/codicon.css" nonce="${nonce}">
<script nonce="${nonce}">${fakeEditorApi}</script>
<script type="module" src="/main.js" nonce="${nonce}"></script>
</head>
<body class="${themes[theme].bodyClass}"></body>
</html>`;
}
