import { randomUUID } from 'node:crypto';
import { redeemCodeSchema, type RedeemCode } from '../../shared/accountApi.js';
import { PoolError } from '../../shared/poolError.js';
import type { AccountBook } from '../accounts/accountBook.js';
import type { Log } from '../ports.js';
import type { Store } from '../storePort.js';
import type { JsonReply, Upstream } from '../upstreamPort.js';
import { countFrom } from './providerFigures.js';
import { SingleFlight } from '../singleFlight.js';
import type { TokenKeeper } from '../tokens/tokenKeeper.js';
import { fieldOf } from '../untrusted.js';
import type { UsagePoller } from './usagePoller.js';

interface Parts {
	readonly accounts: AccountBook;
	readonly tokens: TokenKeeper;
	readonly upstream: Upstream;
	readonly usage: UsagePoller;
	readonly store: Store;
	readonly log: Log;
}

export interface Redemption {
	readonly code: RedeemCode;
	readonly sentence: string;
}

/**
 * Redeems banked resets, and only because a person has just said so. Each redemption has an id, which stays in use until
 * the provider has told what became of it: whoever clicks again after a lost answer asks for the same one, and a second
 * reset is not spent.
 */
export class ResetRedemptions {
	readonly #flights = new SingleFlight<string, Redemption>();

	constructor(private readonly parts: Parts) {}

	/** Rejects when the provider refuses, or when nobody knows what it did. */
	redeem(accountId: string): Promise<Redemption> {
		return this.#flights.run(accountId, () => this.#redeem(accountId));
	}

	forget(accountId: string): void {
		if (this.#openId(accountId) !== undefined) this.#settle(accountId);
	}

	async #redeem(accountId: string): Promise<Redemption> {
		const { accounts, usage, log } = this.parts;
		const redeemRequestId = this.#openId(accountId) ?? randomUUID();
		this.parts.store.saveSetting(nameOf(accountId), redeemRequestId);
		const reply = await this.#ask(accountId, redeemRequestId);
		const code = redeemCodeSchema.safeParse(fieldOf(reply.body, 'code')).data;
		log.info('reset redemption answered', { accountId, status: reply.status, code: code ?? 'unknown' });
		if (code === undefined && !isRefusal(reply)) throw unknownFate();
		this.#settle(accountId);
		if (code === undefined) {
			throw new PoolError('upstream_failed', `The provider refused (HTTP ${reply.status}). No reset was spent.`);
		}
		if (code === 'reset' || code === 'already_redeemed') accounts.forgetLimits(accountId);
		await usage.refreshAnew(accountId);
		return { code, sentence: sentenceOf(code, countFrom(fieldOf(reply.body, 'windows_reset'))) };
	}

	#ask(accountId: string, redeemRequestId: string): Promise<JsonReply> {
		const { tokens, upstream, log } = this.parts;
		return tokens.ask(accountId, access =>
			upstream.redeemReset(access, redeemRequestId).catch((error: unknown) => {
				log.warn('reset redemption failed', { accountId, cause: String(error) });
				throw unknownFate(error);
			}),
		);
	}

	/** Of a redemption whose outcome is unknown; it outlives the runtime. */
	#openId(accountId: string): string | undefined {
		return this.parts.store.loadSetting(nameOf(accountId)) || undefined;
	}

	#settle(accountId: string): void {
		this.parts.store.saveSetting(nameOf(accountId), '');
	}
}

function nameOf(accountId: string): string {
	return `redeeming ${accountId}`;
}

/** Whether it is sure that nothing was done. */
function isRefusal({ status }: JsonReply): boolean {
	return status >= 400 && status < 500 && status !== 408;
}

function unknownFate(cause?: unknown): PoolError {
	return new PoolError(
		'upstream_failed',
		'The provider did not say whether the reset was redeemed. Look at the usage of the account first; if you redeem ' +
			'again, the same redemption is asked for, so that no second reset is spent.',
		{ cause },
	);
}

function sentenceOf(code: RedeemCode, windows: number | null): string {
	switch (code) {
		case 'reset':
			return windows === null || windows === 0
				? 'The reset is redeemed.'
				: `The reset is redeemed: ${windows === 1 ? 'one usage window begins' : `${windows} usage windows begin`} anew.`;
		case 'nothing_to_reset':
			return 'There is nothing to reset just now. No reset was spent.';
		case 'no_credit':
			return 'The account has no reset to redeem.';
		case 'already_redeemed':
			return 'The reset was redeemed by an earlier try. No second one was spent.';
		default:
			return code satisfies never;
	}
}
