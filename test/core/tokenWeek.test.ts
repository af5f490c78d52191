import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Store } from '../../src/core/storePort.js';
import { openStore } from '../../src/storage/sqliteStore.js';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import { MortalPool } from '../support/mortalPool.js';
import { StrictProvider, type IssuerFault } from '../support/strictProvider.js';

const hour = 3_600_000;
const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'] as const;

interface Step {
	readonly what: 'work' | 'storm' | 'poll' | 'keep_alive' | 'pause' | 'sign_in' | 'reopen' | 'hand_over' | 'crash';
	readonly account: number;
	readonly fault: IssuerFault | 'vault';
	/** How long a window that crashes or hands over still gets. */
	readonly turns: number;
	readonly hours: number;
}

const aStep = fc.record<Step>({
	what: fc.constantFrom(
		...(['work', 'work', 'work', 'storm', 'storm', 'poll', 'keep_alive', 'pause', 'sign_in'] as const),
		...(['reopen', 'hand_over', 'crash', 'crash'] as const),
	),
	account: fc.nat(ids.length - 1),
	fault: fc.oneof(
		{ weight: 3, arbitrary: fc.constant('none' as const) },
		{ weight: 1, arbitrary: fc.constantFrom('not_sent' as const, 'reply_lost', 'not_heard', 'http_500', 'vault') },
		{ weight: 1, arbitrary: fc.constantFrom('none' as const, 'none', 'none', 'revoked', 'closed') },
	),
	turns: fc.nat(24),
	hours: fc.integer({ min: 0, max: 12 }),
});

/** Ten accounts in use for a week, whatever happens to the windows and to the sign-in service. */
class Week {
	readonly core: CorePool;
	readonly provider: StrictProvider;
	readonly #openStore: () => Promise<Store>;
	readonly #replies: string[] = [];
	#crashes = 0;
	#store: Store;
	#pool: MortalPool;

	private constructor(core: CorePool, provider: StrictProvider, store: Store, openStoreAgain: () => Promise<Store>) {
		this.core = core;
		this.provider = provider;
		this.#openStore = openStoreAgain;
		this.#store = store;
		this.#pool = new MortalPool({ core, store, provider });
	}

	static async begin(openIt?: (core: CorePool) => Promise<Store>): Promise<Week> {
		const core = await CorePool.of(...ids);
		const provider = new StrictProvider(core.clock);
		const reopen = (): Promise<Store> => (openIt ? openIt(core) : Promise.resolve(core.store));
		const store = await reopen();
		for (const id of ids) {
			store.saveAccount({ ...core.accounts.get(id), refreshedAt: core.clock.now() });
			await core.keep(id, { generation: 1, ...provider.signIn(id) });
		}
		return new Week(core, provider, store, reopen);
	}

	async live({ what, account, fault, turns, hours }: Step): Promise<void> {
		const pool = this.#pool;
		const id = ids[account] ?? 'a';
		const share = account / ids.length;
		this.core.vault.failing = fault === 'vault';
		this.provider.fault = fault === 'vault' ? 'none' : fault;
		const work = (requests: number): Promise<unknown> =>
			Promise.all(Array.from({ length: requests }, () => pool.request(`session-${id}`, share)));
		switch (what) {
			case 'work':
				await this.#untilDone(work(3));
				break;
			case 'storm':
				this.provider.revokeAccess(id);
				await this.#untilDone(work(20));
				break;
			case 'poll':
				await this.#untilDone(pool.usage.refresh(id));
				break;
			case 'keep_alive':
				await this.#untilDone(pool.keepAlive.renewOldest());
				break;
			case 'pause':
				if (!pool.accounts.transition(id, ['paused'], 'active', null)) {
					pool.accounts.transition(id, ['active', 'limited'], 'paused', null);
				}
				break;
			case 'sign_in':
				await this.#untilDone(this.#signIn(id));
				break;
			case 'reopen':
				await this.#untilDone(pool.tokens.settled());
				this.core.vault.failing = false;
				await this.#untilDone(pool.tokens.settled());
				this.#store.close();
				this.#store = await this.#openStore();
				this.#openWindow();
				break;
			case 'hand_over': {
				this.provider.revokeAccess(id);
				const draining = work(3);
				for (let turn = 0; turn < turns; turn++) await settle();
				this.#openWindow();
				await this.#untilDone(Promise.all([draining, this.#pool.request(`session-${id}`, share)]));
				this.core.vault.failing = false;
				await this.#untilDone(pool.tokens.settled());
				await pool.crash();
				break;
			}
			case 'crash':
				this.provider.revokeAccess(id);
				void work(3);
				for (let turn = 0; turn < turns; turn++) await settle();
				await pool.crash();
				this.#crashes++;
				this.#openWindow();
				break;
			default:
				what satisfies never;
		}
		this.core.vault.failing = false;
		this.provider.fault = 'none';
		await this.core.clock.advance(hours * hour);
	}

