import assert from 'node:assert/strict';
import { chatModelInformation, chatModelsRevision, readChatModels } from '../../src/editor/chatModelList.js';
import type { KeyView } from '../../src/shared/keyApi.js';
import { accountView, keyView, modelView, poolState } from '../support/managementExamples.js';

describe('the models of the chat', () => {
	const models = [
		modelView({ name: 'gpt-5.5', accountIds: ['acc_1'] }),
		modelView({ name: 'gpt-5.5-high', kind: 'variant', inPicker: false }),
		modelView({ name: 'hidden', exposed: false, inPicker: false }),
		modelView({ name: 'deep', kind: 'alias' }),
	];
	const listed = async (keys: readonly KeyView[]) => {
		const client = { listModels: () => Promise.resolve(models), listKeys: () => Promise.resolve([...keys]) };
		return (await readChatModels(client)).map(({ name }) => name);
	};

	it('are those of other pickers', async () => {
		assert.deepEqual(await listed([keyView()]), ['gpt-5.5', 'deep']);
		assert.deepEqual(await listed([]), ['gpt-5.5', 'deep'], 'no key has been made yet');
	});

	it('are those that the default key may ask for, where it is narrowed down', async () => {
		const other = keyView({ id: 'other', isDefault: false, models: ['deep'] });

		assert.deepEqual(await listed([other, keyView({ models: ['gpt-5.5-high', 'hidden'] })]), ['gpt-5.5-high']);
		assert.deepEqual(await listed([other, keyView()]), ['gpt-5.5', 'deep'], 'the key of another client');
	});

	it('are those of the accounts that may serve the default key', async () => {
		assert.deepEqual(await listed([keyView({ accountIds: ['acc_1', 'acc_2'] })]), ['gpt-5.5']);
		assert.deepEqual(await listed([keyView({ accountIds: ['acc_2'] })]), []);
	});

	it('are described by what the catalogue tells', () => {
		const deep = modelView({ name: 'deep', displayName: 'deep', effort: 'xhigh', tier: 'priority' });

		assert.deepEqual(
			chatModelInformation({ ...deep, contextWindow: { tokens: 200_000, inputTokens: 190_000 }, takesImages: false }),
			{
				id: 'deep',
				name: 'deep',
				family: 'gpt-5.5',
				version: 'gpt-5.5',
				detail: 'Codex Pool · xhigh · priority',
				tooltip: 'gpt-5.5, through the accounts of your pool',
				maxInputTokens: 190_000,
				maxOutputTokens: 10_000,
				capabilities: { toolCalling: true, imageInput: false },
			},
		);
		const { maxInputTokens, maxOutputTokens } = chatModelInformation(modelView({ contextWindow: null }));
		assert.deepEqual([maxInputTokens, maxOutputTokens], [258_400, 13_600]);
		assert.equal(chatModelInformation(modelView()).detail, 'Codex Pool');
	});

	it('may have changed when accounts that serve, or the models themselves, have', () => {
		const [a, b] = [accountView({ id: 'a' }), accountView({ id: 'b' })];
		const pool = poolState(1, { accounts: [a, b], modelsRevision: 1 });
		const before = chatModelsRevision(pool);

		const same = [
			poolState(1, { accounts: [{ ...a, state: 'limited' }, b], modelsRevision: 1 }),
			poolState(1, { accounts: [{ ...a, windows: [] }, b], modelsRevision: 1, revision: 9, inFlight: 3 }),
		];
		const others = [
			poolState(1, { accounts: [a, b], modelsRevision: 2 }),
			poolState(1, { accounts: [a], modelsRevision: 1 }),
			poolState(1, { accounts: [a, { ...b, selected: false }], modelsRevision: 1 }),
			poolState(1, { accounts: [a, { ...b, state: 'paused' }], modelsRevision: 1 }),
			{ ...pool, owner: { ...pool.owner, startedAt: 2_000 } },
		];

		for (const state of same) assert.equal(chatModelsRevision(state), before);
		for (const state of others) assert.notEqual(chatModelsRevision(state), before);
	});

	it('are none without a pool, while it is off, and without an account that serves', () => {
		const paused = poolState(1, { accounts: [accountView({ state: 'paused' })] });

		for (const pool of [null, poolState(1, { enabled: false }), poolState(1, { accounts: [] }), paused]) {
			assert.equal(chatModelsRevision(pool), '');
		}
	});
});
