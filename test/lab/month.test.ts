import assert from 'node:assert/strict';
import type { ExplainedRequest } from '../../src/shared/requestApi.js';
import type { UsageWindow } from '../../src/shared/accountApi.js';
import { monthDays } from './monthPlan.js';
import { MonthRun } from './monthRun.js';
import { labOptions } from './runLab.js';

describe('a month of ten accounts', () => {
	const zoneBefore = process.env['TZ'];
	const days = Number(process.env['CODEX_POOL_LAB_DAYS'] ?? monthDays);
	const { seed } = labOptions();

	before(() => void (process.env['TZ'] = 'America/New_York'));

	after(() => {
		if (zoneBefore === undefined) delete process.env['TZ'];
		else process.env['TZ'] = zoneBefore;
	});

	it('shows nothing that is not true within its age, and adds up to the token', async function () {
		this.timeout(240_000);

		const run = await MonthRun.play({ days, seed });

		const requests = run.books.all;
		const byOutcome = Map.groupBy(requests, ({ outcome }) => outcome);
		const moved = requests.filter(({ attempts }) => attempts > 1).length;
		const counts = ['succeeded', 'failed', 'cancelled'].map(
			outcome => `${byOutcome.get(outcome as 'failed')?.length ?? 0} ${outcome}`,
		);
		console.log(
			`        ${requests.length} requests (${counts.join(', ')}, ${moved} tried again), ${run.checks} checks`,
		);
		console.log(`        the oldest figure was ${Math.round(run.oldestMs / 60_000)} min old`);
		console.log(`        ${run.forecasts.summary(run.truth)}`);
		assert.deepEqual(run.findings, []);
		assert.ok(run.kept > 0);
		if (days < monthDays) return;
		// A month in which little happens would prove little.
		assert.ok(requests.length > 10_000 && moved > 100 && run.kept < requests.length);
		for (const outcome of ['failed', 'cancelled'] as const) assert.ok((byOutcome.get(outcome)?.length ?? 0) > 100);
		const seen = [
			...['active', 'limited', 'paused', 'needs_sign_in', 'disabled'],
			...['header', 'event', 'poll', 'full', 'open'],
		];
		assert.deepEqual(
			seen.filter(each => !run.seen.has(each)),
			[],
		);
	});

	/** Each breaks the pool in one way; a month that stays silent would prove nothing. */
	describe('notices', () => {
		/** A first day with something to lose. */
		const sabotagedSeed = 1;
		type Sabotage = (run: MonthRun) => void;
		const instead = (alter: (request: ExplainedRequest, count: number) => readonly ExplainedRequest[]): Sabotage => {
			let count = 0;
			return ({ store }) => {
				const append = store.appendRequest.bind(store);
				store.appendRequest = request => alter(request, count++).forEach(append);
			};
		};
		const deafToResets: Sabotage = ({ pool: { accounts }, machine }) => {
			const heard = (id: string, fresh: readonly UsageWindow[]): UsageWindow[] => {
				const known = accounts.views().find(view => view.id === id)?.windows ?? [];
				return fresh.map(window => {
					const before = known.find(each => each.durationMinutes === window.durationMinutes);
					const isRunning = (before?.resetsAt ?? 0) > machine.now() && before?.limit === window.limit;
					return before && isRunning && before.usedPercent > window.usedPercent
						? { ...window, usedPercent: before.usedPercent }
						: window;
				});
			};
			const [record, replace] = [accounts.recordWindows.bind(accounts), accounts.replaceWindows.bind(accounts)];
			accounts.recordWindows = (id, fresh) => record(id, heard(id, fresh));
			accounts.replaceWindows = (id, fresh, askedAt) => replace(id, heard(id, fresh), askedAt);
		};
		const sabotages: readonly (readonly [what: string, says: RegExp, sabotage: Sabotage])[] = [
			[
				'one token that is lost',
				/all time: \/outputTokens \d+ is shown/,
				instead((request, count) => [
					count === 100 ? { ...request, outputTokens: Number(request.outputTokens) - 1 } : request,
				]),
			],
			[
				'a request that counts once for each account it was tried on',
				/all time: \/requests/,
				instead(request => (request.attempts.length > 1 ? [request, request] : [request])),
			],
			[
				'a request that is counted in another hour',
				/usage by hour/,
				instead((request, count) => [
					count === 100 ? { ...request, startedAt: request.startedAt - 3_600_000 } : request,
				]),
			],
			[
				'usage that goes to another account',
				/usage by account/,
				instead((request, count) => [count === 100 ? { ...request, accountId: 'acc_other' } : request]),
			],
			[
				'the price of another tier',
				/\/costNanoUsd/,
				instead(request => [
					{ ...request, ...(request.tier !== null && { costNanoUsd: request.costNanoUsd && request.costNanoUsd / 2 }) },
				]),
			],
			['an early reset that is not believed', /codex 300 \d+ % until/, deafToResets],
			[
				'credits that are not heard of',
				/credits are known/,
				({ pool }) => (pool.accounts.recordQuota = () => undefined),
			],
			['figures that nobody asks for', /is \d+ min old/, ({ pool }) => pool.usage.stop()],
			[
				'a quota that is that of another account',
				/a reply tells/,
				({ pool: { accounts } }) => {
					const candidates = accounts.candidates.bind(accounts);
					accounts.candidates = () =>
						candidates().map(each => ({ ...each, usedPercent: 100 - (each.usedPercent ?? 0) }));
				},
			],
		];
		for (const [what, says, sabotage] of sabotages) {
			it(what, async function () {
				this.timeout(60_000);

				const { findings } = await MonthRun.play({ days: 1, seed: sabotagedSeed, sabotage });

				assert.ok(
					findings.some(finding => says.test(finding)),
					findings.slice(0, 5).join('\n'),
				);
			});
		}
	});
});
