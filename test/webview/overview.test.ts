import assert from 'node:assert/strict';
import { usageQuerySchema } from '../../src/shared/usageApi.js';
import { dayMs, minuteMs } from '../../webview/durations.js';
import { drawn } from './panelHarness.js';
import { fourAccounts, panel, pool, sampleNow } from './samplePool.js';
import { withPanel } from './withPanel.js';

describe('The overview', function () {
	this.timeout(30_000);
	const panelInHand = withPanel();
	const { button } = panelInHand;
	const page = () => panelInHand.page;
	const opened = () => panelInHand.opened;

	it('asks for the range and the grouping that were chosen, and remembers them', async () => {
		await page().getByLabel('Range').selectOption('Last 7 days');
		await page().getByLabel('Group by').selectOption('Model');
		await drawn(page());
		await page().getByRole('rowheader', { name: 'gpt-5.3-codex-spark' }).waitFor();
		const last = opened().editor.named('usage/read').at(-1)?.params;
		assert.deepEqual(last, { since: Date.UTC(2026, 10, 13), by: 'model' });

		await page().reload();
		await drawn(page());
		assert.equal(await page().getByLabel('Range').inputValue(), 'week');
		await page().getByRole('rowheader', { name: 'gpt-5.3-codex-spark' }).waitFor();
	});

	it('tells the chart as a table', async () => {
		const label = await page().locator('.plot').getAttribute('aria-label');
		assert.match(label ?? '', /^Tokens per hour: 28\.3\sM in all, most 5\.3\sM at/);

		await button('Show as Table').click();
		await drawn(page());

		assert.equal(await page().locator('pool-usage tbody tr').count(), 15, 'the hours that have begun');
	});

	it('reads the usage again when requests have settled, once a tick at most', async () => {
		const settled = (requests: number) => {
			const totals = { ...pool().totals, allTime: { ...pool().totals.allTime, requests } };
			return panel({ pool: pool({ revision: requests, totals }) });
		};
		const asked = () => opened().editor.named('usage/read').length;
		const atFirst = asked();
		await opened().push(settled(2_000));
		assert.equal(asked(), atFirst);

		await page().clock.setFixedTime(sampleNow + minuteMs);
		await opened().push(settled(2_001));
		assert.equal(asked(), 2 * atFirst);
	});

	it('compares the figures of a range with the time before, and the whole time with nothing', async () => {
		const told = async () => (await page().locator('pool-usage .cards').innerText()).replaceAll(/\s+/g, ' ');
		await page().getByLabel('Range').selectOption('Last 30 days');
		await drawn(page());

		const { since, until } = usageQuerySchema.parse(
			opened()
				.editor.named('usage/read')
				.map(({ params }) => params)
				.findLast(params => usageQuerySchema.parse(params).until !== undefined),
		);
		assert.equal(since, Date.UTC(2026, 8, 21));
		assert.equal(until, Date.UTC(2026, 9, 20, 14, 50));
		assert.match(await told(), /^Requests [\d,]+ .\d+ % \. The 30 days before: [\d,]+ about \d+ a day Tokens/);
		assert.match(
			await told(),
			/Cost \$[\d.]+ .* estimate at API prices Error rate .* mostly: Every account had used up/,
		);

		await page().getByLabel('Range').selectOption('All time');
		await drawn(page());
		assert.doesNotMatch(await told(), /before/);
		assert.match((await page().locator('.plot').getAttribute('aria-label')) ?? '', /^Tokens per day/);
	});

	it('says why the usage could not be read, and reads it again when asked', async () => {
		opened().editor.failing.set('usage/read', 'The pool does not answer.');
		await page().getByLabel('Range').selectOption('All time');
		await page().getByText('Usage could not be read. The pool does not answer.').waitFor();

		opened().editor.failing.clear();
		await button('Try Again').click();
		await drawn(page());

		assert.equal(await page().locator('pool-usage .cards').count(), 1);
	});

	it('waits for the pool with what was not read before it was gone', async () => {
		await opened().push(panel({ connection: 'offline' }));
		await page().getByLabel('Range').selectOption('All time');
		await page().getByText('What belongs here is read as soon as the pool runs again.').waitFor();

		await opened().push(panel({ pool: pool({ revision: 50 }) }));

		assert.equal(await page().locator('pool-usage .cards').count(), 1);
	});

	it('names the account that has most left, and says nothing of the only one twice', async () => {
		const told = async () => (await page().locator('pool-headroom section').innerText()).replaceAll(/\s+/g, ' ');
		assert.match(await told(), /5-hour windows 96 % left on Spare 3 of 4 accounts usable .* Work 62 % Private 29 %/);

		await opened().push(panel({ pool: pool({ revision: 50, accounts: fourAccounts.slice(0, 1) }) }));

		assert.match(
			await told(),
			/working 5-hour window 62 % left next reset in 3 h 53 m Weekly window 78 % left next reset in 4 d 6 h$/,
		);
	});

	it('says how long it lasts once that can be told, and never after that time', async () => {
		const lasting = (revision: number, lastsUntil: number | null) => {
			const forecast = {
				lastsUntil,
				servesAgainAt: null,
				foreseenUntil: sampleNow + dayMs,
				confidence: 'high' as const,
				basis: { hours: 4, rises: 9 },
				episode: null,
			};
			return panel({ pool: pool({ revision, forecast: { pool: forecast, windows: [] } }) });
		};
		const pace = page().getByText('At this pace');
		assert.equal(await pace.count(), 0);

		await opened().push(lasting(50, sampleNow + 140 * minuteMs));
		assert.equal(await pace.innerText(), 'At this pace it lasts until 16:40');
		await opened().push(lasting(51, null));
		assert.equal(await pace.innerText(), 'At this pace it lasts to the reset');
		await opened().push(lasting(52, sampleNow - minuteMs));
		assert.equal(await pace.count(), 0);
	});
});
