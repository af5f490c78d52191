import assert from 'node:assert/strict';
import { quotaReport } from '../../src/editor/quotaReport.js';
import type { UsageWindow } from '../../src/shared/accountApi.js';
import { accountView, panelState, poolState } from '../support/managementExamples.js';

const now = Date.UTC(2026, 10, 21, 12);
const hour = 3_600_000;

describe('the quota report for agents', () => {
	it('tells what each window has left, and what is to be expected', () => {
		const ada = accountView({ name: 'Work', reservePercent: 10, windows: [usage(300, 38), usage(10_080, 70.5)] });
		const basis = { hours: 3, rises: 9 };
		const forecast = {
			pool: {
				lastsUntil: now + 3 * hour,
				servesAgainAt: null,
				foreseenUntil: now + 48 * hour,
				confidence: 'medium' as const,
				basis,
				episode: 'e',
			},
			windows: [
				{
					accountId: ada.id,
					limit: 'codex',
					durationMinutes: 300,
					burnPercentPerHour: 20,
					lastsUntil: now + hour,
					usedPercentAtReset: 90,
					confidence: 'high' as const,
					basis,
					episode: 'e',
				},
			],
		};
		const pool = poolState(1, { accounts: [ada], forecast });

		const report = quotaReport(panelState({ pool }), ['gpt-5.5'], now);

		const { timeZone, ...rest } = report as { timeZone: string };
		assert.notEqual(timeZone, '');
		assert.deepEqual(rest, {
			pool: 'on',
			now: '2026-11-21T12:00:00.000Z',
			accountsThatServe: 1,
			bestAccountLeftPercent: 19,
			servesAgainAt: null,
			forecast: {
				lastsUntil: '2026-11-21T15:00:00.000Z',
				servesAgainAt: null,
				foreseenUntil: '2026-11-23T12:00:00.000Z',
				confidence: 'medium',
			},
			accounts: [
				{
					account: 'Work',
					plan: 'plus',
					usedByPool: true,
					state: 'active',
					limitedUntil: null,
					keptForUserPercent: 10,
					windows: [
						{
							hours: 5,
							countsFor: 'every model',
							leftPercent: 62,
							resetsAt: '2026-11-21T14:00:00.000Z',
							emptyAt: '2026-11-21T13:00:00.000Z',
							seenAt: '2026-11-21T11:00:00.000Z',
						},
						{
							hours: 168,
							countsFor: 'every model',
							leftPercent: 29,
							resetsAt: '2026-11-21T14:00:00.000Z',
							emptyAt: null,
							seenAt: '2026-11-21T11:00:00.000Z',
						},
					],
				},
			],
			models: ['gpt-5.5'],
		});
	});

	it('names nobody by an e-mail address', () => {
		const accounts = [
			accountView({ id: 'abcdefghij', name: null, email: 'ada@example.com' }),
			accountView({ name: 'ada@example.com (old)' }),
		];
		const offline = panelState({ connection: 'offline', problem: 'ada@example.com is not there.' });

		const texts = [panelState({ pool: poolState(1, { accounts }) }), offline].map(state =>
			JSON.stringify(quotaReport(state, null, now)),
		);

		assert.doesNotMatch(texts.join(''), /@/);
		assert.match(texts[0] ?? '', /"account":"abcdef"/);
	});

	it('tells when a spent pool serves again, and of limits of single models by name', () => {
		const limited = { state: 'limited', limitedUntil: now + 2 * hour } as const;
		const spark: UsageWindow = { ...usage(300, 100), limit: 'spark', name: 'Spark' };
		const pool = poolState(1, { accounts: [accountView({ ...limited, windows: [spark] })] });

		const report = JSON.stringify(quotaReport(panelState({ pool }), null, now));

		assert.match(report, /"accountsThatServe":0,"bestAccountLeftPercent":null,"servesAgainAt":"2026-11-21T14:00/);
		assert.match(report, /"countsFor":"Spark","leftPercent":0/);
	});

	it('says why there is nothing to tell, and that nothing serves while the pool is off', () => {
		const problem = 'Port 2456 is used by another program.';
		const off = panelState({ pool: poolState(1, { enabled: false }) });

		assert.deepEqual(quotaReport(panelState({ connection: 'offline', problem }), null, now), {
			pool: 'offline',
			problem,
		});
		assert.deepEqual(quotaReport(panelState({ connection: 'starting' }), null, now), {
			pool: 'starting',
			problem: null,
		});
		assert.match(JSON.stringify(quotaReport(off, null, now)), /^\{"pool":"off".*"accountsThatServe":0/);
	});
});

function usage(durationMinutes: number, usedPercent: number): UsageWindow {
	const seen = { source: 'poll', observedAt: now - hour } as const;
	return { limit: 'codex', durationMinutes, usedPercent, resetsAt: now + 2 * hour, ...seen };
}
