import assert from 'node:assert/strict';
import { hourMs, secondMs } from '../../webview/durations.js';
import { accountColumns, rowsOf, sortedRows } from '../../webview/accountColumns.js';
import { alignedTrends, trendDays, windowTrends } from '../../webview/windowTrend.js';
import { drawn } from './panelHarness.js';
import { account, fiveHours, fourAccounts, panel, pool, sampleNow, window } from './samplePool.js';
import { withPanel } from './withPanel.js';

describe('The accounts as a table', function () {
	this.timeout(30_000);
	const panelInHand = withPanel({ tab: 'accounts' });
	const { button, asked, chooseInMenu, focused } = panelInHand;
	const page = () => panelInHand.page;
	const opened = () => panelInHand.opened;
	const names = () => page().locator('pool-accounts tbody .name').allInnerTexts();
	const showTable = async () => {
		await button('Show as Table').press('Enter');
		await drawn(page());
	};

	it('is remembered, with its order', async () => {
		await showTable();
		await button('5-hour').press('Enter');
		await drawn(page());
		assert.deepEqual(await names(), ['lab@example.com', 'Private', 'Work', 'Spare']);

		await page().reload();
		await drawn(page());

		assert.deepEqual(await names(), ['lab@example.com', 'Private', 'Work', 'Spare']);
		assert.equal(await page().getByRole('columnheader', { name: '5-hour' }).getAttribute('aria-sort'), 'descending');
	});

	it('is sorted the other way, and then not at all, by the same key', async () => {
		await showTable();

		for (const order of [
			['lab@example.com', 'Private', 'Spare', 'Work'],
			['Work', 'Spare', 'Private', 'lab@example.com'],
			['Work', 'Private', 'lab@example.com', 'Spare'],
		]) {
			await button(/^Account/).press('Enter');
			await drawn(page());
			assert.deepEqual(await names(), order);
			assert.equal(await focused(), 'Account');
		}
	});

	it('has what each account used today, read while it is shown', async () => {
		assert.deepEqual(asked('usage/read'), []);
		await showTable();

		assert.deepEqual(asked('usage/read'), [{ since: Date.UTC(2026, 10, 19), by: 'account' }]);
		const work = (await page().locator('pool-accounts tbody tr').first().innerText()).replaceAll(/\s+/g, ' ');
		assert.match(work, /38 % 3 h 53 m reply 2 m ago 22 % .* 1,250 32 % 2 360 13.2 M \$10.40 2 /);
	});

	it('lets an account be renamed in its line', async () => {
		await showTable();
		await chooseInMenu('More actions for Spare', 'Rename');
		await page().keyboard.type('Reserve');
		await page().keyboard.press('Enter');
		await drawn(page());

		assert.deepEqual(asked('account/rename'), [
			{ accountId: 'a.very.long.address.that.needs.cutting', name: 'Reserve' },
		]);
		assert.equal(await focused(), 'More actions for Spare');
	});

	it('shows the past of an account as a chart and as a table', async () => {
		await showTable();
		await chooseInMenu('More actions for Private', 'Show Trend');

		const since = Date.UTC(2026, 10, 13);
		assert.deepEqual(asked('account/history'), [{ accountId: 'ada.home', since }]);
		const trend = page().getByRole('region', { name: 'Usage windows of Private, the last 7 days' });
		assert.match((await trend.getByRole('img').getAttribute('aria-label')) ?? '', /^How full each window was: 5-hour/);

		await trend.getByRole('button', { name: 'Show as Table' }).press('Enter');
		await drawn(page());
		assert.equal(await trend.getByRole('row').count(), 8);

		await chooseInMenu('More actions for Private', 'Hide Trend');
		assert.equal(await trend.count(), 0);
	});

	it('goes on with the past of an account when its figures do, and not for every request', async () => {
		const used = (percent: number) =>
			fourAccounts.map(each =>
				each.id === 'ada.home' ? { ...each, windows: [window(fiveHours, percent, 2 * hourMs)] } : each,
			);
		const point = (at: number, usedPercent: number) => ({ at, usedPercent, resetsAt: null });
		const begun = [point(sampleNow - 5 * hourMs, 10), point(sampleNow - hourMs, 71)];
		const past = (points: typeof begun) => (since: number) => ({
			since,
			windows: [{ limit: 'codex', durationMinutes: fiveHours, points }],
		});
		opened().editor.history = past(begun);
		await opened().push(panel({ pool: pool({ revision: 42, accounts: used(71) }) }));
		await chooseInMenu('More actions for Private', 'Show Trend');
		const chart = page().locator('pool-window-history canvas');
		const before = await chart.screenshot();

		opened().editor.history = past([...begun, point(sampleNow, 97)]);
		await opened().push(panel({ pool: pool({ revision: 43, accounts: used(71) }) }));
		await opened().push(panel({ pool: pool({ revision: 44, accounts: used(97) }) }));
		await page()
			.getByRole('img', { name: 'How full each window was: 5-hour 97' })
			.waitFor({ timeout: 10 * secondMs });
		await drawn(page());

		assert.equal(asked('account/history').length, 2);
		assert.ok(!(await chart.screenshot()).equals(before), 'the line goes on too');
	});

	it('offers a banked reset where there is one, and leaves the question to the editor', async () => {
		await chooseInMenu('More actions for Work', 'Redeem a Usage Reset…');
		await button('More actions for Private').click();

		assert.equal(await page().getByRole('menuitem', { name: 'Redeem a Usage Reset…' }).count(), 0);
		assert.deepEqual(asked('account/redeemReset'), [{ accountId: 'ada.lindqvist' }]);
	});

	it('hides e-mail addresses until they are wanted again, and remembers it', async () => {
		await button('Hide e-mail addresses').press('Enter');
		await drawn(page());
		await page().reload();
		await drawn(page());

		assert.equal(
			await page().getByText('@example.com').filter({ visible: true }).and(page().locator(':not(.blurred)')).count(),
			0,
		);
		assert.equal(await button('Hide e-mail addresses').getAttribute('aria-pressed'), 'true');
		await page().getByText('Account lab').waitFor();

		// The setting goes on and off again: it counts from now on.
		await opened().push(panel({ hideEmails: true, pool: pool({ revision: 50 }) }));
		await opened().push(panel({ hideEmails: false, pool: pool({ revision: 51 }) }));
		await page().getByText('lab@example.com').waitFor();
	});

	it('leads to the setting while that is what hides e-mail addresses', async () => {
		await opened().push(panel({ hideEmails: true }));

		await button('E-mail addresses are hidden by a setting: open it').click();

		assert.deepEqual(asked('setting/show'), [{ name: 'hideEmails' }]);
		assert.equal(await page().getByText('lab@example.com').count(), 0);

		await opened().push(panel({ hideEmails: false }));
		await page().getByText('lab@example.com').waitFor();
		assert.equal(await button('Hide e-mail addresses').getAttribute('aria-pressed'), 'false');
	});

	it('says when a window is used up at this pace', async () => {
		const forecast = {
			pool: null,
			windows: [
				{
					accountId: 'ada.home',
					limit: 'codex',
					durationMinutes: 300,
					burnPercentPerHour: 30,
					lastsUntil: sampleNow + hourMs,
					usedPercentAtReset: 100,
					confidence: 'high' as const,
					basis: { hours: 2, rises: 9 },
					episode: 'sample',
				},
			],
		};
		await opened().push(panel({ pool: pool({ revision: 42, forecast }) }));

		await page().getByText('At this pace used up at 15:20').waitFor();
	});
});

