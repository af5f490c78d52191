import assert from 'node:assert/strict';
import { drawn } from './panelHarness.js';
import { panel } from './samplePool.js';
import { withPanel } from './withPanel.js';

describe('Connecting clients in the panel', function () {
	this.timeout(30_000);
	const inHand = withPanel({ tab: 'connect' });
	const { button, asked } = inHand;
	const page = () => inHand.page;
	const opened = () => inHand.opened;

	it('says what was copied, and what failed until it is dismissed', async () => {
		opened().editor.failing.set('codex/undo', 'Codex’s configuration has changed since. Nothing was written.');

		await button('Copy Pool Key').click();
		await page().getByRole('status').filter({ hasText: 'Pool key copied' }).waitFor({ state: 'attached' });
		await button('Undo the configuration of Codex').click();
		await page().getByRole('alert').getByText('Nothing was written.').waitFor();

		await button('Dismiss').click();
		await drawn(page());
		assert.equal(await page().getByRole('alert').innerText(), '');
	});

	it('offers for each client what leads in, or back out', async () => {
		await button('Configure OpenCode').click();
		await button('Undo the configuration of Codex').click();
		await drawn(page());
		assert.equal(asked('openCode/configure').length, 1);
		assert.equal(asked('codex/undo').length, 1);

		await opened().push(panel({ codexConfigured: null, openCodeConfigured: true }));
		await page().getByText('Configuration could not be read').waitFor();
		await button('Undo the configuration of OpenCode').click();
		await button('Configure Codex').click();
		await drawn(page());

		assert.equal(asked('openCode/undo').length, 1);
		assert.equal(asked('codex/configure').length, 1);
	});

	it('copies each address by its name', async () => {
		await button('Copy OpenAI base URL').click();
		await button('Copy Codex base URL').click();
		await drawn(page());

		assert.deepEqual(asked('url/copy'), [{ kind: 'openai' }, { kind: 'codex' }]);
	});
});
