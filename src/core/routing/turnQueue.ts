import type { ClientReply, Clock } from '../ports.js';

interface Waiter {
	/** Takes what it waits for when that is there, and says whether it was. */
	readonly tryTurn: () => boolean;
}

/** Requests that wait for a place on an account, or in their key's budget, first come first served. */
export class TurnQueue {
	#waiting: Waiter[] = [];
	#isServing = false;
	#isAskedAgain = false;

	constructor(private readonly clock: Clock) {}

	get length(): number {
		return this.#waiting.length;
	}

	/**
	 * Resolves with the first that `take` gives; undefined when `ms` have passed or the client has left. `take` is asked
	 * at every change of the pool, in the order of arrival, and must take at once what it gives.
	 */
	wait<T>(take: () => T | undefined, ms: number, client: ClientReply): Promise<T | undefined> {
		return new Promise(resolve => {
			const finish = (taken: T | undefined): void => {
				cancel();
				this.#waiting = this.#waiting.filter(each => each !== waiter);
				resolve(taken);
			};
			const waiter: Waiter = {
				tryTurn: () => {
					const taken = take();
					if (taken !== undefined) finish(taken);
					return taken !== undefined;
				},
			};
			const cancel = this.clock.after(ms, () => finish(undefined));
			client.onLeave(() => finish(undefined));
			this.#waiting.push(waiter);
			if (client.hasLeft) finish(undefined);
		});
	}

	/** Something has changed: a place may be free. Taking a place is itself a change, and is not served within another. */
	serve(): void {
		if (this.#waiting.length === 0) return;
		this.#isAskedAgain = true;
		if (this.#isServing) return;
		this.#isServing = true;
		while (this.#isAskedAgain) {
			this.#isAskedAgain = false;
			for (const waiter of [...this.#waiting]) waiter.tryTurn();
		}
		this.#isServing = false;
	}
}
