/// <reference types="node" />
import { build } from 'esbuild';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { panelHtml } from '../../src/editor/panelHtml.js';
import type { PanelTab } from '../../src/shared/panelTabs.js';
import type { PanelRequestMessage, PanelState } from '../../src/shared/panelMessages.js';
import { FakeEditor } from './fakeEditor.js';
import { sampleNow } from './samplePool.js';
import { themes, themeSheet, type ThemeName } from './themes.js';

const project = fileURLToPath(new URL('../../', import.meta.url));
const shots = `${project}out/shots/webview/`;
const nonce = 'harness';

export interface OpenPanel {
	readonly page: Page;
	readonly editor: FakeEditor;
	/** Sends a snapshot and waits until it is drawn. */
	push(state: PanelState): Promise<void>;
	/** As a user goes to one. */
	goTo(tab: PanelTab): Promise<void>;
	/** As the editor does that wants to show one. */
	showTab(tab: PanelTab): Promise<void>;
	/** As the editor does that wants to show one request. */
	showRequest(requestId: string): Promise<void>;
	/** Of the page since it was opened, where that is measured: a busy machine does not stretch it. */
	processorMs(): Promise<number>;
	/** Errors, warnings and everything the content policy refused. */
	faults(): Promise<string[]>;
}

export interface PanelSetup {
	readonly theme?: ThemeName;
	readonly width?: number;
	readonly state?: PanelState;
	readonly emptyUsage?: boolean;
	/** The tab that was open when the panel was seen last. */
	readonly tab?: PanelTab;
	/** Whether the time that it takes is looked at. */
	readonly isMeasured?: boolean;
	readonly prepare?: (editor: FakeEditor) => void;
}

/** What VS Code is shown in. */
export interface PanelLanguage {
	/** BCP 47; dates and numbers follow it too. */
	readonly language: string;
	readonly texts: Readonly<Record<string, string>>;
}

/** The built panel in a real browser, as the page that the editor gives it, under that page's content policy. */
export class PanelHarness {
	readonly #language: PanelLanguage;
	#server: Server | undefined;
	#browser: Browser | undefined;
	#base = '';

	constructor(language: PanelLanguage = { language: 'en-GB', texts: {} }) {
		this.#language = language;
	}

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
				'/': ['text/html', pageOf(theme, this.#language)],
				'/main.js': ['text/javascript', script],
				'/theme.css': ['text/css', themeSheet(theme)],
				'/codicon.css': ['text/css', codicons],
				'/codicon.ttf': ['font/ttf', font],
			};
			const [type, body] = files[url.pathname] ?? ['text/plain', ''];
			response.writeHead(200, { 'content-type': type }).end(body);
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

	async open({
		theme = 'dark',
		width = 1_100,
		state,
		emptyUsage = false,
		tab,
		isMeasured = false,
		prepare,
	}: PanelSetup = {}): Promise<OpenPanel> {
		if (!this.#browser) throw new Error('The harness is not started');
		const context = await this.#browser.newContext({
			viewport: { width, height: 900 },
			locale: this.#language.language,
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
		prepare?.(editor);
		const saved = tab === undefined ? {} : { tab };
		await page.addInitScript(view => {
			if (sessionStorage.getItem('view') === null) sessionStorage.setItem('view', JSON.stringify(view));
		}, saved);
		const processor = isMeasured ? await measureProcessor(page) : null;
		// A fixed clock stands still for measurements too.
		if (!isMeasured) await page.clock.setFixedTime(sampleNow);
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
			goTo: async next => {
				await page.locator(`#tab-${next}`).click();
				await drawn(page);
			},
			showTab: async next => {
				await page.evaluate(payload => window.postMessage({ kind: 'event', name: 'tab/show', payload }), { tab: next });
				await drawn(page);
			},
			showRequest: async requestId => {
				await page.evaluate(payload => window.postMessage({ kind: 'event', name: 'request/show', payload }), {
					requestId,
				});
				await drawn(page);
			},
			processorMs: () => processor?.() ?? Promise.reject(new Error('This panel is not measured')),
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

/** Starts to measure how much of a processor the page's main thread takes. */
async function measureProcessor(page: Page): Promise<() => Promise<number>> {
	const session = await page.context().newCDPSession(page);
	await session.send('Performance.enable', { timeDomain: 'threadTicks' });
	return async () => {
		const { metrics } = await session.send('Performance.getMetrics');
		return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000;
	};
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

/** The page that the editor makes, with the editor around it: its colours and its one function. */
function pageOf(theme: ThemeName, language: PanelLanguage): string {
	const page = panelHtml({ nonce, cspSource: `'self'`, script: '/main.js', codicons: '/codicon.css', ...language });
	return page
		.replace('</title>', `$&<link rel="stylesheet" href="/theme.css?theme=${theme}" />`)
		.replace('<body>', `<body class="${themes[theme].bodyClass}"><script nonce="${nonce}">${fakeEditorApi}</script>`);
}
