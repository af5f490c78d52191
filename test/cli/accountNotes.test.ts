import assert from 'node:assert/strict';
import { accountNotes } from '../../src/cli/accountNotes.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import { accountView } from '../support/managementExamples.js';

describe('accountNotes', () => {
	const now = new Date(2026, 6, 1, 12, 0).getTime();
	const notes = (changes: Partial<AccountView>): string[] =>
		accountNotes(accountView({ stateSince: new Date(2026, 6, 1, 9, 5).getTime(), ...changes }), now);

	it('has nothing to say about an account that works', () => {
		assert.deepEqual(notes({}), []);
	});

	for (const [what, changes, expected] of [
		[
			'paused',
			{ state: 'paused' },
			'has been paused since 2026-07-01 09:05. Use it again: codex-pool accounts resume account-1',
		],
		[
			'limited',
			{ state: 'limited', stateReason: 'usage_limit_reached', limitedUntil: new Date(2026, 6, 2, 8, 0).getTime() },
			'has been limited since 2026-07-01 09:05: usage limit reached. The pool uses it again at 2026-07-02 08:00.',
		],
		[
			'limited until a moment ago',
			{ state: 'limited', limitedUntil: now - 1 },
			'has been limited since 2026-07-01 09:05. The pool tries it again with the next request.',
		],
		[
			'signed out',
			{ state: 'needs_sign_in', stateReason: 'refresh_token_reused' },
			'has needed a sign-in since 2026-07-01 09:05: refresh token reused. Sign in again: codex-pool accounts add --renew account-1',
		],
		[
			'closed',
			{ state: 'disabled', stateReason: 'account_deactivated' },
			'has been closed by the provider since 2026-07-01 09:05: account deactivated. Ask the provider, or remove it: codex-pool accounts remove account-1',
		],
		['kept out', { selected: false }, 'is kept out of the pool. Let the pool use it: codex-pool enable account-1'],
	] as const) {
		it(`says why an account that is ${what} rests and what helps`, () => {
			assert.deepEqual(notes(changes), [`ada@example.com ${expected}`]);
		});
	}

	it('says both when two things keep it from working', () => {
		assert.equal(notes({ state: 'paused', selected: false }).length, 2);
	});

	it('drops what would steer the terminal', () => {
		assert.match(
			notes({ name: 'a\u001b[2J', state: 'paused', stateReason: 'b\u0007' })[0] ?? '',
			/^a \[2J has been paused .*: b \. Use/,
		);
	});
});
