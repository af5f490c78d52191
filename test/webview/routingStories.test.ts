import assert from 'node:assert/strict';
import { normalPriority, prioritySchema, reserveSchema } from '../../src/shared/accountApi.js';
import { importDrop } from '../../webview/accountDrop.js';
import { choiceStories } from '../../webview/choiceStory.js';
import { answerFor, answerOf, poolHeadroom } from '../../webview/headroom.js';
import { routedAccounts } from '../../src/shared/servingAccounts.js';
import { highestReserve, priorities, accountBadges, usualPriority } from '../../webview/spending.js';
import { account, fiveHours, fourAccounts, pool, sampleNow as now, window } from './samplePool.js';

describe('The story of a choice', () => {
	it('puts the chosen one first, then the better ones, then those that were out', () => {
		const [story] = choiceStories(
			[
				{
					reason: 'session',
					accountId: 'ada.home',
					waitedMs: 1_500,
					considered: [
						{ accountId: 'lab', score: null, out: 'limited' },
						{ accountId: 'ada.lindqvist', score: 10, out: null },
						{ accountId: 'gone', score: 110, out: null },
						{ accountId: 'ada.home', score: 60, out: null },
					],
				},
			],
			fourAccounts,
		);

		assert.equal(story?.title, 'Private was chosen');
		assert.equal(story.waited, 'Waited 1.5\u00a0s first.');
		assert.deepEqual(
			story.candidates.map(({ account: name, isChosen, out, suitsPercent }) => [name, isChosen, out, suitsPercent]),
			[
				['Private', true, null, 53],
				['Work', false, null, 100],
				['Removed account', false, null, 6],
				['lab@example.com', false, 'has used up its quota', null],
			],
		);
	});

	it('says what it does not know as it is, and that nobody could serve', () => {
		const [story] = choiceStories(
			[
				{
					reason: 'none',
					accountId: null,
					waitedMs: 0,
					considered: [{ accountId: 'lab', score: null, out: 'moon_phase' }],
				},
			],
			fourAccounts,
		);

		assert.equal(story?.title, 'No account was chosen');
		assert.equal(story.waited, null);
		assert.equal(story.candidates[0]?.out, 'moon_phase');
	});

	it('shows equal candidates as equally good', () => {
		const considered = ['lab', 'ada.home'].map(accountId => ({ accountId, score: 7, out: null }));

		const [story] = choiceStories([{ reason: 'round_robin', accountId: 'lab', waitedMs: 0, considered }], fourAccounts);

		assert.deepEqual(
			story?.candidates.map(({ suitsPercent }) => suitsPercent),
			[100, 100],
		);
	});
});

describe('How an account is spent', () => {
	it('is not mentioned while it is the usual way', () => {
		assert.deepEqual(accountBadges(account('a')), []);
	});

	it('is told in a word or two', () => {
		const words = [1, 3, 9].map(priority => accountBadges(account('a', { priority, reservePercent: 10 })));

		assert.deepEqual(
			words.map(badges => badges.map(({ word }) => word)),
			[
				['Burn first', 'Keeps 10\u00a0%'],
				['Priority 3', 'Keeps 10\u00a0%'],
				['Preserve', 'Keeps 10\u00a0%'],
			],
		);
	});

	it('has the range of the contract', () => {
		assert.equal(usualPriority, normalPriority);
		assert.deepEqual(
			priorities.map(priority => prioritySchema.safeParse(priority).success),
			priorities.map(() => true),
		);
		assert.equal(prioritySchema.safeParse(priorities.length + 1).success, false);
		assert.equal(reserveSchema.safeParse(highestReserve).success, true);
		assert.equal(reserveSchema.safeParse(highestReserve + 1).success, false);
	});
});

describe('What the pool may use', () => {
	it('ends where the reserve of an account begins', () => {
		const windows = [window(fiveHours, 70, 60_000)];
		const half = account('a', { reservePercent: 20, windows });
		const done = account('b', { reservePercent: 30, windows });

		assert.deepEqual(
			poolHeadroom([half, done], now)[0]?.shares.map(({ leftPercent }) => leftPercent),
			[10, 0],
		);
		assert.equal(answerFor(true, [half], now).kind, 'ready');
		assert.deepEqual(answerFor(true, [done], now), { kind: 'resting', until: now + 60_000 });
	});

	it('is one account when the user wants a single one', () => {
		const routing = { ...pool().routing, singleAccountId: 'lab' };

		assert.equal(routedAccounts(pool({ routing })).length, fourAccounts.length);
		assert.deepEqual(
			routedAccounts(pool({ routing: { ...routing, strategy: 'single_account' } })).map(({ id }) => id),
			['lab'],
		);
	});

	it('is nothing when that one has been removed', () => {
		const routing = { ...pool().routing, strategy: 'single_account', singleAccountId: 'gone' } as const;

		assert.deepEqual(answerOf(pool({ routing }), now), { kind: 'single_gone' });
		assert.deepEqual(answerOf(pool({ routing, enabled: false }), now), { kind: 'off' });
	});
});

describe('A drop of files', () => {
	it('tells of the files that could not be read beside those that were refused', async () => {
		const folder = new File([], 'folder');
		folder.text = () => Promise.reject(new Error('It is a folder'));
		const sent: string[] = [];

		const drop = await importDrop([new File(['{}'], 'a.json'), folder], files => {
			sent.push(...files.map(({ name }) => name));
			return Promise.resolve({ imported: ['Ada'], refused: [] });
		});

		assert.deepEqual(sent, ['a.json']);
		assert.deepEqual(drop, {
			kind: 'done',
			outcome: { imported: ['Ada'], refused: [{ name: 'folder', problem: 'It could not be read.' }] },
		});
	});

	it('sends nothing when nothing could be read', async () => {
		const huge = new File(['x'.repeat(1_048_577)], 'huge.json');

		const drop = await importDrop([huge], () => Promise.reject(new Error('Not expected to be sent')));

		assert.equal(drop.kind === 'done' && drop.outcome.refused[0]?.name, 'huge.json');
	});

	it('fails as a whole when the pool does not answer', async () => {
		const drop = await importDrop([new File(['{}'], 'a.json')], () => Promise.reject(new Error('It has stopped.')));

		assert.deepEqual(drop, { kind: 'failed', problem: 'It has stopped.' });
	});
});
