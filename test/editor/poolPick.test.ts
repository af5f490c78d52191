import assert from 'node:assert/strict';
import { commandIds } from '../../src/editor/commandIds.js';
import { accountActions, poolPickRows, type PickRow } from '../../src/editor/poolPickRows.js';
import type { ResetCredits } from '../../src/shared/accountApi.js';
import { accountView, panelState, poolState } from '../support/managementExamples.js';

const now = Date.UTC(2026, 10, 20, 12);

describe('poolPickRows', () => {
	it('shows every account with a bar for each window, and what can be done at once', () => {
		const window = { limit: 'codex', resetsAt: now + 90 * 60_000, source: 'poll', observedAt: now } as const;
		const account = accountView({
			windows: [
				{ ...window, durationMinutes: 300, usedPercent: 38 },
				{ ...window, durationMinutes: 10_080, usedPercent: 98, resetsAt: null },
			],
		});

		const [, row] = shown({ accounts: [account] });

		assert.ok(row?.kind === 'account');
		assert.equal(row.label, '$(warning) ada@example.com');
		assert.equal(row.description, 'Plus');
		assert.equal(row.detail, '5h ▰▰▰▰▰▰▱▱▱▱ 62% · 1h 30m\u2003week ▰▱▱▱▱▱▱▱▱▱ 2%');
		assert.deepEqual(
			row.buttons.map(({ command }) => command),
			[commandIds.pauseAccount, commandIds.refreshUsage],
		);
	});

	it('says what is wrong with an account', () => {
		const paused = accountView({ id: 'a', state: 'paused', plan: null, windows: [] });
		const unused = accountView({ id: 'b', selected: false });

		const rows = shown({ accounts: [paused, unused] }).filter(row => row.kind === 'account');

		assert.deepEqual(
			rows.map(({ description }) => description),
			['paused', 'Plus · not used'],
		);
		assert.equal(rows[0]?.buttons[0]?.command, commandIds.resumeAccount);
		assert.equal(rows[0].detail, 'Nothing is known of its windows yet');
	});

	it('offers nothing that an empty pool cannot do', () => {
		const keys = shown({ accounts: [], recentRequests: [] }).map(({ key }) => key);

		assert.ok(keys.includes(commandIds.addAccount));
		assert.ok(!keys.includes(commandIds.refreshUsage) && !keys.includes(commandIds.explainLastRequest));
	});

	it('offers the way out when there is no pool', () => {
		const rows = poolPickRows(panelState({ connection: 'offline', problem: 'Port 2456 is taken.' }), 15, now);

		assert.deepEqual(
			rows.map(({ key }) => key),
			['Port 2456 is taken.', commandIds.restart, commandIds.checkSetup, commandIds.showLog, commandIds.openPanel],
		);
	});
});

describe('accountActions', () => {
	const commands = (changes: Parameters<typeof accountView>[0]) =>
		accountActions(accountView(changes)).map(({ key }) => key);

	it('puts the sign-in first when that is what the account needs', () => {
		assert.equal(commands({ state: 'needs_sign_in' })[0], commandIds.signInAgain);
		assert.equal(commands({})[0], commandIds.pauseAccount);
		assert.equal(commands({ state: 'paused' })[0], commandIds.resumeAccount);
	});

	it('offers a reset only where one is banked', () => {
		const resetCredits: ResetCredits = {
			available: 1,
			applicable: 1,
			credits: [],
			listedAt: null,
			source: 'poll',
			observedAt: now,
		};

		assert.ok(commands({ resetCredits }).includes(commandIds.redeemReset));
		assert.ok(!commands({}).includes(commandIds.redeemReset));
	});
});

function shown(changes: Parameters<typeof poolState>[1]): readonly PickRow[] {
	return poolPickRows(panelState({ pool: poolState(1, changes) }), 15, now);
}
