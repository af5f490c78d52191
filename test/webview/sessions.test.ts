import assert from 'node:assert/strict';
import { secondMs } from '../../webview/durations.js';
import { panel, pool } from './samplePool.js';
import { sampleSessions } from './sampleRouting.js';
import { withPanel } from './withPanel.js';

describe('The sessions in the panel', function () {
	this.timeout(30_000);
	const inHand = withPanel();
	const { asked, chooseInMenu, focused } = inHand;
	const opened = () => inHand.opened;
	const rows = () => inHand.page.locator('pool-sessions tbody tr');

	it('are read only while they are shown, and again when the pool has changed', async () => {
		await opened().push(panel({ pool: pool({ revision: 42 }) }));
		assert.equal(asked('session/list').length, 0);

		await opened().goTo('sessions');
		assert.equal(await rows().count(), sampleSessions.length);
		assert.match(
			(await rows().allInnerTexts())[0] ?? '',
			/codex_cli_rs · gpt-5\.3-codex[^]*Work[^]*5\sh ago[^]*just now[^]*1[^]*92\.1\sk[^]*55\s%[^]*\$0\.14/,
		);

		opened().editor.sessions = sampleSessions.slice(0, 3);
		await opened().push(panel({ pool: pool({ revision: 43 }) }));
		await opened().push(panel({ pool: pool({ revision: 43 }) }));
		await rows()
			.nth(3)
			.waitFor({ state: 'detached', timeout: 10 * secondMs });
		assert.equal(asked('session/list').length, 2);
	});

	it('are recognised by client and model, and by their id where nothing else is known', async () => {
		await opened().goTo('sessions');
		const names = await rows().getByRole('rowheader').allInnerTexts();

		assert.match(names[2] ?? '', /^opencode · gpt-5\.3\s+[0-9a-f]{8}$/);
		assert.match(names[6] ?? '', /^[0-9a-f]{8}$/);
		assert.match(await rows().nth(6).innerText(), /≥ \$0\.71/);
		assert.match(await rows().nth(3).innerText(), /–[^]*–[^]*–/);
	});

	it('lead to their requests, and back to all', async () => {
		const [session] = sampleSessions;
		assert.ok(session);
		await opened().goTo('sessions');
		await inHand
			.button(new RegExp(session.id.slice(0, 8)))
			.first()
			.click();
		const requests = inHand.page.locator('.request');
		await requests.first().waitFor();

		assert.deepEqual(asked('request/list').at(-1), { limit: 200, sessionId: session.id });
		assert.equal(await requests.count(), 10);
		assert.equal(await focused(), 'Requests');

		await inHand.page.getByLabel('Session', { exact: true }).selectOption('All sessions');
		await requests.nth(10).waitFor();
		assert.equal(await inHand.page.getByLabel('Session', { exact: true }).count(), 0);
	});

	it('shows no more at first than anybody reads', async () => {
		opened().editor.sessions = Array.from({ length: 70 }, (_, index) => ({
			...(sampleSessions[0] ?? assert.fail()),
			id: `${index}`.padStart(12, '0'),
		}));

		await opened().goTo('sessions');
		assert.equal(await rows().count(), 50);
		await inHand.button('Show all 70').click();

		await rows().nth(69).waitFor();
	});

	it('leave the questions to the editor, and are read again then', async () => {
		await opened().goTo('sessions');
		const id = sampleSessions[1]?.id ?? '';
		await chooseInMenu(`More actions for session ${id.slice(0, 8)}`, 'Move to…');
		await chooseInMenu(`More actions for session ${id.slice(0, 8)}`, 'Forget…');

		assert.deepEqual(asked('session/move'), [{ sessionId: id }]);
		assert.deepEqual(asked('session/forget'), [{ sessionId: id }]);
		assert.equal(asked('session/list').length, 3);
	});

	it('leave the focus to the one that takes the place of a forgotten one, and at last to their heading', async () => {
		const [first, second] = sampleSessions;
		assert.ok(first && second);
		const menu = ({ id }: { id: string }) => `More actions for session ${id.slice(0, 8)}`;
		opened().editor.sessions = [first, second];
		await opened().goTo('sessions');

		opened().editor.sessions = [second];
		await chooseInMenu(menu(first), 'Forget…');
		assert.equal(await focused(), menu(second));
		opened().editor.sessions = [];
		await chooseInMenu(menu(second), 'Forget…');
		assert.equal(await focused(), 'Sessions');
	});
});
