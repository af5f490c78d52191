import { strategySchema, type PoolChange, type Strategy } from '../shared/managementApi.js';
import type { Store } from './ports.js';

/** What the user decides about the pool as a whole; kept in the store. */
export class PoolSettings {
	#enabled: boolean;
	#strategy: Strategy;

	constructor(private readonly store: Store) {
		this.#enabled = store.loadSetting('enabled') !== 'false';
		this.#strategy = strategySchema.catch('least_used').parse(store.loadSetting('strategy'));
	}

	get enabled(): boolean {
		return this.#enabled;
	}

	get strategy(): Strategy {
		return this.#strategy;
	}

	change(change: PoolChange): void {
		if (change.enabled !== undefined) {
			this.#enabled = change.enabled;
			this.store.saveSetting('enabled', String(change.enabled));
		}
		if (change.strategy !== undefined) {
			this.#strategy = change.strategy;
			this.store.saveSetting('strategy', change.strategy);
		}
	}
}
