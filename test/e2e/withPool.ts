import type { PoolClient } from '../../src/client/poolClient.js';
import type { VscodeServerOptions } from '../support/vscodeServer.js';
import type { VscodeWindow } from '../support/vscodeWindow.js';
import { PoolInVscode, type Person } from './poolInVscode.js';

export interface OpenPool {
	readonly pool: PoolInVscode;
	readonly client: PoolClient;
	readonly window: VscodeWindow;
}

export interface PoolSetup {
	/** Known to the provider, not yet to the pool. */
	readonly accounts: readonly Person[];
	readonly language?: VscodeServerOptions['language'];
	readonly userSettings?: NonNullable<VscodeServerOptions['userSettings']>;
	/** What the status bar says while the pool has no account. */
	readonly welcome?: string;
}

/** Enough for most suites. */
export const adaAndGrace: readonly Person[] = [
	{ email: 'ada@example.com', plan: 'plus' },
	{ email: 'grace@example.com', plan: 'pro' },
];

/** Opens a pool without accounts in a window for the tests of a suite, and pictures the ones that fail. */
export function withPool(setup: PoolSetup, opened: (open: OpenPool) => Promise<void> | void): void {
	const { accounts, language, userSettings = {}, welcome = 'Add account' } = setup;
	let open: OpenPool | undefined;

	before(async () => {
		const pool = await PoolInVscode.start(accounts, { userSettings, ...(language && { language }) });
		const window = await pool.vscode.openWindow();
		await window.statusItem.filter({ hasText: welcome }).waitFor();
		open = { pool, window, client: await pool.connect() };
		await opened(open);
	});

	after(async () => {
		open?.client.dispose();
		await open?.pool.close();
	});

	afterEach(async function () {
		if (this.currentTest?.state !== 'failed') return;
		await open?.window.picture(`failed-${this.currentTest.title.slice(0, 40)}`);
	});
}
