import assert from 'node:assert/strict';
import { importDroppedFiles } from '../../src/editor/importDroppedFiles.js';
import { coldCacheCost, sessionChoices } from '../../src/editor/sessionChoices.js';
import { signInRemedies } from '../../src/editor/signInRemedies.js';
import { strategyChoices } from '../../src/editor/strategyChoices.js';
import { strategySchema } from '../../src/shared/routingApi.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { SessionView } from '../../src/shared/sessionApi.js';
import { PoolError } from '../../src/shared/poolError.js';
import { accountView, sessionView } from '../support/managementExamples.js';

const now = Date.UTC(2026, 10, 19, 14, 20);
const minuteMs = 60_000;
const ada = accountView({ id: 'ada', name: 'Ada' });

describe('sessionChoices', () => {
	const unknown = { client: null, model: null, inputTokens: 0, cachedTokens: 0, outputTokens: 0, costNanoUsd: 0 };

	it('tells sessions apart by their client and model, their account, their times, their cache and their cost', () => {
		const [first, second] = sessionChoices(
			[session(), session({ ...unknown, id: 'ffff0000', accountId: 'gone', turns: 1 })],
			[ada],
			now,
		);

		assert.equal(first?.label, 'codex_exec · gpt-5.5');
		assert.equal(first.description, 'Ada · 01234567');
		assert.equal(
			first.detail,
			'Last used just now, begun 3h ago · 20 turns · 92% of its input from the cache · $1.25 (estimate)',
		);
		assert.equal(second?.label, 'Session ffff0000');
		assert.equal(second.description, 'an account that was removed');
		assert.match(second.detail, / · 1 turn$/);
	});

	it('says by one of them what it knows only that of, and that a cost is not the whole', () => {
		const [named, asked] = sessionChoices(
			[session({ ...unknown, client: 'opencode' }), session({ client: null, unpriced: 2 })],
			[ada],
			now,
		);

		assert.equal(named?.label, 'opencode');
		assert.equal(asked?.label, 'gpt-5.5');
		assert.match(asked.detail, / · ≥ \$1\.25 \(estimate\)$/);
	});
});

describe('coldCacheCost', () => {
	it('says about how much is read anew', () => {
		assert.match(coldCacheCost(session()) ?? '', /next turn reads everything anew.*about 46k tokens/);
	});

	it('says nothing where nothing is warm', () => {
		assert.equal(coldCacheCost(session({ cachedTokens: 0 })), null);
	});
});

describe('strategyChoices', () => {
	it('offers every strategy with what it means, and marks the one in use', () => {
		const choices = strategyChoices({
			strategy: 'fill_first',
			singleAccountId: null,
			inFlightLimit: 0,
			holdMinutes: 0,
		});

		assert.deepEqual(choices.map(({ strategy }) => strategy).sort(), [...strategySchema.options].sort());
		for (const { label, detail } of choices) {
			assert.match(label, /^[A-Z]/);
			assert.match(detail, /\.$/);
		}
		assert.deepEqual(
			choices.filter(({ description }) => description === 'in use').map(({ strategy }) => strategy),
			['fill_first'],
		);
	});
});

describe('importDroppedFiles', () => {
	const files = ['good', 'bad', 'again'].map(text => ({ name: `${text}.json`, text }));

	it('lets no file keep another from coming in, and tells of each by its name', async () => {
		const pool = importing(text => {
			if (text === 'bad') throw new PoolError('invalid_account_file', 'It is signed out.');
			return [ada];
		});

		assert.deepEqual(await importDroppedFiles(pool, files), {
			imported: ['Ada'],
			refused: [{ name: 'bad.json', problem: 'It is signed out.' }],
		});
	});

	it('fails at once when there is no pool', async () => {
		const pool = importing(() => {
			throw new PoolError('runtime_not_running', 'The pool has stopped.');
		});

		await assert.rejects(importDroppedFiles(pool, files), { code: 'runtime_not_running' });
	});

	it('says what came in before the pool has gone away', async () => {
		const pool = importing(text => {
			if (text !== 'good') throw new PoolError('runtime_not_running', 'The pool has stopped.');
			return [ada];
		});

		const { imported, refused } = await importDroppedFiles(pool, files);

		assert.deepEqual(imported, ['Ada']);
		assert.deepEqual(
			refused.map(({ name }) => name),
			['bad.json', 'again.json'],
		);
	});
});

describe('signInRemedies', () => {
	const labels = (...given: Parameters<typeof signInRemedies>) => signInRemedies(...given).map(({ label }) => label);

	it('names the ways that need no port when the port is busy', () => {
		assert.deepEqual(labels('sign_in_port_busy', 'browser'), ['Try Again', 'Use a Device Code', 'Paste the Address']);
		assert.deepEqual(
			signInRemedies('sign_in_port_busy', 'browser').map(({ next }) => next),
			['browser', 'device', 'paste'],
		);
	});

	it('offers the same and another way where either may help', () => {
		assert.deepEqual(labels('sign_in_failed', 'device'), ['Try Again', 'Another Way…']);
	});

	it('offers nothing where no try would help', () => {
		assert.deepEqual(labels('account_not_found', 'browser'), []);
	});
});

function importing(read: (text: string) => AccountView[]) {
	return {
		importAccounts: async (texts: readonly string[]) => {
			await Promise.resolve();
			return texts.flatMap(read);
		},
	};
}

function session(change: Partial<SessionView> = {}): SessionView {
	return sessionView({
		id: '0123456789abcdef',
		accountId: 'ada',
		firstUsedAt: now - 180 * minuteMs,
		lastUsedAt: now - 1_000,
		turns: 20,
		inputTokens: 1_000_000,
		cachedTokens: 920_000,
		costNanoUsd: 1_250_000_000,
		...change,
	});
}
