import type { Owner, PoolChange, PoolState } from '../shared/poolApi.js';
import { PoolError } from '../shared/poolError.js';
import type { ExplainedRequest, RequestList, RequestListQuery } from '../shared/requestApi.js';
import type { SessionView } from '../shared/sessionApi.js';
import type { UsageQuery, UsageReport } from '../shared/usageApi.js';
import { AccountControl } from './accounts/accountControl.js';
import { KeyControl } from './keys/keyControl.js';
import { startOfLocalDay } from './localTime.js';
import type { PoolParts } from './poolParts.js';
import { changedRouting } from './poolSettings.js';
import { readForecast } from './forecast/readForecast.js';

const recentRequests = 50;

/** Everything a face can ask of the pool. */
export class PoolControl {
	readonly accounts: AccountControl;
	readonly keys: KeyControl;

	constructor(
		private readonly parts: PoolParts,
		private readonly owner: () => Owner,
	) {
		this.accounts = new AccountControl(parts);
		this.keys = new KeyControl(parts);
	}

	state(): PoolState {
		const { accounts, settings, store, clock, feed } = this.parts;
		const views = accounts.views();
		return {
			revision: feed.revision,
			owner: this.owner(),
			modelsRevision: feed.modelsRevision,
			enabled: settings.enabled,
			routing: settings.routing,
			accounts: views,
			forecast: readForecast(accounts.history, { accounts: views, routing: settings.routing, now: clock.now() }),
			inFlight: accounts.inFlight,
			totals: { today: store.totals(startOfLocalDay(clock.now())), allTime: store.totals(0) },
			recentRequests: store.recentRequests(recentRequests),
			notices: [...store.notices],
		};
	}

	changePool(change: PoolChange): PoolState {
		if (change.routing) this.#checkRouting(change.routing);
		this.parts.settings.change(change);
		this.parts.changed();
		return this.state();
	}

	listSessions(): SessionView[] {
		return this.parts.sessions.list();
	}

	/** Ties a session to another account: its next request goes there. */
	moveSession(sessionId: string, accountId: string): SessionView {
		const { accounts, sessions, changed, log } = this.parts;
		accounts.get(accountId);
		const moved = sessions.move(sessionId, accountId);
		log.info('session moved', { sessionId, accountId });
		changed();
		return moved;
	}

	forgetSession(sessionId: string): void {
		const { sessions, changed, log } = this.parts;
		sessions.forget(sessionId);
		log.info('session forgotten', { sessionId });
		changed();
	}

	listRequests(query: RequestListQuery): RequestList {
		return this.parts.store.listRequests(query);
	}

	/** `id` may be the beginning of one, or `latest`. */
	explainRequest(id: string): ExplainedRequest {
		// Every id begins with nothing, so the newest of those is the newest of all.
		const found = this.parts.store.findRequest(id === 'latest' ? '' : id);
		if (found) return found;
		throw new PoolError(
			'request_not_found',
			id === 'latest'
				? 'No request has been settled yet.'
				: `No request that is kept has an id that begins with "${id.slice(0, 100)}".`,
		);
	}

	readUsage(query: UsageQuery): UsageReport {
		return this.parts.store.usage(query);
	}

	#checkRouting(change: NonNullable<PoolChange['routing']>): void {
		const { accounts, settings } = this.parts;
		const { strategy, singleAccountId } = changedRouting(settings.routing, change);
		if (singleAccountId !== null && !accounts.find(singleAccountId)) {
			throw new PoolError(
				'invalid_request',
				`The single account "${singleAccountId.slice(0, 100)}" is not in the pool. Choose one that is.`,
			);
		}
		if (strategy === 'single_account' && singleAccountId === null) {
			throw new PoolError(
				'invalid_request',
				'The strategy single_account needs to know which account it is to use. Choose the account together with the strategy.',
			);
		}
	}
}
