import { PoolError } from '../../shared/poolError.js';
import type { AccountBook } from '../accounts/accountBook.js';
import { quotaFromUsage } from '../accounts/accountQuota.js';
import { duePoll, isIdle, type Poll } from './pollSchedule.js';
import type { Clock, Log } from '../ports.js';
import type { JsonReply, Upstream } from '../upstreamPort.js';
import { retryAfterMs } from '../attempt/providerReset.js';
import { needsList, withListedCredits } from './resetCredits.js';
import { quotaHolderOf } from '../routing/sharedHeadroom.js';
import { SingleFlight } from '../singleFlight.js';
import type { TokenKeeper } from '../tokens/tokenKeeper.js';
import { fieldOf, isObject, textOf } from '../untrusted.js';
import { windowsFromUsage } from './usageWindows.js';
import { judgeRefusal } from '../attempt/verdict.js';

/** One account at a time, at no fixed beat: a pool must not look like a burst. */
const everyMs = 60_000;
const jitter = 0.5;
/** A beat this late means that the machine has slept. */
const sleptMs = 60_000;
/** Whoever asked for all figures does not wait longer for those that are slow to come. */
const patienceMs = 90_000;

/** Asks the provider for usage figures, gently: only for accounts whose figures have grown old. */
export class UsagePoller {
	#cancel: (() => void) | undefined;
	readonly #polls = new Map<string, Poll>();
	readonly #reading = new SingleFlight<string, boolean>();
	readonly #readingAll = new SingleFlight<'all', string[]>();
	/** Ends with the last question so far: they are asked one after the other. */
	#queue: Promise<unknown> = Promise.resolve();

	constructor(
		private readonly accounts: AccountBook,
		private readonly tokens: TokenKeeper,
		private readonly upstream: Upstream,
		private readonly clock: Clock,
		private readonly log: Log,
		/** Uniform in [0, 1). */
		private readonly random: () => number,
	) {}

	start(): void {
		const waitMs = everyMs * (1 - jitter / 2 + jitter * this.random());
		const dueAt = this.clock.now() + waitMs;
		const cancel = this.clock.after(waitMs, () => {
			// After a sleep all figures are old and the network may not be back: the next beat is early enough.
			const hasSlept = this.clock.now() - dueAt > sleptMs;
			void (hasSlept ? Promise.resolve() : this.#enqueue(() => this.#pollOne())).finally(() => {
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
		void this.#enqueue(() => this.refresh(accountId));
	}

	/** Reads the figures of one account now. Failure is logged: old figures with their age are still shown. */
	refresh(accountId: string): Promise<boolean> {
		return this.#reading.run(accountId, () => this.#read(accountId));
	}

	/** The same by a question that is asked from now on, for whoever has just changed what it asks for. */
	refreshAnew(accountId: string): Promise<boolean> {
		return this.#reading.runNext(accountId, () => this.#read(accountId));
	}

	/** Reads the figures of all accounts that can be asked, one after the other; gives those that could not be read. */
	refreshAll(): Promise<string[]> {
		return this.#readingAll.run('all', async () => {
			const giveUpAt = this.clock.now() + patienceMs;
			const failed: string[] = [];
			for (const { id, state } of this.accounts.rows()) {
				if (state === 'needs_sign_in' || state === 'disabled') continue;
				const isRead = await this.#enqueue(async () => this.clock.now() < giveUpAt && (await this.refresh(id)));
				if (!isRead) failed.push(id);
			}
			return failed;
		});
	}

	#enqueue<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#queue.then(work);
		this.#queue = done.catch(() => undefined);
		return done;
	}

	async #pollOne(): Promise<void> {
		const now = this.clock.now();
		for (const accountId of this.#polls.keys()) if (!this.accounts.find(accountId)) this.#polls.delete(accountId);
		const due = duePoll(this.accounts.views(), this.#polls, { isIdle: isIdle(this.accounts.usedAt, now), now });
		if (due !== undefined) await this.refresh(due);
	}

	async #read(accountId: string): Promise<boolean> {
		const askedAt = this.clock.now();
		const failures = this.#polls.get(accountId)?.failures ?? 0;
		this.#polls.set(accountId, { askedAt, failures, restMs: 0 });
		try {
			const reply = await this.tokens.ask(accountId, access => this.upstream.readUsage(access));
			if (reply.status !== 200 || !isObject(reply.body)) {
				this.#refused(accountId, reply, { askedAt, failures: failures + 1 });
				return false;
			}
			this.#polls.set(accountId, { askedAt, failures: 0, restMs: 0 });
			this.#record(accountId, reply.body, askedAt);
			await this.#listResets(accountId);
			return true;
		} catch (error) {
			this.log.warn('usage failed', { accountId, cause: String(error) });
			// Offline, nobody is to blame, and when the network is back nobody should have to wait.
			if (!isOffline(error)) this.#polls.set(accountId, { askedAt, failures: failures + 1, restMs: 0 });
			return false;
		}
	}

	/** The figures are at least as new as the question, and no newer than that can be known. */
	#record(accountId: string, usage: object, askedAt: number): void {
		this.accounts.recordHolder(accountId, quotaHolderOf(usage));
		this.accounts.replaceWindows(accountId, windowsFromUsage(usage, askedAt), askedAt);
		this.accounts.recordQuota(accountId, quotaFromUsage(usage, askedAt), askedAt);
		const plan = textOf(fieldOf(usage, 'plan_type'))?.trim() ?? '';
		if (plan !== '' && plan.length <= 64) this.accounts.recordPlan(accountId, plan);
	}

	/**
	 * A closed workspace or account is closed for requests too. Nothing else that is said here stops an account: it may
	 * be this very route that the provider no longer has, or a page on the way that speaks for no account.
	 */
	#refused(accountId: string, reply: JsonReply, poll: Omit<Poll, 'restMs'>): void {
		const now = this.clock.now();
		this.#polls.set(accountId, { ...poll, restMs: retryAfterMs(reply.headers, now) ?? 0 });
		this.log.warn('usage refused', { accountId, status: reply.status });
		if (reply.status === 200 || reply.body === undefined) return;
		const verdict = judgeRefusal(reply, now);
		if (verdict.kind === 'disabled')
			this.accounts.transition(accountId, ['active', 'limited', 'paused'], 'disabled', verdict.reason);
	}

	/** Only their number comes with the usage. Without their names, they are still there to redeem. */
	async #listResets(accountId: string): Promise<void> {
		const askedAt = this.clock.now();
		const counted = this.accounts.quota(accountId).resetCredits;
		if (!needsList(counted, askedAt)) return;
		try {
			const reply = await this.tokens.ask(accountId, access => this.upstream.readResetCredits(access));
			const listed = reply.status === 200 ? withListedCredits(counted, reply.body, askedAt) : undefined;
			if (listed) this.accounts.recordQuota(accountId, { resetCredits: listed }, counted.observedAt);
			else this.log.warn('reset credits refused', { accountId, status: reply.status });
		} catch (error) {
			this.log.warn('reset credits failed', { accountId, cause: String(error) });
		}
	}
}

function isOffline(error: unknown): boolean {
	return error instanceof PoolError && fieldOf(error.cause, 'kind') === 'offline';
}
