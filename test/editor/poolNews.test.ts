import assert from 'node:assert/strict';
import { newsText } from '../../src/editor/newsText.js';
import { PoolNewsReader, type EpisodeMemory } from '../../src/editor/poolNews.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { PoolForecast } from '../../src/shared/forecastApi.js';
import { accountView, poolState } from '../support/managementExamples.js';

const now = Date.UTC(2026, 10, 20, 12);
const hourMs = 3_600_000;
const lowPercent = 15;
const limited = { state: 'limited', limitedUntil: now + 2 * hourMs } as const;

describe('PoolNewsReader', () => {
	let memory: MemoryOfEpisodes;
	let reader: PoolNewsReader;

	beforeEach(() => {
		memory = new MemoryOfEpisodes();
		reader = new PoolNewsReader(memory);
	});

	const look = (...accounts: AccountView[]) => reader.look(poolState(2456, { accounts }), lowPercent, now);
	const kinds = (...accounts: AccountView[]) => look(...accounts).map(({ kind }) => kind);

	/** `undefined`: there is no forecast; null: the pool lasts. */
	const forecastNews = (lastsUntil: number | null | undefined) => {
		const pool = lastsUntil === undefined ? null : poolForecast(lastsUntil);
		const state = poolState(2456, { accounts: [left('a', 60)], forecast: { pool, windows: [] } });
		return reader.look(state, lowPercent, now).map(({ kind }) => kind);
	};

	it('tells of a need for a sign-in once while it lasts, and again when it comes back', () => {
		assert.deepEqual(kinds(fresh('a'), fresh('b')), []);
		assert.deepEqual(kinds(needy('a'), fresh('b')), ['signInNeeded']);
		assert.deepEqual(kinds(needy('a'), fresh('b')), []);
		assert.deepEqual(kinds(fresh('a'), fresh('b')), []);
		assert.deepEqual(kinds(needy('a'), fresh('b')), ['signInNeeded']);
	});

	it('says nothing of an account that the pool may not use', () => {
		assert.deepEqual(kinds({ ...needy('a'), selected: false }, { ...spent('b'), selected: false }), []);
	});

	it('tells when an account is spent and when it is back, each once', () => {
		assert.deepEqual(kinds(spent('a'), fresh('b')), ['accountSpent']);
		assert.deepEqual(kinds(spent('a'), fresh('b')), []);
		assert.deepEqual(kinds(fresh('a'), fresh('b')), ['accountRecovered']);
		assert.deepEqual(kinds(fresh('a'), fresh('b')), []);
	});

	it('counts an account as back when its reset has passed', () => {
		look(spent('a'));

		assert.deepEqual(kinds({ ...spent('a'), limitedUntil: now - 1 }), ['accountRecovered']);
	});

	it('tells of accounts that are spent together in one go', () => {
		const [news] = look(spent('a'), spent('b'));

		assert.equal(
			news && newsText(news, now).message,
			'a@example.com and b@example.com reached their limits. No account is left; the first is back in 2h.',
		);
	});

	it('tells that the pool is low once, though the figure goes up and down a little', () => {
		assert.deepEqual(kinds(left('a', 14)), ['poolLow']);
		assert.deepEqual(kinds(left('a', 16)), []);
		assert.deepEqual(kinds(left('a', 13)), []);
		assert.deepEqual(kinds(left('a', 90)), []);
		assert.deepEqual(kinds(left('a', 14)), ['poolLow']);
	});

	it('does not call the pool low while one account has enough', () => {
		assert.deepEqual(kinds(left('a', 3), left('b', 60)), []);
	});

	it('never calls the pool low when the threshold is 0', () => {
		assert.deepEqual(reader.look(poolState(2456, { accounts: [left('a', 0)] }), 0, now), []);
	});

	it('tells that the pool ends soon once, though the forecast comes and goes', () => {
		const ends = (inHours: number | null) => forecastNews(inHours === null ? null : now + inHours * hourMs);

		assert.deepEqual(ends(5), []);
		assert.deepEqual(ends(2), ['poolEnding']);
		assert.deepEqual(forecastNews(undefined), []);
		assert.deepEqual(ends(4), []);
		assert.deepEqual(ends(2), []);
		assert.deepEqual(ends(null), []);
		assert.deepEqual(ends(2), ['poolEnding']);
	});

	it('tells of a banked reset a day before it expires, once for each', () => {
		const expiring = (hours: number, resetId = 'r1', available = 1) =>
			kinds(banked('a', { id: resetId, expiresAt: now + hours * hourMs, available }), fresh('b'));

		assert.deepEqual(expiring(25), []);
		assert.deepEqual(expiring(24), ['resetExpiring']);
		assert.deepEqual(expiring(23), []);
		assert.deepEqual(expiring(12, 'r2'), ['resetExpiring']);
		assert.deepEqual(expiring(-1, 'r3'), []);
		assert.deepEqual(expiring(12, 'r4', 0), [], 'it has been redeemed');
	});

	it('offers a banked reset when nobody is left to go on, and not before', () => {
		const spentWithReset = { ...banked('a', { id: 'r1', expiresAt: null, available: 1 }), ...limited };
		const [goesOn] = look(spentWithReset, fresh('b'));
		assert.equal(goesOn && newsText(goesOn, now).action, 'showAccounts');

		reader = new PoolNewsReader(new MemoryOfEpisodes());
		const [ends] = look(spentWithReset, spent('b'));

		assert.deepEqual(ends && newsText(ends, now), {
			isWarning: true,
			message:
				'a@example.com and b@example.com reached their limits. No account is left; the first is back in 2h, or when you redeem a banked reset.',
			action: 'redeemReset',
		});
	});

	it('repeats nothing in a window that is opened again', () => {
		const accounts = [needy('a'), spent('b'), left('c', 5)];
		assert.equal(look(...accounts).length, 3);

		reader = new PoolNewsReader(memory);

		assert.deepEqual(look(...accounts), []);
		assert.deepEqual(kinds(needy('a'), fresh('b'), left('c', 5)), ['accountRecovered']);
	});
});

