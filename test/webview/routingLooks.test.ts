import assert from 'node:assert/strict';
import { assertAccessible, assertFits } from './assertLooks.js';
import { dragFiles } from './dragFiles.js';
import { drawn, PanelHarness, shoot } from './panelHarness.js';
import { failedRequest, movedRequest, panel, pool, request } from './samplePool.js';
import { spentUnusually, twentyAccounts } from './sampleRouting.js';
import type { ThemeName } from './themes.js';

/** Routing, explanations, sessions and drops once in every look, under the content policy and the accessibility rules. */

const harness = new PanelHarness();
const themeNames: readonly ThemeName[] = ['light', 'dark', 'hc', 'hcLight'];
const widths = [1_100, 300];
const singleAccount = pool({
	accounts: [...spentUnusually],
	routing: { strategy: 'single_account', singleAccountId: 'ada.home', inFlightLimit: 8, holdMinutes: 30 },
});

describe('The looks of routing', function () {
	this.timeout(60_000);
	before(() => harness.start());
	after(() => harness.close());

	for (const theme of themeNames) {
		it(`are readable and within policy in the ${theme} theme`, async () => {
			const opened = await harness.open({ theme, tab: 'accounts', state: panel({ pool: singleAccount }) });
			const { page } = opened;
			await page.getByRole('button', { name: 'Routing: Single account' }).click();
			await page.getByRole('button', { name: 'More actions for Work' }).click();
			await page.getByRole('menuitem', { name: 'Priority and Reserve…' }).click();

			for (const width of widths) {
				await page.setViewportSize({ width, height: 900 });
				await drawn(page);
				await shoot(page, `routing-${theme}-${width}`);
				await assertFits(opened, width);
				await assertAccessible(opened);
			}

			assert.deepEqual(await opened.faults(), []);
			await page.context().close();
		});

		it(`show where to let files go, and what came of it, in the ${theme} theme`, async () => {
			const opened = await harness.open({ theme });
			const { page, editor } = opened;
			editor.dropOutcome = {
				imported: ['Work', 'grace@example.com'],
				refused: [{ name: 'notes.json', problem: 'This is not a Codex auth.json file: it holds no account.' }],
			};
			for (const width of widths) {
				await page.setViewportSize({ width, height: 700 });
				await dragFiles(page, 'dragover', ['{}']);
				await drawn(page);
				await assertFits(opened, width);
				await page.screenshot({ path: `out/shots/webview/drop-${theme}-${width}.png` });
				await dragFiles(page, 'drop', ['{}']);
				await page.getByText('1 file was not imported').waitFor();
				await drawn(page);
				await page.screenshot({ path: `out/shots/webview/dropped-${theme}-${width}.png` });
				await assertFits(opened, width);
			}
			await assertAccessible(opened);
			await dragFiles(page, 'dragover', ['{}']);
			await drawn(page);
			await assertAccessible(opened);
			assert.deepEqual(await opened.faults(), []);
			await page.context().close();
		});
	}

	it('let the menu of a session hang over what follows', async () => {
		const opened = await harness.open({ width: 300, tab: 'sessions' });
		const { page } = opened;
		await page
			.getByRole('button', { name: /^More actions for session/ })
			.last()
			.click();
		await drawn(page);
		await shoot(page, 'session-menu-dark-300');
		await assertFits(opened, 300);
		await assertAccessible(opened);
		await page.context().close();
	});

	it('hold the explanation of a choice among twenty accounts', async () => {
		const moved = request(0, { id: 'many' });
		const state = panel({
			pool: pool({ accounts: [...twentyAccounts], recentRequests: [moved, failedRequest] }),
		});
		const opened = await harness.open({ state });
		const { page } = opened;

		for (const { id } of [moved, failedRequest]) {
			await opened.showRequest(id);
			for (const width of [1_100, 600, 300]) {
				await page.setViewportSize({ width, height: 900 });
				await drawn(page);
				await shoot(page, `twenty-${id}-dark-${width}`);
				await assertFits(opened, width);
			}
			await assertAccessible(opened);
		}

		await page.context().close();
	});

	for (const kind of ['loading', 'failed', 'empty'] as const) {
		it(`have a designed state for what is ${kind}`, async () => {
			const nothing = panel({ pool: pool({ recentRequests: [] }) });
			const opened = await harness.open(kind === 'empty' ? { state: nothing } : {});
			const { page, editor } = opened;
			for (const name of ['session/list', 'request/list', 'request/explain', 'model/list', 'key/list']) {
				if (kind === 'loading') editor.silent.add(name);
				if (kind === 'failed') editor.failing.set(name, 'The pool on port 2456 does not answer. It may be suspended.');
			}
			if (kind === 'empty') Object.assign(editor, { sessions: [], models: [] });

			for (const tab of ['requests', 'sessions', 'models'] as const) {
				await opened.goTo(tab);
				// What the newest snapshot has of the log is shown at once: a filter shows what the log itself says.
				if (tab === 'requests') await page.getByLabel('Outcome').selectOption('Failed');
				for (const width of widths) {
					await page.setViewportSize({ width, height: 900 });
					await drawn(page);
					await shoot(page, `${kind}-${tab}-dark-${width}`);
					await assertFits(opened, width);
				}
				await assertAccessible(opened);
			}
			if (kind !== 'empty') {
				await opened.showRequest(movedRequest.id);
				await drawn(page);
				await shoot(page, `${kind}-details-dark-300`);
				await assertFits(opened, 300);
				await assertAccessible(opened);
			}

			assert.deepEqual(await opened.faults(), []);
			await page.context().close();
		});
	}
});