describe('The columns of the accounts', () => {
	it('are those that some account has something for', () => {
		const plain = [
			account('a', { windows: [window(300, 1, hourMs)] }),
			account('b', { windows: [window(60, 1, hourMs)] }),
		];

		assert.deepEqual(
			accountColumns(plain).map(({ title }) => title),
			['Account', 'Plan', 'State', '1-hour', '5-hour', 'Requests today', 'Tokens today', 'Cost today', 'Running'],
		);
		assert.ok(accountColumns(fourAccounts).some(({ title }) => title === 'Resets'));
	});

	it('leave what is not known at the end, whichever way they are sorted', () => {
		const accounts = [
			account('none'),
			account('low', { windows: [window(300, 2, hourMs)] }),
			account('high', { windows: [window(300, 80, hourMs)] }),
		];
		const columns = accountColumns(accounts);
		const idsBy = (isDescending: boolean) =>
			sortedRows(rowsOf(accounts, null), columns, { sort: { column: 'codex/300', isDescending }, now: sampleNow }).map(
				row => row.account.id,
			);

		assert.deepEqual(idsBy(true), ['high', 'low', 'none']);
		assert.deepEqual(idsBy(false), ['low', 'high', 'none']);
	});
});

describe('The past of a window', () => {
	const at = (hour: number) => Date.UTC(2026, 10, 18, hour);
	const history = {
		since: 0,
		windows: [
			{ limit: 'spark', durationMinutes: 60, points: [] },
			{ limit: 'codex', durationMinutes: 10_080, points: [{ at: at(1), usedPercent: 3, resetsAt: null }] },
			{
				limit: 'codex',
				durationMinutes: 300,
				points: [
					{ at: at(0), usedPercent: 40, resetsAt: at(2) },
					{ at: at(9), usedPercent: 10, resetsAt: at(12) },
				],
			},
		],
	};

	it('holds until its reset and claims nothing until it is measured again', () => {
		const [moments, short, long] = alignedTrends(windowTrends(history));

		assert.deepEqual(moments, [at(0), at(1), at(2), at(2) + 1, at(9)]);
		assert.deepEqual(short, [40, undefined, 40, null, 10]);
		assert.deepEqual(long, [undefined, 3, undefined, undefined, undefined]);
	});

	it('is told by the fullest of each day', () => {
		const days = trendDays(windowTrends(history));

		assert.deepEqual(
			days.map(({ peaks }) => peaks),
			[[40, 3]],
		);
	});
});
