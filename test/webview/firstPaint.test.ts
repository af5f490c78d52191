import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { minuteMs } from '../../webview/durations.js';
import { drawn, PanelHarness, type OpenPanel } from './panelHarness.js';
import { panel, pool, request, sampleNow } from './samplePool.js';
import { twentyAccounts } from './sampleRouting.js';

const harness = new PanelHarness();
const requests = 100_000;
const scrolls = 20;
const log = Array.from({ length: requests }, (_, index) =>
	request(index, { startedAt: sampleNow - index * minuteMs, ...(index === requests - 1 && { model: 'the-oldest' }) }),
);
const state = panel({ pool: pool({ accounts: [...twentyAccounts], recentRequests: log.slice(0, 50) }) });

/** Twenty accounts and a log of a hundred thousand requests. */
describe('A large pool in the panel', function () {
	this.timeout(60_000);
	let opened: OpenPanel;

	before(() => harness.start());
	after(() => harness.close());
	afterEach(() => opened.page.context().close());

	for (const tab of ['overview', 'accounts', 'requests'] as const) {
		it(`is on the screen within 300 ms of a processor at its ${tab}`, async () => {
			opened = await harness.open({ state, tab, isMeasured: true, prepare: editor => (editor.log = log) });

			const spentMs = await opened.processorMs();

			assert.ok(spentMs <= 300, `it took ${Math.round(spentMs)} ms`);
		});
	}

	it('draws no more rows than can be seen, however far one scrolls', async () => {
		opened = await harness.open({ state, tab: 'requests', isMeasured: true, prepare: editor => (editor.log = log) });
		const { page } = opened;
		const list = page.getByRole('grid');

		for (let round = 0; round < 5; round++) {
			await list.evaluate(element => element.scrollTo({ top: element.scrollHeight }));
			await drawn(page);
		}

		const drawnRows = await page.locator('.request').count();
		assert.ok(drawnRows > 20 && drawnRows < 80, `${drawnRows} rows are drawn`);
		const last = await page.locator('.request').last().getAttribute('aria-rowindex');
		assert.ok(Number(last) > 800, `row ${last} is reached`);
		assert.deepEqual(await opened.faults(), []);
	});

	it('scrolls through all of it as lightly as through two thousand', async () => {
		opened = await harness.open({ state, tab: 'requests', isMeasured: true });
		const { page } = opened;
		const processorMs = () => opened.processorMs();

		// By turns, because how fast a processor is changes from one second to the next; the least of each is its own.
		const few: number[] = [];
		const all: number[] = [];
		for (let round = 0; round < 3; round++) {
			await hold(page, 2_000);
			few.push(await scrollThrough(page, processorMs));
			await hold(page, requests);
			all.push(await scrollThrough(page, processorMs));
		}

		const [fewMs, allMs] = [Math.min(...few), Math.min(...all)];
		assert.ok(allMs < 1.5 * fewMs, `one step took ${Math.round(allMs)} ms, and ${Math.round(fewMs)} ms among few`);
		assert.ok(allMs < 100, `one step took ${Math.round(allMs)} ms, which is felt`);
		const last = await page.locator('.request').last().getAttribute('aria-rowindex');
		assert.equal(last, String(requests + 1));
	});
});

/** As if so many had been read: the list itself must hold them. */
async function hold(page: Page, rows: number): Promise<void> {
	await page.evaluate(async count => {
		const tab = document.querySelector('pool-panel')?.shadowRoot?.querySelector('pool-requests');
		const list = tab?.shadowRoot?.querySelector('pool-request-list');
		const [first] = list?.log?.rows ?? [];
		if (!list?.log || !first) throw new Error('There is no list');
		list.log = {
			...list.log,
			rows: Array.from({ length: count }, (_, at) => ({ ...first, id: `row-${at}` })),
			next: null,
		};
		await list.updateComplete;
	}, rows);
	await drawn(page);
}

/** From top to bottom; what one step took of a processor, in ms. */
async function scrollThrough(page: Page, processorMs: () => Promise<number>): Promise<number> {
	const before = await processorMs();
	await page.getByRole('grid').evaluate(async (element, steps) => {
		for (let step = 0; step <= steps; step++) {
			element.scrollTop = (element.scrollHeight * step) / steps;
			for (let frame = 0; frame < 2; frame++) await new Promise(resolve => requestAnimationFrame(resolve));
		}
	}, scrolls);
	return ((await processorMs()) - before) / scrolls;
}
