import assert from 'node:assert/strict';
import type { AccountView } from '../../src/shared/accountApi.js';
import { codexTurn } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { turnBody } from '../support/upstream/turn.js';
import type { AccountOptions } from '../support/upstream/accounts.js';
import type { SimulatedAccount } from '../support/upstream/accounts.js';
import type { UsageOptions } from '../support/upstream/usage.js';

const spark = {
	name: 'GPT-5.3-Codex-Spark',
	feature: 'codex_bengalfox',
	models: ['gpt-5.3-codex-spark'],
	windows: [{ minutes: 300, usedPercent: 100 }],
};

describe('the quota of an account', () => {
	let pool: PoolUnderTest;
	afterEach(() => closeWithoutViolations(pool));

	const start = async (...accounts: AccountOptions[]): Promise<readonly SimulatedAccount[]> => {
		pool = await PoolUnderTest.start({ accounts });
		return pool.upstream.accounts;
	};
	const view = async (account: SimulatedAccount | undefined): Promise<AccountView> => {
		const found = (await pool.control.state()).accounts.find(({ email }) => email === account?.email);
		assert.ok(found);
		return found;
	};
	const windowsOf = ({ windows }: AccountView) =>
		windows.map(({ limit, durationMinutes, usedPercent }) => [limit, durationMinutes, usedPercent]);

	const models: readonly (readonly [string, UsageOptions, readonly unknown[]])[] = [
		[
			'five hours and a week',
			{
				windows: [
					{ minutes: 300, usedPercent: 37 },
					{ minutes: 10_080, usedPercent: 12 },
				],
			},
			[
				['codex', 300, 37],
				['codex', 10_080, 12],
			],
		],
		[
			'a week alone, with a placeholder beside it',
			{ windows: [{ minutes: 10_080, usedPercent: 22 }] },
			[['codex', 10_080, 22]],
		],
		[
			'a week alone, with nothing beside it',
			{ windows: [{ minutes: 10_080, usedPercent: 22 }], missingSecondary: 'absent' },
			[['codex', 10_080, 22]],
		],
		['a month alone', { windows: [{ minutes: 43_200, usedPercent: 5 }] }, [['codex', 43_200, 5]]],
		[
			'a week before five hours',
			{
				windows: [
					{ minutes: 10_080, usedPercent: 1 },
					{ minutes: 300, usedPercent: 2 },
				],
			},
			[
				['codex', 300, 2],
				['codex', 10_080, 1],
			],
		],
		[
			'a limit of one model',
			{ windows: [{ minutes: 300, usedPercent: 3 }], additionalLimits: [spark] },
			[
				['codex', 300, 3],
				['codex_bengalfox', 300, 100],
			],
		],
	];
	for (const [what, usage, windows] of models) {
		it(`is known by ${what}, from polls and from live answers alike`, async () => {
			const [account] = await start({ plan: 'pro', usage });

			const [polled] = (await pool.control.refreshAccounts()).accounts;
			assert.equal((await codexTurn(pool)).status, 200);
			const live = await view(account);

			assert.ok(polled);
			assert.deepEqual([windowsOf(polled), windowsOf(live)], [windows, windows]);
			assert.deepEqual([...new Set(polled.windows.map(({ source }) => source))], ['poll']);
			assert.ok(live.windows.some(({ source }) => source !== 'poll'));
			assert.ok(live.windows.every(({ resetsAt, observedAt }) => (resetsAt ?? 0) > observedAt));
		});
	}

	it('keeps what the limit of one model is called, and goes on serving the others when it is spent', async () => {
		const [account] = await start({ plan: 'pro', usage: { additionalLimits: [spark] } });

		const refused = await codexTurn(pool, 't1', { body: turnBody('hi', { model: 'gpt-5.3-codex-spark' }) });
		const served = await codexTurn(pool, 't2');

		assert.deepEqual([refused.status, served.status], [429, 200]);
		const seen = await view(account);
		assert.equal(seen.state, 'active');
		assert.equal(seen.windows.find(({ limit }) => limit === 'codex_bengalfox')?.name, 'GPT-5.3-Codex-Spark');
	});

	for (const booleans of ['capitalised', 'lower'] as const) {
		it(`tells credits that are said in ${booleans} booleans, and uses them when the windows are full`, async () => {
			const credits = { hasCredits: true, unlimited: false, balance: '12.5' };
			const [account] = await start({ usage: { windows: [{ minutes: 300, usedPercent: 100 }], credits, booleans } });

			assert.equal((await codexTurn(pool)).status, 200);

			const seen = await view(account);
			assert.equal(seen.state, 'active');
			const { observedAt, source, ...figures } = seen.credits ?? assert.fail();
			assert.deepEqual(figures, { hasCredits: true, unlimited: false, balance: 12.5 });
			assert.ok(source !== 'poll' && observedAt > 0);
		});
	}

	it('is used again as soon as a poll tells that credits were bought', async () => {
		const [account] = await start({ usage: { windows: [{ minutes: 300, usedPercent: 100 }] } });
		assert.ok(account);
		assert.equal((await codexTurn(pool)).status, 429);
		assert.equal((await view(account)).state, 'limited');

		account.usage.credits = { hasCredits: true, unlimited: false, balance: '20' };
		await pool.control.refreshAccount(await pool.accountId(account));

		assert.equal((await codexTurn(pool)).status, 200);
		assert.equal((await view(account)).state, 'active');
	});

	it('tells the cap of a workspace, stops at it and goes on when it is lifted', async () => {
		const [account] = await start({
			plan: 'team',
			usage: { spendControl: { limit: '20', used: '20', reached: true } },
		});
		assert.ok(account);
		const id = await pool.accountId(account);
		await pool.control.refreshAccount(id);

		assert.equal((await codexTurn(pool)).status, 429);
		const stopped = await view(account);
		assert.deepEqual(
			[stopped.state, stopped.stateReason, stopped.reachedLimit?.type],
			['limited', 'workspace_member_usage_limit_reached', 'workspace_member_usage_limit_reached'],
		);
		const { reached, limit, used, remaining, usedPercent } = stopped.spendLimit ?? assert.fail();
		assert.deepEqual([reached, limit, used, remaining, usedPercent], [true, 20, 20, 0, 100]);

		account.usage.spendControl = { limit: '40', used: '20', reached: false };
		const lifted = await pool.control.refreshAccount(id);
		assert.deepEqual([lifted.spendLimit?.usedPercent, lifted.reachedLimit], [50, null]);
		assert.equal((await codexTurn(pool)).status, 200);
	});

	it('survives a restart, with its age', async () => {
		const [account] = await start({
			usage: { credits: { hasCredits: true, unlimited: false, balance: '3' }, resetCredits: [{}] },
		});
		await pool.control.refreshAccounts();
		const before = await view(account);

		await pool.restart();

		const { credits, resetCredits, windows } = await view(account);
		assert.deepEqual([credits, resetCredits, windows], [before.credits, before.resetCredits, before.windows]);
	});

	describe('of all accounts', () => {
		it('is read anew at one click, one after the other, and says which failed', async () => {
			const [first, second] = await start({}, {}, {});
			assert.ok(first && second);
			first.spend('weekly', 40);
			pool.upstream.script({ kind: 'reply', status: 503 }, { account: second, path: '/wham/usage', times: 9 });

			const { accounts, failedIds } = await pool.control.refreshAccounts();

			assert.deepEqual(failedIds, [await pool.accountId(second)]);
			assert.deepEqual(windowsOf(accounts.find(({ email }) => email === first.email) ?? assert.fail()).at(-1), [
				'codex',
				10_080,
				40,
			]);
			assert.equal(pool.upstream.requests.filter(({ path }) => path.endsWith('/wham/usage')).length, 3);
		});
	});

	describe('and a banked reset', () => {
		const withReset = async () => {
			const [account] = await start({
				usage: {
					windows: [{ minutes: 300, usedPercent: 100 }],
					resetCredits: [{ title: 'Later' }, { expiresInMs: 5_000_000 }],
				},
			});
			assert.ok(account);
			return { account, id: await pool.accountId(account), resets: account.usage.resetCredits };
		};
		const consumed = () => pool.upstream.requests.filter(({ path }) => path.endsWith('/consume'));

		it('is counted and named, and never redeemed without a click', async () => {
			const { account, id } = await withReset();

			assert.equal((await codexTurn(pool)).status, 429);
			const { resetCredits } = await pool.control.refreshAccount(id);

			assert.deepEqual([resetCredits?.available, resetCredits?.applicable], [2, 2]);
			assert.deepEqual(
				resetCredits?.credits.map(({ title }) => title),
				['Full reset', 'Later'],
			);
			assert.deepEqual(consumed(), []);
			assert.equal(account.usage.resetCredits.count, 2);
		});

		it('lets the account serve at once when it is redeemed', async () => {
			const { account, id, resets } = await withReset();
			assert.equal((await codexTurn(pool)).status, 429);
			resets.confirm();

			const redeemed = await pool.control.redeemReset(id);

			assert.equal(redeemed.code, 'reset');
			assert.equal(redeemed.sentence, 'The reset is redeemed: one usage window begins anew.');
			assert.deepEqual([redeemed.account.windows[0]?.usedPercent, redeemed.account.resetCredits?.available], [0, 1]);
			assert.deepEqual(
				redeemed.account.resetCredits?.credits.map(({ title }) => title),
				['Later'],
			);
			assert.equal((await codexTurn(pool)).status, 200);
			assert.equal((await view(account)).state, 'active');
		});

		it('is redeemed once when the answer was lost and the user clicks again, even after a restart', async () => {
			const { id, resets } = await withReset();
			resets.confirm();
			pool.upstream.script({ kind: 'lose' }, { path: '/consume' });

			await assert.rejects(pool.control.redeemReset(id), { code: 'upstream_failed', message: /same redemption/ });
			assert.equal(consumed().length, 1);
			await pool.restart();
			const again = await pool.control.redeemReset(id);

			assert.equal(again.code, 'already_redeemed');
			assert.deepEqual([resets.redeemed, resets.count, consumed().length], [1, 1, 2]);
			assert.equal((await codexTurn(pool)).status, 200);
		});

		it('is redeemed once by clicks in two windows at the same time', async () => {
			const { id, resets } = await withReset();
			resets.confirm();

			const [one, two] = await Promise.all([pool.control.redeemReset(id), pool.control.redeemReset(id)]);

			assert.deepEqual([one.code, two.code, consumed().length], ['reset', 'reset', 1]);
		});

		it('is not spent when there is nothing to reset, or none is left', async () => {
			const [account] = await start({ usage: { resetCredits: [{}] } });
			assert.ok(account);
			const id = await pool.accountId(account);
			account.usage.resetCredits.confirm();

			assert.equal((await pool.control.redeemReset(id)).code, 'nothing_to_reset');
			assert.equal(account.usage.resetCredits.count, 1);
			await assert.rejects(pool.control.redeemReset('nobody'), { code: 'account_not_found' });
		});
	});
});
