import assert from 'node:assert/strict';
import type { Check } from '../../src/setup/check.js';
import { checkAccounts } from '../../src/setup/checkAccounts.js';
import { checkKeys } from '../../src/setup/checkKeys.js';
import { checkPort, checkSwitch, type PortFacts } from '../../src/setup/checkPort.js';
import { checkProvider, checkProxy } from '../../src/setup/checkProvider.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { KeyView } from '../../src/shared/keyApi.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import { accountView, explainedRequest, keyView, poolState } from '../support/managementExamples.js';

const now = new Date(2026, 10, 20, 12).getTime();
const hour = 3_600_000;

const nameOf = ({ id }: AccountView): string => id;
const pool = (changes: Partial<PoolState>): PoolState => poolState(2456, changes);
const account = (id: string, changes: Partial<AccountView> = {}): AccountView => accountView({ id, ...changes });
const told = (checks: readonly Check[]): string[] => checks.map(({ state, sentence }) => `${state}: ${sentence}`);

describe('checkPort', () => {
	const { owner } = poolState(2456);
	const none = { port: 2456, owner: null, problem: null, version: '1.2.3' } as const;
	const cases: readonly (readonly [string, PortFacts, Check['state'], RegExp, string?])[] = [
		['our pool', { ...none, holder: 'pool', owner }, 'ok', /runs on port 2456, version 1\.2\.3/],
		['a pool of another version', { ...none, holder: 'pool', owner, version: '2.0.0' }, 'warning', /1\.2\.3.*2\.0\.0/],
		['nobody', { ...none, holder: 'free' }, 'problem', /^No pool runs on port 2456/, 'startPool'],
		['a crash', { ...none, holder: 'free', problem: 'It crashed.' }, 'problem', /^It crashed\.$/, 'startPool'],
		['another program', { ...none, holder: 'foreign' }, 'problem', /another program/, 'choosePort'],
		['a suspended pool', { ...none, holder: 'silent' }, 'problem', /does not answer/],
		['a pool of another home folder', { ...none, holder: 'stranger' }, 'problem', /another home folder/],
		['a pool that says why', { ...none, holder: 'pool', problem: 'It is damaged.' }, 'problem', /^It is damaged\.$/],
	];
	for (const [holder, facts, state, sentence, action] of cases) {
		it(`tells of ${holder}`, () => {
			const check = checkPort(facts);

			assert.equal(check.state, state);
			assert.match(check.sentence, sentence);
			assert.equal(check.remedy?.action, action);
		});
	}

	it('tells of a pool that is off, and only of that', () => {
		assert.deepEqual(checkSwitch(true), []);
		assert.equal(checkSwitch(false)[0]?.remedy?.action, 'turnOn');
	});
});

describe('checkAccounts', () => {
	const check = (changes: Partial<PoolState>): Check[] => checkAccounts(pool(changes), nameOf, now);

	it('counts those that can serve, and names what keeps the others from it', () => {
		const accounts = [
			account('a'),
			account('b', { state: 'needs_sign_in' }),
			account('c', { state: 'disabled' }),
			account('d', { state: 'limited', limitedUntil: now + hour }),
			account('e', { state: 'limited', limitedUntil: now - 1 }),
			account('f', { state: 'paused' }),
		];

		const checks = check({ accounts });

		assert.deepEqual(told(checks), [
			'ok: 2 of 6 accounts can serve now.',
			'warning: b needs a sign-in.',
			'warning: c was closed by the provider.',
			'warning: d is at its limit until 13:00.',
		]);
		assert.deepEqual(checks[1]?.remedy, { action: 'signInAgain', accountId: 'b' });
	});

	it('tells when the first is back where nobody is left, and what the user has decided', () => {
		const accounts = [
			account('a', { state: 'limited', limitedUntil: now + 2 * hour }),
			account('b', { state: 'limited', limitedUntil: now + hour }),
			account('c', { state: 'paused' }),
			account('d', { selected: false }),
		];

		const checks = check({ accounts });

		assert.deepEqual(told(checks), [
			'problem: No account can serve now; the first is back at 13:00.',
			'warning: a is at its limit until 14:00.',
			'warning: b is at its limit until 13:00.',
			'warning: c is paused.',
			'warning: d is kept out of the pool.',
		]);
		assert.deepEqual(
			checks.slice(3).map(({ remedy }) => remedy?.action),
			['resumeAccount', 'useAccount'],
		);
	});

	it('knows what is kept for the user', () => {
		const [window] = account('a').windows;
		assert.ok(window);
		const windows = [{ ...window, usedPercent: 85, resetsAt: now + hour, observedAt: now }];

		assert.deepEqual(told(check({ accounts: [account('a', { reservePercent: 20, windows })] })), [
			'problem: No account can serve now; the first is back at 13:00.',
			'warning: What is left of a is kept for you until 13:00.',
		]);
		assert.match(told(check({ accounts: [account('a', { windows })] }))[0] ?? '', /^ok/);
	});

	it('asks for an account, or for another strategy, where there is none to take', () => {
		const { routing } = poolState(2456);
		const gone = { ...routing, strategy: 'single_account', singleAccountId: 'gone' } as const;

		assert.equal(check({ accounts: [] })[0]?.remedy?.action, 'addAccount');
		assert.equal(check({ accounts: [account('a')], routing: gone })[0]?.remedy?.action, 'chooseStrategy');
	});

	it('tells once of two accounts that are one', () => {
		const accounts = [account('a', { sharesWith: ['b'] }), account('b', { sharesWith: ['a'] })];

		assert.deepEqual(told(check({ accounts })).slice(1), ['warning: The provider counts a and b as one account.']);
	});
});

