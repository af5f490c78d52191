import assert from 'node:assert/strict';
import type { RequestRecord } from '../../src/shared/requestApi.js';
import { drawn } from './panelHarness.js';
import { failedRequest, fourAccounts, movedRequest, panel, pool, request, sampleNow } from './samplePool.js';
import { withPanel } from './withPanel.js';

const newest = (index: number, change: Partial<RequestRecord> = {}) =>
	request(index, { id: `newest-${index}`, startedAt: sampleNow, model: `gpt-newest-${index}`, ...change });

describe('The log of requests', function () {
	this.timeout(30_000);
	const inHand = withPanel({ tab: 'requests' });
	const { button, asked, focused } = inHand;
	const page = () => inHand.page;
	const opened = () => inHand.opened;
	const log = () => page().getByRole('grid');
	const rows = () => page().locator('.request');
	const active = () => page().locator('.request.active');
	const drawer = () => page().getByRole('complementary');
	const press = async (...keys: string[]) => {
		for (const key of keys) await page().keyboard.press(key);
		await drawn(page());
	};
	/** The pool settles requests. The log is read again once it has rested. */
	const settle = async (...settled: RequestRecord[]) => {
		const { state } = opened().editor;
		assert.ok(state.pool);
		const { allTime } = state.pool.totals;
		const totals = { ...state.pool.totals, allTime: { ...allTime, requests: allTime.requests + settled.length } };
		const recentRequests = [...settled, ...state.pool.recentRequests];
		const read = asked('request/list').length;
		await opened().push(panel({ pool: { ...state.pool, revision: state.pool.revision + 1, totals, recentRequests } }));
		while (asked('request/list').length === read) await drawn(page());
		await drawn(page());
	};

	it('is walked through by the keyboard, with the focus on itself', async () => {
		await log().focus();
		await press('ArrowDown', 'ArrowDown', 'End', 'ArrowDown');
		assert.match(await active().innerText(), /18 Nov|17 Nov|16 Nov/);
		assert.equal(await active().getAttribute('aria-rowindex'), '51');

		await press('Home', 'ArrowDown', 'PageDown');

		const at = Number(await active().getAttribute('aria-rowindex'));
		assert.ok(at > 20 && at < 45, `a page down is row ${at}`);
		assert.equal(await log().getAttribute('aria-activedescendant'), await active().getAttribute('id'));
		assert.equal(await focused(), 'Requests, newest first');
	});

	it('opens a request with Enter, says why it went its way, and closes it with Escape', async () => {
		await log().focus();
		await press('ArrowDown', 'ArrowDown', 'Enter');

		assert.match(await focused(), /^Request of 19 Nov 2026/);
		await drawer().getByText('Work answered after 2 other accounts could not.').waitFor();
		const attempts = await page().locator('.attempts li').allInnerTexts();
		assert.equal(attempts.length, 3);
		assert.match(attempts[0] ?? '', /lab@example\.com[^]*had used up its quota[^]*HTTP 429[^]*380\sms/);
		assert.match(attempts[2] ?? '', /Work[^]*answered[^]*HTTP 200[^]*8\.3\ss/);

		await press('Escape');
		assert.equal(await drawer().count(), 0);
		assert.equal(await focused(), 'Requests, newest first');
		assert.match(await active().innerText(), /14:16:56/);
	});

	it('leaves the focus where it is with Space, and the details follow the arrows', async () => {
		await log().focus();
		await press('Space');
		assert.equal(await focused(), 'Requests, newest first');

		await press('ArrowDown', 'ArrowDown');

		await drawer().getByText('Work answered after 2 other accounts could not.').waitFor();
		assert.equal(asked('request/explain').length, 3);
		await press('Escape');
		assert.equal(await drawer().count(), 0);
	});

	for (const width of [1_100, 300]) {
		it(`leads from a request to all of its session, ${width} wide`, async () => {
			await page().setViewportSize({ width, height: 900 });
			await opened().showRequest(movedRequest.id);
			const sessionId = movedRequest.sessionId ?? assert.fail();

			await drawer()
				.getByRole('button', { name: sessionId.slice(0, 8) })
				.click();
			await drawn(page());

			assert.equal(await drawer().count(), 0);
			assert.equal(await focused(), 'Session');
			while (asked('request/list').length < 2) await drawn(page());
			assert.deepEqual(asked('request/list').at(-1), { limit: 200, sessionId });
			await page().locator('[role=grid][aria-rowcount="11"]').waitFor();
		});
	}

	it('says nothing of a session where the client named none', async () => {
		opened().editor.log = [newest(1, { sessionId: null })];
		await opened().showRequest('newest-1');

		await drawer().getByText('Route').waitFor();
		assert.equal(await drawer().getByText('Session').count(), 0);
	});

	it('reads how a request was decided when it is opened, once', async () => {
		await rows().nth(2).click();
		await drawn(page());

		assert.deepEqual(asked('request/explain'), [{ requestId: movedRequest.id }]);
		const choices = await page().locator('.choices > li').allInnerTexts();
		assert.equal(choices.length, 3);
		assert.match(choices[0] ?? '', /lab@example\.com was chosen because the session belongs to it/);
		assert.match(choices[1] ?? '', /Waited 4\.2\ss first[^]*Private was chosen[^]*Work[^]*as many requests running/);
		const score = page().getByRole('img', { name: 'Score 64.4: the lowest goes first' });
		assert.equal(await score.count(), 1);
		await opened().push(panel({ pool: pool({ revision: 42 }) }));
		assert.equal(asked('request/explain').length, 1);
	});

	it('shows the whole name of everybody who was considered', async () => {
		const accounts = fourAccounts.map(each => ({ ...each, name: `${each.id}.of.the.second.team@example.com` }));
		await opened().push(panel({ pool: pool({ revision: 42, accounts }) }));
		for (const width of [1_100, 300]) {
			await page().setViewportSize({ width, height: 900 });
			await opened().showRequest(movedRequest.id);

			const names = page().locator('.drawer-body, .candidates .who, .attempts .who');
			const cut = await names.evaluateAll(all => all.filter(each => each.scrollWidth > each.clientWidth).length);
			assert.ok((await names.count()) > 10);
			assert.equal(cut, 0, `names are cut off at ${width}`);
		}
	});

	it('offers another try when that could not be read', async () => {
		opened().editor.failing.set('request/explain', 'The pool does not answer.');
		await rows().first().click();
		await page().getByText('How it was decided could not be read. The pool does not answer.').waitFor();

		opened().editor.failing.clear();
		await button('Try Again').click();
		await page().getByText('because it was the least used.').waitFor();
	});

	it('goes to the request that the editor wants to show', async () => {
		await opened().goTo('overview');

		await opened().showRequest('request-30');

		assert.match(await focused(), /^Request of 18 Nov|^Request of 19 Nov/);
		assert.equal(await active().getAttribute('aria-selected'), 'true');
		await page().getByText('was chosen because it was the least used.').waitFor();
	});

	it('shows a request too that is not among those that were read', async () => {
		const old = request(99, { id: 'old' });
		opened().editor.log = [...pool().recentRequests, ...Array.from({ length: 300 }, (_, at) => request(100 + at)), old];

		await opened().showRequest('old');

		await drawer().getByText('Spare answered at the first attempt.').waitFor();
	});

	it('takes new requests in while nobody reads', async () => {
		await page().getByRole('heading', { name: 'Codex Pool' }).hover();

		await settle(newest(1));

		assert.match(await rows().first().innerText(), /gpt-newest-1/);
		assert.equal(await button(/ new$/).count(), 0);
	});

	it('moves nothing under the keyboard, and says how many are new', async () => {
		await log().focus();
		await press('ArrowDown');
		const before = await active().innerText();

		await settle(newest(1), newest(2));

		await button('2 new').waitFor();
		assert.equal(await active().innerText(), before);
		assert.equal(await active().getAttribute('aria-rowindex'), '3');
		await press('ArrowUp', 'ArrowUp');
		assert.equal(await button(/ new$/).count(), 0);
		assert.match(await rows().first().innerText(), /gpt-newest-1/);
		assert.equal(await focused(), 'Requests, newest first');
	});

	it('moves nothing under the pointer either', async () => {
		await rows().first().hover();
		await settle(newest(1));
		assert.doesNotMatch(await rows().first().innerText(), /gpt-newest/);
		await button('1 new').waitFor();

		await page().getByRole('heading', { name: 'Codex Pool' }).hover();

		await page().locator('.request', { hasText: 'gpt-newest-1' }).waitFor();
	});

	it('is filtered by what is chosen and typed, and remembers it', async () => {
		await page().getByLabel('Account', { exact: true }).selectOption('Work');
		await page().getByLabel('Outcome').selectOption('OK');
		await page().getByLabel('Key', { exact: true }).selectOption('Default');
		await page().getByLabel('Search requests').fill('opencode');
		await drawn(page());
		while (asked('request/list').length < 5) await drawn(page());
		await drawn(page());

		const wanted = { accountId: 'ada.lindqvist', outcome: 'succeeded', keyId: 'default', text: 'opencode' };
		assert.deepEqual(asked('request/list').at(-1), { limit: 200, ...wanted });
		for (const text of await rows().allInnerTexts()) assert.match(text, /opencode[^]*Work[^]*OK/);
		await page().reload();
		await drawn(page());
		assert.deepEqual(asked('request/list').at(-1), { limit: 200, ...wanted });
		await button('Clear the filter').click();
		await drawn(page());
		assert.equal(await page().getByLabel('Search requests').inputValue(), '');
		assert.equal(await log().getAttribute('aria-rowcount'), '51');
	});

	it('says that nothing fits, and leads back', async () => {
		await page().getByLabel('Search requests').fill('nobody');
		await page().getByText('No request fits the filter').waitFor();

		await button('Clear the filter').first().click();

		await rows().first().waitFor();
	});

	it('searches on where a part of the log has nothing that fits', async () => {
		const { editor } = opened();
		editor.log = [...Array.from({ length: 3 }, (_, at) => newest(at)), failedRequest];
		editor.cutsShort = true;

		await page().getByLabel('Outcome').selectOption('Failed');

		while (asked('request/list').length < 5) await drawn(page());
		await drawn(page());
		assert.deepEqual(await rows().count(), 1);
		assert.match(await rows().first().innerText(), /Failed 429/);
	});

	it('offers another try when the log cannot be read', async () => {
		opened().editor.failing.set('request/list', 'The pool does not answer.');
		await page().getByLabel('Outcome').selectOption('Failed');
		await page().getByText('The requests could not be read. The pool does not answer.').waitFor();

		opened().editor.failing.clear();
		await button('Try Again').click();

		await page().locator('.request', { hasText: 'Failed 429' }).waitFor();
	});
});
