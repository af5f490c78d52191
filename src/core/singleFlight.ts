/** Runs work once per key at a time; later callers get the same promise. */
export class SingleFlight<K, V> {
	readonly #inFlight = new Map<K, Promise<V>>();

	run(key: K, work: () => Promise<V>): Promise<V> {
		const current = this.#inFlight.get(key);
		if (current) return current;
		const started = work().finally(() => this.#inFlight.delete(key));
		// The work goes on when its callers have left; a failure nobody waits for is not an unhandled one.
		started.catch(() => undefined);
		this.#inFlight.set(key, started);
		return started;
	}

	/** Runs work of its own, after what is under way, and joined by whoever comes meanwhile. */
	async runNext(key: K, work: () => Promise<V>): Promise<V> {
		for (;;) {
			const current = this.#inFlight.get(key);
			if (!current) return this.run(key, work);
			await current.catch(() => undefined);
		}
	}

	/** Resolves when everything that runs now has ended, well or not. */
	async settled(): Promise<void> {
		await Promise.allSettled(this.#inFlight.values());
	}
}