	/** What everything must have come to, once the troubles are over. */
	async end(): Promise<void> {
		await this.core.clock.advance(hour);
		await this.#untilDone(this.#pool.tokens.settled());
		for (const id of ids) {
			// The first try may meet what is left of a crash.
			await this.#untilDone(this.#pool.usage.refresh(id));
			const isRead = await this.#untilDone(this.#pool.usage.refresh(id));
			const { state, stateReason } = this.#pool.accounts.get(id);
			if (state === 'needs_sign_in' || state === 'disabled') assert.ok(stateReason, `${id} says why`);
			else assert.equal(isRead, true, `${id} is said to be ${state}, and is not`);
		}
		assert.deepEqual(this.provider.violations, []);
		// Only a window that dies with the refusal in its hands leaves the next one to ask again.
		assert.ok(this.provider.reuses <= this.provider.lost + this.#crashes, 'a lost token was shown again and again');
	}

	close(): void {
		this.#store.close();
	}

	/** Everything that is not the vault. */
	get visible(): string {
		for (const { headers, text } of this.#pool.replies) this.#replies.push(JSON.stringify(headers), text);
		return JSON.stringify([
			this.core.log.entries,
			this.#replies,
			this.#pool.accounts.views(),
			this.#store.loadAccounts(),
			this.#store.loadSessions(1000),
			this.#store.recentRequests(1000),
		]);
	}

	async #signIn(id: string): Promise<void> {
		const { accounts, tokens } = this.#pool;
		const { chatgptAccountId, state } = accounts.get(id);
		const brought = { ...this.provider.signIn(id), idToken: null };
		// The vault may refuse; then the sign-in has failed and its tokens are nobody's.
		const generation = await tokens.store(id, chatgptAccountId, brought).catch(() => undefined);
		if (generation === undefined) return;
		const next = state === 'paused' ? 'paused' : 'active';
		accounts.change(id, { state: next, stateReason: null, generation, refreshedAt: this.core.clock.now() });
	}

	#openWindow(): void {
		for (const { headers, text } of this.#pool.replies) this.#replies.push(JSON.stringify(headers), text);
		this.#pool = new MortalPool({ core: this.core, store: this.#store, provider: this.provider });
	}

	/** Lets as much time pass as the work needs, and not more than a user would wait. */
	async #untilDone<T>(work: Promise<T>): Promise<T> {
		let ended = 0;
		const isDone = (): boolean => ended > 0;
		const done = work.finally(() => ended++);
		done.catch(() => undefined);
		for (let waited = 0; waited < 120_000 && !isDone(); waited += 500) {
			for (let turn = 0; turn < 60 && !isDone(); turn++) await settle();
			if (!isDone()) await this.core.clock.advance(500);
		}
		assert.ok(isDone(), 'it never came to an end');
		return done;
	}
}

describe('a week of ten accounts', function () {
	this.timeout(30_000);

	const liveThrough = async (week: Week, steps: readonly Step[]): Promise<void> => {
		for (const step of steps) await week.live(step);
		await week.end();
		const { visible } = week;
		assert.ok(!week.provider.secrets.some(secret => visible.includes(secret)), 'a token left the vault');
	};

	it('ends with every account healthy or saying what it needs, no token used twice and none outside the vault', () =>
		fc.assert(
			fc.asyncProperty(fc.array(aStep, { minLength: 20, maxLength: 60 }), async steps => {
				const week = await Week.begin();
				await liveThrough(week, steps);
			}),
			{ numRuns: 80 },
		));

	it('does so on a real database, which holds no token in any of its files', () =>
		fc.assert(
			fc.asyncProperty(fc.array(aStep, { minLength: 40, maxLength: 60 }), async steps => {
				const folder = await mkdtemp(join(tmpdir(), 'pool-week-'));
				try {
					const week = await Week.begin(core => openStore(join(folder, 'pool.sqlite'), core));
					await liveThrough(week, steps);
					week.close();
					for (const name of await readdir(folder)) {
						const bytes = await readFile(join(folder, name), 'latin1');
						assert.ok(!week.provider.secrets.some(secret => bytes.includes(secret)), `a token is in ${name}`);
					}
				} finally {
					await rm(folder, { recursive: true, force: true });
				}
			}),
			{ numRuns: 5 },
		));
});
