import type { AccountBook } from '../accounts/accountBook.js';
import type { Clock, Log } from '../ports.js';
import type { AccountRow } from '../storePort.js';
import type { TokenKeeper } from './tokenKeeper.js';

/** Sign-ins that nobody uses die quietly after some weeks; well within that time they are renewed. */
const agedMs = 5 * 24 * 60 * 60_000;
/** One account at a time, at no fixed beat: a pool must not look like a burst. */
const everyMs = 20 * 60_000;
const jitter = 0.5;

/** Renews the tokens of accounts that have not been renewed for days, paused ones included. */
export class TokenKeepAlive {
	#cancel: (() => void) | undefined;
	/** The order in which accounts had their turn. */
	readonly #turns = new Map<string, number>();
	#turn = 0;

	constructor(
		private readonly accounts: AccountBook,
		private readonly tokens: TokenKeeper,
		private readonly clock: Clock,
		private readonly log: Log,
		/** Uniform in [0, 1). */
		private readonly random: () => number,
	) {}

	start(): void {
		const waitMs = everyMs * (1 - jitter / 2 + jitter * this.random());
		const cancel = this.clock.after(waitMs, () => {
			void this.renewOldest().finally(() => {
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

	/** Renews the account whose tokens have aged most, if any has aged at all. One that failed lets the others go first. */
	async renewOldest(): Promise<void> {
		const now = this.clock.now();
		const turnOf = ({ id }: AccountRow): number => this.#turns.get(id) ?? 0;
		const aged = this.accounts
			.rows()
			.filter(row => row.state !== 'needs_sign_in' && row.state !== 'disabled')
			.filter(row => isAged(row, now))
			.sort((a, b) => turnOf(a) - turnOf(b) || a.refreshedAt - b.refreshedAt)[0];
		if (!aged) return;
		this.#turns.set(aged.id, ++this.#turn);
		try {
			await this.tokens.renew(aged.id);
		} catch (error) {
			this.log.warn('aged token not renewed', { accountId: aged.id, cause: String(error) });
		}
	}
}

/** A renewal in the future was noted while the clock was wrong: nobody knows how old that token is. */
function isAged({ refreshedAt }: AccountRow, now: number): boolean {
	return now - refreshedAt >= agedMs || refreshedAt - now >= agedMs;
}
