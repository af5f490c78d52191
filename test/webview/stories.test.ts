import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { movedOrder } from '../../webview/accountOrder.js';
import { accountNote, accountStatus, nameOf } from '../../webview/accountStatus.js';
import { codePoints } from '../../webview/components/icon.js';
import { hourMs } from '../../webview/durations.js';
import { noFilter } from '../../webview/requestFilter.js';
import { attemptSteps, requestStatus, requestStory } from '../../webview/requestStory.js';
import { parseViewChoices } from '../../webview/viewChoices.js';
import { account, failedRequest, fourAccounts, movedRequest, request, sampleNow as now } from './samplePool.js';

describe('The story of a request', () => {
	it('tells where it was answered and what came before', () => {
		assert.equal(requestStory(movedRequest, fourAccounts), 'Work answered after 2 other accounts could not.');
		assert.equal(requestStory(request(0), fourAccounts), 'Work answered at the first attempt.');
		assert.equal(requestStory(failedRequest, fourAccounts), '2 accounts were tried; none could answer.');
		assert.equal(requestStory(request(0, { attempts: [] }), fourAccounts), 'No account was tried.');
	});

	it('tells a second attempt on the same account from a switch', () => {
		const refreshed = request(0, {
			attempts: [
				{ accountId: 'lab', verdict: 'credential', status: 401, ms: 90 },
				{ accountId: 'lab', verdict: 'succeeded', status: 200, ms: 900 },
			],
		});

		assert.equal(requestStory(refreshed, fourAccounts), 'lab@example.com answered at attempt 2.');
	});

	it('lays the attempts end to end over the whole time', () => {
		const steps = attemptSteps(movedRequest, fourAccounts);

		assert.deepEqual(
			steps.map(({ account, verdict, isAnswer }) => [account, verdict, isAnswer]),
			[
				['lab@example.com', 'had used up its quota', false],
				['Private', 'was overloaded or out of reach', false],
				['Work', 'answered', true],
			],
		);
		for (const [index, step] of steps.entries()) {
			const before = steps.slice(0, index).reduce((sum, each) => sum + each.takesPercent, 0);
			assert.ok(Math.abs(step.beginsPercent - before) < 1e-9);
		}
		assert.ok((steps.at(-1)?.beginsPercent ?? 0) + (steps.at(-1)?.takesPercent ?? 0) <= 100 + 1e-9);
	});

	it('says an unknown verdict in its own words', () => {
		const odd = request(0, { attempts: [{ accountId: 'gone', verdict: 'moon_phase', status: null, ms: 1 }] });

		assert.equal(attemptSteps(odd, fourAccounts)[0]?.verdict, 'Moon phase');
		assert.equal(attemptSteps(odd, fourAccounts)[0]?.account, 'Removed account');
	});

	it('gives every outcome an icon and a word', () => {
		const outcomes = ['succeeded', 'failed', 'cancelled'] as const;

		const told = outcomes.map(outcome => requestStatus(request(0, { outcome, status: 503 })));

		assert.equal(new Set(told.map(status => status.icon)).size, 3);
		assert.deepEqual(
			told.map(status => status.word),
			['OK', 'Failed 503', 'Client left'],
		);
	});
});

describe('The state of an account', () => {
	it('is an icon and a word', () => {
		const states = ['active', 'paused', 'limited', 'needs_sign_in', 'disabled'] as const;

		const words = states.map(state => accountStatus(account('a', { state, inFlight: 1 }), now).word);

		assert.deepEqual(words, ['Ready, 1 running', 'Paused', 'Limited', 'Sign in again', 'Disabled']);
	});

	it('says until when it is limited, while that is ahead', () => {
		const limited = (until: number) => accountStatus(account('a', { state: 'limited', limitedUntil: until }), now).word;

		assert.match(limited(now + hourMs), /^Limited until \d\d:\d\d$/);
		assert.equal(limited(now - 1), 'Limited');
	});

	it('says why, since when and what ends it', () => {
		const note = (change: Parameters<typeof account>[1]) =>
			accountNote(account('a', { stateSince: now - hourMs, ...change }), now);
		const time = /\d\d:\d\d/.exec(note({ state: 'paused' }) ?? '')?.[0] ?? '';

		assert.equal(note({}), null);
		assert.equal(note({ selected: false }), 'The pool uses it once it is switched on.');
		assert.equal(note({ state: 'paused' }), `Since ${time}. Resume it to use it again.`);
		assert.equal(
			note({ state: 'needs_sign_in', stateReason: 'token_refused' }),
			`Its sign-in was refused, since ${time}. Sign in again to use it.`,
		);
		assert.equal(
			note({ state: 'disabled', stateReason: 'moon_phase' }),
			`Moon phase, since ${time}. Settle it with the provider, then sign in again.`,
		);
	});

	it('names an account by its name, its address, or its id', () => {
		assert.equal(nameOf(fourAccounts, 'ada.lindqvist'), 'Work');
		assert.equal(nameOf(fourAccounts, 'lab'), 'lab@example.com');
		assert.equal(nameOf([account('0123456789', { email: null })], '0123456789'), 'Account 012345');
		assert.equal(nameOf(fourAccounts, null), 'No account');
	});
});

describe('The order of accounts', () => {
	const accounts = ['a', 'b', 'c'].map(id => account(id));

	it('changes places with a neighbour', () => {
		assert.deepEqual(movedOrder(accounts, 'b', 'up'), ['b', 'a', 'c']);
		assert.deepEqual(movedOrder(accounts, 'b', 'down'), ['a', 'c', 'b']);
	});

	it('ends at both ends', () => {
		assert.equal(movedOrder(accounts, 'a', 'up'), null);
		assert.equal(movedOrder(accounts, 'c', 'down'), null);
		assert.equal(movedOrder(accounts, 'gone', 'up'), null);
	});
});

describe('What the panel remembers of its view', () => {
	it('is whole whatever was saved', () => {
		const usual = parseViewChoices(undefined);

		for (const saved of [
			null,
			7,
			'text',
			{},
			{ range: 'toString', group: 3, tab: 'constructor', openRequest: 1, filter: { model: 2 } },
		]) {
			assert.deepEqual(parseViewChoices(saved), usual);
		}
		const chosen = {
			tab: 'requests',
			range: 'week',
			openRequest: 'a',
			filter: { ...noFilter, outcome: 'failed' },
		} as const;
		assert.deepEqual(parseViewChoices(chosen), { ...usual, ...chosen });
	});
});

describe('The icons', () => {
	it('are where the icon font has them', async () => {
		const css = await readFile(
			new URL('../../node_modules/@vscode/codicons/dist/codicon.css', import.meta.url),
			'utf8',
		);

		for (const [name, codePoint] of Object.entries(codePoints)) {
			assert.ok(css.includes(`.codicon-${name}:before { content: "\\${codePoint.toString(16)}" }`), name);
		}
	});
});
