import assert from 'node:assert/strict';
import { keyAccountChoices, keyActions, keyChoices, modelChoices } from '../../src/editor/keyChoices.js';
import { budgetWords, parseBudget } from '../../src/shared/keyWords.js';
import { accountView, keyView, modelView } from '../support/managementExamples.js';

describe('keyChoices', () => {
	it('tells keys apart by their names and beginnings, and says what they may use', () => {
		const keys = [
			keyView(),
			keyView({ name: 'Old', prefix: null, isDefault: false }),
			keyView({
				name: 'CI',
				isDefault: false,
				models: ['gpt-5.5', 'deep'],
				accountIds: ['account-1', 'gone'],
				budget: { tokens: 2_000_000, per: 'week', used: 1_234, resetsAt: 0 },
			}),
		];

		const choices = keyChoices(keys, [accountView()]);

		assert.deepEqual(
			choices.map(({ label, description, detail }) => [label, description, detail]),
			[
				['Default', 'cpk_abcd… · copied by Copy Pool Key', 'Every model · no budget'],
				['Old', '', 'Every model · no budget'],
				[
					'CI',
					'cpk_abcd…',
					'gpt-5.5, deep · Accounts: ada@example.com, Removed account · 1,234 of 2,000,000 tokens a week',
				],
			],
		);
	});

	it('offers to copy only the key whose secret is kept', () => {
		const actions = (isDefault: boolean) => keyActions(keyView({ isDefault })).map(({ action }) => action);
		assert.deepEqual(actions(true), ['copy', 'rename', 'scope', 'accounts', 'budget', 'rotate', 'revoke']);
		assert.deepEqual(actions(false), ['rename', 'scope', 'accounts', 'budget', 'rotate', 'revoke']);
	});

	it('picks the models of the scope, and keeps those that are gone from the pool', () => {
		const views = [modelView(), modelView({ name: 'deep', kind: 'alias', model: 'gpt-6-sol' })];
		const choices = modelChoices(keyView({ models: ['deep', 'gpt-4'] }), views);
		assert.deepEqual(
			choices.map(({ label, description, picked }) => [label, description, picked]),
			[
				['gpt-5.5', '', false],
				['deep', 'alias of gpt-6-sol', true],
				['gpt-4', 'not in the pool now', true],
			],
		);
	});
});

describe('keyAccountChoices', () => {
	it('picks the accounts of the key, and keeps those that are gone from the pool', () => {
		const accounts = [accountView(), accountView({ id: 'account-2', name: 'Work', email: 'ada@work.example' })];
		const choices = keyAccountChoices(keyView({ accountIds: ['account-2', 'gone'] }), accounts);
		assert.deepEqual(
			choices.map(({ label, accountId, picked }) => [label, accountId, picked]),
			[
				['ada@example.com', 'account-1', false],
				['Work', 'account-2', true],
				['Removed account', 'gone', true],
			],
		);
	});

	it('picks none for a key of every account', () => {
		assert.deepEqual(
			keyAccountChoices(keyView(), [accountView()]).map(({ picked }) => picked),
			[false],
		);
	});
});

describe('a budget in words', () => {
	for (const [text, tokens, per] of [
		['500k/day', 500_000, 'day'],
		['2M / week', 2_000_000, 'week'],
		['1.5m a day', 1_500_000, 'day'],
		['100000 tokens per Week', 100_000, 'week'],
		['1b/day', 1_000_000_000, 'day'],
		['0.0001k/day', undefined, undefined],
		['2000000000000/day', undefined, undefined],
		['', undefined, undefined],
		['5', undefined, undefined],
		['-5/day', undefined, undefined],
		['5/month', undefined, undefined],
		['1e3/day', undefined, undefined],
	] as const) {
		it(`reads "${text}" as ${tokens === undefined ? 'none' : `${tokens} a ${per}`}`, () => {
			assert.deepEqual(parseBudget(text), tokens === undefined ? undefined : { tokens, per });
		});
	}

	it('is written with what is used of it', () => {
		assert.equal(budgetWords({ tokens: 2_000, per: 'day', used: 1_200, resetsAt: 0 }), '1,200 of 2,000 tokens a day');
		assert.equal(budgetWords(null), 'none');
	});
});
