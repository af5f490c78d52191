import * as z from 'zod';
import type { AccountBook } from './accountBook.js';
import type { Clock, Log, Upstream } from './ports.js';
import type { TokenKeeper } from './tokenKeeper.js';
import { quotaHolderOf } from './sharedHeadroom.js';
import { windowsFromUsage } from './usageWindows.js';

const planSchema = z.object({ plan_type: z.string().min(1) });

/** One account at a time, so that a pool never asks in bursts. */
const everyMs = 60_000;
/** Live headers and events are fresher than any poll. */
const staleMs = 5 * 60_000;

/** Asks the provider for usage figures, gently: only for accounts whose figures have grown old. */
export class UsagePoller {
	#cancel: (() => void) | undefined;
	readonly #askedAt = new Map<string, number>();
	/** Ends when the last refresh that was asked for has ended: they run one after the other. */
	#queue = Promise.resolve(true);

	constructor(
		private readonly accounts: AccountBook,
		private readonly tokens: TokenKeeper,
		private readonly upstream: Upstream,
		private readonly clock: Clock,
		private readonly log: Log,
	) {}

	start(): void {
		const cancel = this.clock.after(everyMs, () => {
			void this.#pollOne().finally(() => {
				// Nobody has stopped it meanwhile.
				if (this.#cancel === cancel) this.start();
			});
		});
		this.#cancel = cancel;
	}

	stop(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}

	/** Reads the figures of one account soon, without making the caller wait. */
	refreshSoon(accountId: string): void {
		this.#queue = this.#queue.then(() => this.refresh(accountId));
	}

	/** Reads the figures of one account now. Failure is logged: old figures with their age are still shown. */
	async refresh(accountId: string): Promise<boolean> {
		const askedAt = this.clock.now();
		this.#askedAt.set(accountId, askedAt);
		try {
			const reply = await this.tokens.ask(accountId, access => this.upstream.readUsage(access));
			if (reply.status !== 200) {
				this.log.warn('usage refused', { accountId, status: reply.status });
				return false;
			}
			this.accounts.recordHolder(accountId, quotaHolderOf(reply.body));
			this.accounts.replaceWindows(accountId, windowsFromUsage(reply.body, this.clock.now()), askedAt);
			const plan = planSchema.safeParse(reply.body).data?.plan_type;
			if (plan !== undefined && this.accounts.find(accountId)?.plan !== plan) this.accounts.change(accountId, { plan });
			return true;
		} catch (error) {
			this.log.warn('usage failed', { accountId, cause: String(error) });
			return false;
		}
	}

	async #pollOne(): Promise<void> {
		const now = this.clock.now();
		const due = this.accounts
			.views()
			.filter(account => account.state === 'active' || account.state === 'limited')
			.map(account => ({
				id: account.id,
				freshAt: Math.max(this.#askedAt.get(account.id) ?? 0, ...account.windows.map(window => window.observedAt)),
			}))
			.filter(({ freshAt }) => now - freshAt >= staleMs)
			.sort((a, b) => a.freshAt - b.freshAt)[0];
		if (due) await this.refresh(due.id);
	}
}
