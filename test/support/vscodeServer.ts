import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import {
	installExtension,
	startCodeServer,
	uninstallExtension,
	type CodeServer,
	type CodeServerOptions,
} from '../../tools/vscode/codeServer.mjs';
import { addLanguagePack } from './languagePack.js';
import { VscodeWindow } from './vscodeWindow.js';

/** What `npm run package` leaves. */
export const packagedExtension = resolve('out/codex-account-pool.vsix');

export interface VscodeServerOptions {
	/** Whether the extension is there from the start, as it is when absent. */
	readonly isInstalled?: boolean;
	/** What VS Code is shown in; English when absent. */
	readonly language?: 'zh-cn';
	/** Of the user, who has quiet ones otherwise. */
	readonly userSettings?: Readonly<Record<string, unknown>>;
	/** Settings of machine scope. */
	readonly settings?: Readonly<Record<string, unknown>>;
	readonly env?: Readonly<Record<string, string>>;
}

/** A real VS Code with the packaged extension installed, as a user has it, and a browser to look at it. */
export class VscodeServer {
	/** Holds everything: settings, state, Codex's and the pool's folders. Removed at the end. */
	readonly folder: string;
	readonly #options: CodeServerOptions;
	readonly #browser: Browser;
	readonly #context: BrowserContext;
	#server: CodeServer;

	private constructor(
		folder: string,
		options: CodeServerOptions,
		server: CodeServer,
		browser: Browser,
		context: BrowserContext,
	) {
		this.folder = folder;
		this.#options = options;
		this.#server = server;
		this.#browser = browser;
		this.#context = context;
	}

	static async start(options: VscodeServerOptions = {}): Promise<VscodeServer> {
		const { isInstalled = true, language, userSettings = {}, settings = {}, env } = options;
		const folder = await mkdtemp(join(tmpdir(), 'codex-pool-e2e-'));
		const userDir = join(folder, 'user');
		const extensionsDir = join(folder, 'extensions');
		await mkdir(join(folder, 'workspace'));
		await mkdir(join(userDir, 'User'), { recursive: true });
		await writeFile(join(userDir, 'User', 'settings.json'), JSON.stringify(userSettings));
		if (isInstalled) await installExtension({ userDir, extensionsDir, vsix: packagedExtension });
		const flags = language === undefined ? [] : await addLanguagePack(userDir, language);
		const homes = {
			CODEX_HOME: join(folder, 'codex'),
			OPENCODE_CONFIG: join(folder, 'opencode.json'),
			CODEX_POOL_HOME: join(folder, 'pool-home'),
		};
		const serverOptions = { userDir, extensionsDir, machineSettings: settings, env: { ...homes, ...env }, flags };
		const server = await startCodeServer(serverOptions);
		const browser = await chromium.launch({
			executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
			args: ['--no-sandbox', '--disable-dev-shm-usage'],
		});
		const context = await browser.newContext({
			viewport: { width: 1400, height: 900 },
			colorScheme: 'dark',
			permissions: ['clipboard-read', 'clipboard-write'],
		});
		await openLoopbackDirectly(context);
		await keepWorkers(context);
		return new VscodeServer(folder, serverOptions, server, browser, context);
	}

	get codexHome(): string {
		return join(this.folder, 'codex');
	}

	get openCodeConfig(): string {
		return join(this.folder, 'opencode.json');
	}

	get poolHome(): string {
		return join(this.folder, 'pool-home');
	}

	/** Windows of one server share the profile of one user: secrets, settings and state. */
	async openWindow(): Promise<VscodeWindow> {
		const window = await this.openBareWindow();
		await window.isReady();
		return window;
	}

	/** One that may not have the extension. */
	async openBareWindow(): Promise<VscodeWindow> {
		const page = await this.#context.newPage();
		await page.goto(`${this.#server.url}/?folder=${encodeURIComponent(join(this.folder, 'workspace'))}`);
		await page.locator('.monaco-workbench').waitFor();
		return new VscodeWindow(page);
	}

	/** As a user does who starts VS Code again. */
	async uninstall(): Promise<void> {
		await this.#server.stop();
		await uninstallExtension({ ...this.#options, id: 'codex-account-pool.codex-account-pool' });
		this.#server = await startCodeServer(this.#options);
	}

	async close(): Promise<void> {
		await this.#browser.close();
		await this.#server.stop();
		await rm(this.folder, { recursive: true, force: true });
	}
}

/**
 * A webview that finds its service worker registered asks Chromium for an update of it, and shows nothing before the
 * answer, which Chromium sometimes never gives. The worker does not change while the server runs, so there is nothing
 * to ask. Panels stay empty far more rarely so, but not never: see `VscodeWindow.panelShows`.
 */
async function keepWorkers(context: BrowserContext): Promise<void> {
	await context.addInitScript(`{
		const registration = globalThis.ServiceWorkerRegistration?.prototype;
		if (registration) registration.update = async function () { return this; };
	}`);
}

/** code-server leads links to this machine through a proxy of its own; in a desktop VS Code they are what they are. */
async function openLoopbackDirectly(context: BrowserContext): Promise<void> {
	await context.route(/\/proxy\/\d+\//, route => {
		const [, port = '', path = ''] = /\/proxy\/(\d+)(\/.*)$/.exec(route.request().url()) ?? [];
		return route.fulfill({ status: 302, headers: { location: `http://127.0.0.1:${port}${path}` } });
	});
}
