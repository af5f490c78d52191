import { routingSchema, type Routing } from '../shared/routingApi.js';
import type { PoolChange } from '../shared/poolApi.js';
import type { Store } from './storePort.js';
import { fieldOf, parseJson } from './untrusted.js';

/** What the user decides about the pool as a whole; kept in the store. */
export class PoolSettings {
	#enabled: boolean;
	#routing: Routing;

	constructor(private readonly store: Store) {
		this.#enabled = store.loadSetting('enabled') !== 'false';
		this.#routing = loadRouting(store);
	}

	get enabled(): boolean {
		return this.#enabled;
	}

	get routing(): Routing {
		return this.#routing;
	}

	/** What the change does not name stays. */
	change({ enabled, routing }: PoolChange): void {
		if (enabled !== undefined) {
			this.#enabled = enabled;
			this.store.saveSetting('enabled', String(enabled));
		}
		if (routing !== undefined) {
			this.#routing = changedRouting(this.#routing, routing);
			this.store.saveSetting('routing', JSON.stringify(this.#routing));
		}
	}
}

/** The routing that a change leads to. */
export function changedRouting(routing: Routing, change: NonNullable<PoolChange['routing']>): Routing {
	const {
		strategy = routing.strategy,
		singleAccountId = routing.singleAccountId,
		inFlightLimit = routing.inFlightLimit,
		holdMinutes = routing.holdMinutes,
	} = change;
	return { strategy, singleAccountId, inFlightLimit, holdMinutes };
}

/** A value that this version does not understand is as if it had not been set; the others hold. */
function loadRouting(store: Store): Routing {
	// Before there was more to routing, the strategy was a setting of its own.
	const saved = parseJson(store.loadSetting('routing') ?? '') ?? { strategy: store.loadSetting('strategy') };
	const { shape } = routingSchema;
	const routing = {
		strategy: shape.strategy.catch('least_used').parse(fieldOf(saved, 'strategy')),
		singleAccountId: shape.singleAccountId.catch(null).parse(fieldOf(saved, 'singleAccountId')),
		inFlightLimit: shape.inFlightLimit.catch(16).parse(fieldOf(saved, 'inFlightLimit')),
		holdMinutes: shape.holdMinutes.catch(0).parse(fieldOf(saved, 'holdMinutes')),
	};
	// A single account that is nobody would serve nothing.
	const isServing = routing.strategy !== 'single_account' || routing.singleAccountId !== null;
	return isServing ? routing : { ...routing, strategy: 'least_used' };
}
