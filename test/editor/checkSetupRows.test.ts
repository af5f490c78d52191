import assert from 'node:assert/strict';
import { remedyCommand, setupRows } from '../../src/editor/checkSetupRows.js';
import { commandIds } from '../../src/editor/commandIds.js';
import type { Check } from '../../src/setup/check.js';
import { setupReport } from '../../src/setup/setupReport.js';

const checks: readonly Check[] = [
	{ name: 'Pool', state: 'ok', sentence: 'The pool runs.' },
	{
		name: 'Accounts',
		state: 'warning',
		sentence: 'Ada needs a sign-in.',
		remedy: { action: 'signInAgain', accountId: 'account-1' },
	},
	{ name: 'OpenCode', state: 'unknown', sentence: 'It has no configuration.' },
	{ name: 'Codex', state: 'problem', sentence: 'It is elsewhere.', remedy: { action: 'configureCodex' } },
];

describe('setupRows', () => {
	it('puts what is worst first, and says what choosing it does', () => {
		const rows = setupRows(checks).map(({ label, description, detail }) => [label, description, detail]);

		assert.deepEqual(rows, [
			['$(error) Codex', '→ Configure Codex', 'It is elsewhere.'],
			['$(warning) Accounts', '→ Sign In Again…', 'Ada needs a sign-in.'],
			['$(question) OpenCode', '', 'It has no configuration.'],
			['$(pass) Pool', '', 'The pool runs.'],
		]);
	});

	it('starts what mends it, for the account that it is about', () => {
		const { command, argument } = setupRows(checks)[1]?.remedy ?? {};

		assert.equal(command, commandIds.signInAgain);
		assert.equal(argument, 'account-1');
		assert.equal(setupRows(checks)[3]?.remedy, null);
	});
});

describe('the report that is copied', () => {
	it('says the same in text', () => {
		const text = setupReport(checks, { remedyOf: check => remedyCommand(check)?.label ?? null });

		assert.equal(
			text,
			[
				'✓ Pool      The pool runs.',
				'! Accounts  Ada needs a sign-in.',
				'            → Sign In Again…',
				'? OpenCode  It has no configuration.',
				'✗ Codex     It is elsewhere.',
				'            → Configure Codex',
				'',
				'1 problem · 1 warning',
			].join('\n'),
		);
	});
});
