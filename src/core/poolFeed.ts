import type { Clock } from './ports.js';

/** At most two snapshots a second: people cannot read faster, and the request path should not pay for it. */
const everyMs = 500;

/** Tells watchers that the pool's state has changed: at once, then not again for a moment. */
export class PoolFeed {
	#revision = 0;
	#modelsRevision = 0;
	#rests = false;
	#isDue = false;
	readonly #watchers = new Set<() => void>();

	constructor(private readonly clock: Clock) {}

	get revision(): number {
		return this.#revision;
	}

	get modelsRevision(): number {
		return this.#modelsRevision;
	}

	/** What clients may ask for is, or may be, another. */
	modelsChanged(): void {
		this.#modelsRevision++;
		this.changed();
	}

	changed(): void {
		this.#revision++;
		if (this.#watchers.size === 0) return;
		if (this.#rests) {
			this.#isDue = true;
			return;
		}
		this.#tell();
	}

	/** Returns the function that ends the watch. */
	watch(watcher: () => void): () => void {
		this.#watchers.add(watcher);
		return () => this.#watchers.delete(watcher);
	}

	#tell(): void {
		this.#rests = true;
		this.#isDue = false;
		this.clock.after(everyMs, () => {
			this.#rests = false;
			if (this.#isDue) this.#tell();
		});
		for (const watcher of this.#watchers) watcher();
	}
}
