/** Structurally what the editor calls a Disposable, so that this folder's pure files need no editor. */
export interface Disposable {
	dispose(): void;
}

/** Owns what it is given, and disposes it in reverse order. */
export class DisposableStore implements Disposable {
	readonly #owned = new Set<Disposable>();
	#disposed = false;

	/** An item added after disposal is disposed at once. */
	add<T extends Disposable>(item: T): T {
		if (this.#disposed) {
			item.dispose();
		} else {
			this.#owned.add(item);
		}
		return item;
	}

	dispose(): void {
		if (this.#disposed) return;
		this.#disposed = true;
		for (const item of [...this.#owned].reverse()) item.dispose();
		this.#owned.clear();
	}
}
