import assert from 'node:assert/strict';
import { dragFiles } from './dragFiles.js';
import { drawn } from './panelHarness.js';
import { withPanel } from './withPanel.js';

describe('Files dropped onto the panel', function () {
	this.timeout(30_000);
	const panelInHand = withPanel();
	const { button, asked } = panelInHand;
	const page = () => panelInHand.page;
	const opened = () => panelInHand.opened;

	it('hands the text of dropped files to the editor, and says of each what came of it', async () => {
		opened().editor.dropOutcome = { imported: ['Work'], refused: [{ name: 'b.json', problem: 'It is signed out.' }] };

		await dragFiles(page(), 'dragover', ['{"a":1}']);
		await page().getByText('Drop auth.json files to import their accounts').waitFor();
		await dragFiles(page(), 'drop', ['{"a":1}', '{"b":2}', 'x'.repeat(1_048_577)]);
		await page().getByText('2 files were not imported').waitFor();

		assert.deepEqual(asked('account/drop'), [
			{
				files: [
					{ name: '0.json', text: '{"a":1}' },
					{ name: '1.json', text: '{"b":2}' },
				],
			},
		]);
		const said = await page().getByRole('status').filter({ hasText: 'In the pool: Work' }).innerText();
		assert.match(said, /2\.json It is too large[^]*b\.json It is signed out\./);
		assert.equal(await page().locator('.drop-target').count(), 0);
		await button('Dismiss').click();
		await drawn(page());
		assert.equal(await page().getByText('In the pool').count(), 0);
	});

	it('imports nothing of a drop that holds too much, or no file', async () => {
		await dragFiles(
			page(),
			'drop',
			Array.from({ length: 21 }, () => '{}'),
		);
		await page().getByText('At most 20 files can be dropped at once. Nothing was imported.').waitFor();
		await dragFiles(page(), 'dragover', []);
		await drawn(page());
		assert.equal(await page().locator('.drop-target').count(), 0);
		await dragFiles(page(), 'drop', [], 'file:///home/ada/auth.json');
		await page().getByText('Only files can be dropped here.').waitFor();

		assert.deepEqual(asked('account/drop'), []);
	});
});