describe('newsText', () => {
	const accounts = [spent('a')];

	it('warns only when nobody is left to go on with', () => {
		const goesOn = newsText({ kind: 'accountSpent', accounts, others: 2, backAt: undefined, redeemable: [] }, now);
		const ends = newsText({ kind: 'accountSpent', accounts, others: 0, backAt: undefined, redeemable: [] }, now);

		assert.deepEqual(goesOn, {
			isWarning: false,
			message: 'a@example.com reached its limit. The pool goes on with 2 others.',
			action: 'showAccounts',
		});
		assert.equal(ends.isWarning, true);
		assert.match(ends.message, /No account is left to go on with\.$/);
	});

	it('names the window of which little is left', () => {
		const [window] = left('a', 12).windows;
		assert.ok(window);

		assert.equal(
			newsText({ kind: 'poolLow', headroom: { percent: 12, window } }, now).message,
			'The pool is running low: 12% of the 5h window is left on its best account.',
		);
	});
});

function poolForecast(lastsUntil: number | null): PoolForecast {
	const basis = { hours: 20, rises: 40 };
	const end = { servesAgainAt: null, foreseenUntil: now + 24 * hourMs, confidence: 'high', basis } as const;
	return { lastsUntil, ...end, episode: lastsUntil === null ? null : 'e' };
}

class MemoryOfEpisodes implements EpisodeMemory {
	#episodes: readonly string[] = [];

	load(): readonly string[] {
		return this.#episodes;
	}

	save(episodes: readonly string[]): void {
		this.#episodes = episodes;
	}
}

function fresh(id: string, changes: Partial<AccountView> = {}): AccountView {
	return accountView({ id, email: `${id}@example.com`, name: null, state: 'active', windows: [], ...changes });
}

function needy(id: string): AccountView {
	return fresh(id, { state: 'needs_sign_in' });
}

function spent(id: string): AccountView {
	return fresh(id, limited);
}

function banked(id: string, reset: { id: string; expiresAt: number | null; available: number }): AccountView {
	const { available, ...named } = reset;
	const credits = [{ ...named, title: null, description: null }];
	return fresh(id, {
		resetCredits: { available, applicable: null, credits, listedAt: now, source: 'poll', observedAt: now },
	});
}

function left(id: string, percent: number): AccountView {
	const window = {
		limit: 'codex',
		durationMinutes: 300,
		resetsAt: now + hourMs,
		source: 'poll',
		observedAt: now,
	} as const;
	return fresh(id, { windows: [{ ...window, usedPercent: 100 - percent }] });
}
