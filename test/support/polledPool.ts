import { UsagePoller } from '../../src/core/quota/usagePoller.js';
import { CorePool } from './corePool.js';
import { json } from './scriptedUpstream.js';

/** Three accounts, a provider that tells how much of each is used, and what asks it. */
export class PolledPool {
	/** Whose figures the provider was asked for, in order. */
	readonly asked: string[] = [];
	readonly poller: UsagePoller;

	private constructor(readonly pool: CorePool) {
		pool.issuer.onRefresh = () => ({ kind: 'rotated', tokens: { accessToken: pool.jwt(24 * 3_600_000) } });
		pool.upstream.usage = access => {
			this.asked.push(access.accountId);
			const slot = { used_percent: 42, limit_window_seconds: 18_000, reset_after_seconds: 18_000 };
			return Promise.resolve(json(200, { plan_type: 'pro', rate_limit: { primary_window: slot } }));
		};
		this.poller = new UsagePoller(pool.accounts, pool.tokens, pool.upstream, pool.clock, pool.log, () => 0.5);
	}

	static async start(): Promise<PolledPool> {
		return new PolledPool(await CorePool.of('a', 'b', 'c'));
	}
}
