import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AccountBook } from '../../src/core/accounts/accountBook.js';
import type { Issuer } from '../../src/core/issuerPort.js';
import type { Vault } from '../../src/core/ports.js';
import { TokenKeeper } from '../../src/core/tokens/tokenKeeper.js';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import { ScriptedIssuer } from '../support/scriptedIssuer.js';
import { StrictProvider, type IssuerFault } from '../support/strictProvider.js';

type What = 'access' | 'refused' | 'keep_alive' | 'sign_in' | 'remove';

interface Act {
	readonly what: What;
	readonly window: number;
}

const anAct = (windows: number, whats: readonly What[]): fc.Arbitrary<Act> =>
	fc.record({ what: fc.constantFrom(...whats), window: fc.nat(windows - 1) });

/** Windows over one database and vault, whose every step outside comes in an order of the scheduler's choice. */
class Crossing {
	readonly provider: StrictProvider;
	readonly #windows: { readonly accounts: AccountBook; readonly tokens: TokenKeeper }[];

	private constructor(
		readonly core: CorePool,
		provider: StrictProvider,
		private readonly scheduler: fc.Scheduler,
		windows: number,
	) {
		this.provider = provider;
		this.#windows = Array.from({ length: windows }, (_, at) => {
			const accounts = new AccountBook(core.store, core.clock, () => undefined);
			const ports = [this.#vault(), this.#issuer(), core.clock, core.log] as const;
			return { accounts, tokens: new TokenKeeper(accounts, ...ports, `window-${at}`) };
		});
	}

	static async begin(scheduler: fc.Scheduler, windows: number): Promise<Crossing> {
		const core = await CorePool.of('a');
		const provider = new StrictProvider(core.clock);
		await core.keep('a', { generation: 1, ...provider.signIn('a') });
		return new Crossing(core, provider, scheduler, windows);
	}

	/** Starts all at once and lets every one come to its end. */
	async run(acts: readonly Act[]): Promise<void> {
		const { accessToken } = await this.#inVault();
		this.provider.revokeAccess('a');
		let running = acts.length;
		const all = acts.map(act =>
			this.#act(act, accessToken)
				.catch(() => undefined)
				.finally(() => running--),
		);
		while (running > 0) {
			await settle();
			if (this.scheduler.count() > 0) await this.scheduler.waitNext(1);
			else await this.core.clock.advance(250);
		}
		await Promise.all(all);
		await Promise.all(this.#windows.map(({ tokens }) => tokens.settled()));
	}

	async standing(): Promise<{ readonly isSignedIn: boolean; readonly says: string | null }> {
		const pair = await this.#inVault();
		const lastly = this.#windows.map(({ accounts }) => accounts.find('a')).find(row => row?.state === 'needs_sign_in');
		return { isSignedIn: this.provider.accepts('a', pair.accessToken), says: lastly?.stateReason ?? null };
	}

	async #act({ what, window }: Act, refused: string): Promise<void> {
		const found = this.#windows[window];
		if (!found) return;
		const { accounts, tokens } = found;
		await this.scheduler.schedule(Promise.resolve(), what);
		switch (what) {
			case 'access':
				await tokens.access('a');
				break;
			case 'refused':
				await tokens.replace('a', refused);
				break;
			case 'keep_alive':
				await tokens.renew('a');
				break;
			case 'sign_in': {
				const generation = await tokens.store('a', 'workspace-a', { ...this.provider.signIn('a'), idToken: null });
				accounts.change('a', { generation, state: 'active', stateReason: null });
				break;
			}
			case 'remove':
				accounts.remove('a');
				await tokens.forget('a');
				break;
			default:
				what satisfies never;
		}
	}

	async #inVault(): Promise<{ readonly accessToken: string }> {
		const secret = (await this.core.vault.read('account/a')) ?? '{"accessToken":""}';
		return JSON.parse(secret) as { readonly accessToken: string };
	}

	#vault(): Vault {
		const { vault } = this.core;
		const soon = (label: string): Promise<unknown> => this.scheduler.schedule(Promise.resolve(), label);
		return {
			read: name => soon(`read ${name}`).then(() => vault.read(name)),
			write: (name, secret) => soon(`write ${name}`).then(() => vault.write(name, secret)),
			forget: name => soon(`forget ${name}`).then(() => vault.forget(name)),
		};
	}

	#issuer(): Issuer {
		const issuer = new ScriptedIssuer();
		issuer.onRefresh = async shown => {
			await this.scheduler.schedule(Promise.resolve(), 'the issuer is asked');
			const outcome = this.provider.refresh(shown);
			await this.scheduler.schedule(Promise.resolve(), 'the issuer answers');
			return outcome;
		};
		return issuer;
	}
}

describe('tokens in any order of events', () => {
	const faults: fc.Arbitrary<IssuerFault> = fc.constantFrom('none', 'none', 'not_sent', 'reply_lost', 'http_500');

	it('are never shown twice by one window, and the account works or says why', () =>
		fc.assert(
			fc.asyncProperty(
				fc.scheduler(),
				fc.array(anAct(1, ['access', 'refused', 'refused', 'keep_alive', 'sign_in']), { minLength: 2, maxLength: 12 }),
				faults,
				async (scheduler, acts, fault) => {
					const crossing = await Crossing.begin(scheduler, 1);
					crossing.provider.fault = fault;
					await crossing.run(acts);
					crossing.provider.fault = 'none';
					await crossing.core.clock.advance(60_000);
					await crossing.run([{ what: 'refused', window: 0 }]);

					const { isSignedIn, says } = await crossing.standing();
					assert.deepEqual(crossing.provider.violations, []);
					assert.ok(isSignedIn || says !== null, 'it neither works nor says why');
				},
			),
			{ numRuns: 200 },
		));

	it('are gone from the vault when the account was removed last', () =>
		fc.assert(
			fc.asyncProperty(
				fc.scheduler(),
				fc.array(anAct(1, ['access', 'refused', 'keep_alive']), { minLength: 1, maxLength: 6 }),
				async (scheduler, acts) => {
					const crossing = await Crossing.begin(scheduler, 1);
					await crossing.run([...acts, { what: 'remove', window: 0 }]);

					assert.deepEqual(crossing.core.vault.names, []);
				},
			),
			{ numRuns: 100 },
		));

	it('survive two windows that race: the account works in the end or says why', () =>
		fc.assert(
			fc.asyncProperty(
				fc.scheduler(),
				fc.array(anAct(2, ['access', 'refused', 'keep_alive']), { minLength: 2, maxLength: 8 }),
				async (scheduler, acts) => {
					const crossing = await Crossing.begin(scheduler, 2);
					await crossing.run(acts);
					await crossing.core.clock.advance(60_000);
					await crossing.run([
						{ what: 'refused', window: 0 },
						{ what: 'refused', window: 1 },
					]);

					const { isSignedIn, says } = await crossing.standing();
					assert.ok(isSignedIn || says !== null, 'it neither works nor says why');
				},
			),
			{ numRuns: 200 },
		));
});