describe('checkKeys', () => {
	const accounts = [account('a'), account('b', { state: 'paused' })];
	const check = (changes: Partial<KeyView>, state = pool({ accounts })): Check[] =>
		checkKeys([keyView({ name: 'ci', ...changes })], state, now);
	const budget = { tokens: 10, per: 'day', resetsAt: now + hour } as const;

	it('finds nothing wrong with a key that may be used', () => {
		assert.equal(check({ accountIds: ['a', 'b'], budget: { ...budget, used: 9 } })[0]?.state, 'ok');
	});

	const limited: readonly (readonly [string, Partial<KeyView>, RegExp])[] = [
		['no account any more', { accountIds: ['gone'] }, /"ci" has no account left/],
		['none that serves', { accountIds: ['b'] }, /No account that the key "ci" may use/],
		['no budget', { budget: { ...budget, used: 10 } }, /"ci" has used up its budget; it is back at 13:00/],
	];
	for (const [what, changes, sentence] of limited) {
		it(`tells of a key that has ${what}`, () => {
			const checks = check(changes);

			assert.match(told(checks).join('\n'), sentence);
			assert.equal(checks[0]?.remedy?.action, 'manageKeys');
		});
	}

	it('blames no key where no account serves at all', () => {
		assert.equal(check({ accountIds: ['b'] }, pool({ accounts: accounts.slice(1) }))[0]?.state, 'ok');
	});
});

describe('checkProvider', () => {
	const check = (changes: Partial<PoolState>): string[] => told(checkProvider(pool(changes), nameOf, now));
	const seen = (id: string, observedAt: number): AccountView =>
		account(id, { windows: account(id).windows.map(window => ({ ...window, observedAt })) });

	it('tells when it was last heard of, and of whom nothing was heard', () => {
		const accounts = [seen('a', now - hour), seen('b', now - 3 * hour), account('c', { windows: [] })];

		assert.deepEqual(check({ accounts }), [
			'ok: The provider last reported quota at 11:00.',
			'warning: The provider has reported no quota of b since 09:00.',
			'warning: The provider has reported no quota of c yet.',
		]);
	});

	it('warns when nothing has been heard for hours, or ever', () => {
		assert.match(check({ accounts: [seen('a', now - 3 * hour)] }).join(), /^warning: .* at 09:00\.$/);
		assert.match(check({ accounts: [account('a', { windows: [] })] }).join(), /^unknown: .* no quota yet\.$/);
	});

	it('tells of a last request that found no way there', () => {
		const attempts = [{ accountId: 'a', verdict: 'offline', status: null, ms: 1 }];
		const recentRequests = [explainedRequest({ startedAt: now - 60_000, attempts }), explainedRequest()];

		assert.match(
			check({ accounts: [seen('a', now - 120_000)], recentRequests }).join(),
			/^problem: .* at 11:59, could not reach/,
		);
	});

	it('forgets it once the provider has answered again', () => {
		const attempts = [{ accountId: 'a', verdict: 'offline', status: null, ms: 1 }];
		const recentRequests = [explainedRequest({ startedAt: now - 120_000, attempts })];

		assert.match(check({ accounts: [seen('a', now - 60_000)], recentRequests }).join(), /^ok: /);
	});

	it('has nothing to say of accounts that are not asked', () => {
		assert.deepEqual(check({ accounts: [account('a', { state: 'needs_sign_in' })] }), []);
	});
});

describe('checkProxy', () => {
	const proxy = 'http://user:secret@proxy.example';

	it('warns of one that would get the requests for the pool, and shows nothing of it', () => {
		const [check] = checkProxy({ HTTP_PROXY: proxy, NO_PROXY: 'example.com' });

		assert.equal(check?.state, 'warning');
		assert.match(check.sentence, /^HTTP_PROXY is set and `NO_PROXY` does not name `127\.0\.0\.1`/);
		assert.doesNotMatch(check.sentence, /secret|example/);
	});

	it('is content with one that leads to the provider alone', () => {
		assert.equal(checkProxy({ https_proxy: proxy })[0]?.state, 'ok');
		assert.equal(checkProxy({ http_proxy: proxy, no_proxy: 'localhost,127.0.0.1' })[0]?.state, 'ok');
		assert.deepEqual(checkProxy({}), []);
	});
});
