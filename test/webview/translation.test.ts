import assert from 'node:assert/strict';
import { panelTabs } from '../../src/shared/panelTabs.js';
import { inFullWidth, readBundle } from '../support/shownTexts.js';
import { assertAccessible, assertFits } from './assertLooks.js';
import type { FakeEditor } from './fakeEditor.js';
import { dragFiles } from './dragFiles.js';
import { drawn, PanelHarness, shoot, type OpenPanel } from './panelHarness.js';
import { needyAccounts, panelStates } from './panelStates.js';
import { movedRequest, panel, pool } from './samplePool.js';
import { doEverything, saidTexts, type SaidText } from './saidTexts.js';
import { addData, untranslated } from './untranslated.js';

describe('The panel in a language of full width', function () {
	this.timeout(120_000);

	// Dates of this language have no Latin letters.
	const harness = new PanelHarness({ language: 'zh-CN', texts: inFullWidth(readBundle()) });
	let data: Set<string>;
	let said: SaidText[];

	before(() => harness.start());
	after(() => harness.close());
	beforeEach(() => {
		data = new Set();
		said = [];
	});

	for (const tab of panelTabs) {
		it(`says nothing in English, whatever is pressed at its ${tab}`, async () => {
			const state = panel({ pool: pool({ accounts: [...needyAccounts] }) });
			const opened = await harness.open({ tab, state, prepare: remember });
			await listen(opened);

			const done = await doEverything(opened.page, () => listen(opened));

			assert.ok(done.size > 5, `only ${[...done].join()} could be pressed`);
			await isTranslated(opened);
		});
	}

	for (const [name, state] of Object.entries(panelStates)) {
		it(`says nothing in English when it is "${name}"`, async () => {
			const opened = await harness.open({ state, emptyUsage: name === 'unused', prepare: remember });
			await listen(opened);
			for (const tab of state.pool ? panelTabs : []) {
				await opened.goTo(tab);
				await listen(opened);
			}
			await isTranslated(opened);
		});
	}

	it('says nothing in English of a bar of the chart, and of files that are dropped', async () => {
		const opened = await harness.open({ prepare: remember });
		opened.editor.dropOutcome = { imported: ['Work'], refused: [{ name: 'a.json', problem: '2456' }] };
		data.add('1.json');
		await opened.page.locator('pool-usage-chart .u-over').hover();
		await listen(opened);

		for (const step of ['dragover', 'drop'] as const) {
			await dragFiles(opened.page, step, ['{}', 'x'.repeat(1_048_577)]);
			await listen(opened);
		}

		await isTranslated(opened);
	});

	for (const failure of ['silent', 'failing'] as const) {
		it(`says nothing in English while the editor is ${failure}`, async () => {
			const opened = await harness.open({ prepare: remember });
			for (const name of ['session/list', 'request/list', 'request/explain', 'model/list', 'key/list', 'usage/read']) {
				if (failure === 'silent') opened.editor.silent.add(name);
				else opened.editor.failing.set(name, '2456');
			}
			for (const tab of panelTabs) {
				await opened.goTo(tab);
				await listen(opened);
			}
			await opened.showRequest(movedRequest.id);
			await listen(opened);
			await isTranslated(opened);
		});
	}

	function remember(editor: FakeEditor): void {
		const answer = editor.answer.bind(editor);
		editor.answer = message => {
			const answered = answer(message);
			addData(answered, data);
			return answered;
		};
	}

	async function listen({ page }: OpenPanel): Promise<void> {
		await drawn(page);
		said.push(...(await saidTexts(page)));
	}

	async function isTranslated(opened: OpenPanel): Promise<void> {
		assert.deepEqual(untranslated(said, data), []);
		assert.deepEqual(await opened.faults(), []);
		await opened.page.context().close();
	}
});

describe('The panel in Chinese', function () {
	this.timeout(60_000);

	const harness = new PanelHarness({ language: 'zh-CN', texts: readBundle('zh-cn') });

	before(() => harness.start());
	after(() => harness.close());

	for (const tab of panelTabs) {
		it(`has room for its ${tab} at every width`, async () => {
			await assertRoom(await harness.open({ tab }), tab);
		});
	}

	it('has room for the details of a request at every width', async () => {
		const opened = await harness.open();
		await opened.showRequest(movedRequest.id);

		await assertRoom(opened, 'details');
	});

	async function assertRoom(opened: OpenPanel, name: string): Promise<void> {
		for (const width of [1_100, 300]) {
			await opened.page.setViewportSize({ width, height: 900 });
			await drawn(opened.page);
			await shoot(opened.page, `zh-cn-${name}-${width}`);
			await assertFits(opened, width);
		}
		await assertAccessible(opened);
		assert.deepEqual(await opened.faults(), []);
		await opened.page.context().close();
	}
});
