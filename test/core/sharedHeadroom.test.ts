import assert from 'node:assert/strict';
import { quotaHolderOf, sharedHeadroom, type HeadroomEvidence } from '../../src/core/routing/sharedHeadroom.js';
import type { UsageWindow } from '../../src/shared/accountApi.js';

const now = Date.UTC(2026, 10, 20, 12);
const hour = 3_600_000;

interface Spec extends Partial<HeadroomEvidence> {
	readonly user?: string;
	readonly workspace?: string;
}

function account(
	id: string,
	{ user = `user-${id}`, workspace = `workspace-${id}`, ...rest }: Spec = {},
): HeadroomEvidence {
	return { account: { id, userId: user, chatgptAccountId: workspace }, holder: undefined, windows: [], ...rest };
}

function week(change: Partial<UsageWindow> = {}): UsageWindow {
	const resetsAt = now + 48 * hour;
	return {
		limit: 'codex',
		durationMinutes: 10_080,
		usedPercent: 40,
		resetsAt,
		source: 'poll',
		observedAt: now,
		...change,
	};
}

describe('quotaHolderOf', () => {
	it('reads whom the provider means', () =>
		assert.deepEqual(quotaHolderOf({ user_id: 'user-1', account_id: 'workspace-1', email: 'a@example.com' }), {
			userId: 'user-1',
			chatgptAccountId: 'workspace-1',
		}));

	it('reads nothing from half an answer, or from rubbish', () => {
		const replies = [
			{ user_id: 'u' },
			{ account_id: 'w' },
			{ user_id: '', account_id: 'w' },
			{ user_id: 1, account_id: 'w' },
		];
		for (const reply of [...replies, null, undefined, 'text', []]) assert.equal(quotaHolderOf(reply), undefined);
	});
});

describe('sharedHeadroom', () => {
	const holder = { userId: 'user-1', chatgptAccountId: 'workspace-1' };

	it('finds one account behind two sign-ins that the provider gives the same name', () => {
		const oldToken = account('b', { user: 'auth0|user-1', workspace: 'workspace-1', holder });
		const groups = sharedHeadroom([account('a', { holder }), oldToken, account('c')]);

		assert.deepEqual(groups, [['a', 'b']]);
	});

	it('finds it before the provider has spoken when only the spelling differs', () => {
		const groups = sharedHeadroom([
			account('a', { user: 'user-1', workspace: 'WORKSPACE-1' }),
			account('b', { user: 'user-1', workspace: 'workspace-1' }),
			account('c', { holder }),
		]);

		assert.deepEqual(groups, [['a', 'b', 'c']]);
	});

	it('keeps two people of one workspace apart, and one person in two workspaces', () => {
		const people = [
			account('a', { holder }),
			account('b', { holder: { ...holder, userId: 'user-2' } }),
			account('c', { holder: { ...holder, chatgptAccountId: 'workspace-2' } }),
			account('d', { user: 'user-1', workspace: 'workspace-2' }),
		];

		assert.deepEqual(sharedHeadroom(people), [['c', 'd']]);
		assert.deepEqual(sharedHeadroom(people.slice(0, 3)), []);
	});

	it('believes the provider more than the tokens', () => {
		const same = { user: 'user-9', workspace: 'workspace-9' };
		const groups = sharedHeadroom([
			account('a', { ...same, holder }),
			account('b', { ...same, holder: { ...holder, userId: 'user-2' } }),
		]);

		assert.deepEqual(groups, []);
	});

	it('parts what has two different resets at the same time', () => {
		const parted = [week({ resetsAt: now + 48 * hour }), week({ resetsAt: now + 90 * hour })].map((window, at) =>
			account(String(at), { holder, windows: [window] }),
		);

		assert.deepEqual(sharedHeadroom(parted), []);
		assert.deepEqual(sharedHeadroom([...parted, account('x', { holder, windows: [week()] })]), [['0', 'x']]);
	});

	const harmless: readonly (readonly [what: string, a: Partial<UsageWindow>, b: Partial<UsageWindow>])[] = [
		['that were read at different times', { observedAt: now - hour, usedPercent: 20 }, { usedPercent: 60 }],
		['a moment apart', { resetsAt: now + 48 * hour }, { resetsAt: now + 48 * hour + 30_000 }],
		['of the week before', { observedAt: now - 100 * hour, resetsAt: now - hour }, {}],
		['that nobody has used yet', { usedPercent: 0, resetsAt: now + 168 * hour }, {}],
		['without a reset', { resetsAt: null }, {}],
		['of windows of other lengths', { durationMinutes: 300, resetsAt: now + hour }, {}],
		['of another limit', { limit: 'codex_spark', resetsAt: now + hour }, {}],
	];
	for (const [what, a, b] of harmless) {
		it(`is not misled by figures ${what}`, () => {
			const groups = sharedHeadroom([
				account('a', { holder, windows: [week(a)] }),
				account('b', { holder, windows: [week(b)] }),
			]);

			assert.deepEqual(groups, [['a', 'b']]);
		});
	}

	it('says nothing of accounts that stand alone', () =>
		assert.deepEqual(sharedHeadroom([account('a'), account('b')]), []));
});
