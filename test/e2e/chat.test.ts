import assert from 'node:assert/strict';
import type { PoolClient } from '../../src/client/poolClient.js';
import { eventually } from '../support/eventually.js';
import { isTurn } from '../support/turns.js';
import type { VscodeWindow } from '../support/vscodeWindow.js';
import type { PoolInVscode } from './poolInVscode.js';
import { adaAndGrace, withPool } from './withPool.js';

const brief = { timeout: 5_000 };

/** Who asks in VS Code's own chat, and has no other models there: nobody is signed in to anything. */
describe('the pool in the chat', function () {
	this.timeout(120_000);
	this.bail(true);

	let pool: PoolInVscode;
	let client: PoolClient;
	let window: VscodeWindow;

	withPool(
		{
			accounts: adaAndGrace,
			userSettings: { 'chat.disableAIFeatures': false },
		},
		open => void ({ pool, client, window } = open),
	);

	it('has its models listed by VS Code, with their windows', async () => {
		await client.importAccounts(pool.upstream.accounts.map(account => JSON.stringify(account.authFile())));

		await window.runCommand('Chat: Manage Language Models');

		const row = window.page.locator('.monaco-list-row', { hasText: 'GPT-5.5' });
		await row.filter({ hasText: '272K' }).first().waitFor();
		await window.picture('8-chat-models');
		await window.page.keyboard.press('Escape');
	});

	it('answers the agent, turn after turn, on one account', async () => {
		await window.runCommand('Chat: Open Chat');
		// VS Code's own chat has seen our models; before that it would have the user sign in for others.
		await window.page.getByText('Set BYOK utility models', { exact: true }).waitFor({ timeout: 60_000 });

		await say('hello pool');
		await say('and again');

		const turns = pool.upstream.requests.filter(isTurn);
		assert.deepEqual(
			turns.map(({ account }) => account?.email),
			Array.from(turns, () => turns[0]?.account?.email),
		);
		assert.deepEqual(pool.upstream.violations, []);
		await window.picture('8-chat');
	});

	/** Resolves when the answer is there. */
	async function say(words: string): Promise<void> {
		await window.insist(`"${words}" is said`, async () => {
			const input = window.page.locator('.interactive-input-part .monaco-editor').first();
			await input.click(brief);
			await window.page.keyboard.type(words);
			await window.page.keyboard.press('Enter');
			await window.page.locator('.interactive-request', { hasText: words }).first().waitFor(brief);
		});
		await eventually(`"${words}" is answered`, async () => {
			const { requests } = await client.listRequests({ client: 'vscode-chat', outcome: 'succeeded' });
			const asked = pool.upstream.requests.filter(isTurn).some(({ bytes }) => bytes.includes(words));
			return asked && requests.length > 0 ? true : undefined;
		});
		await window.page.locator('.interactive-response', { hasText: 'Echo:' }).last().waitFor();
	}
});
