import type { ExplainedRequest } from '../src/shared/requestApi.js';
import type { Loaded } from './loaded.js';
import { sentenceOf } from './sentence.js';

export type Explanation = Loaded<ExplainedRequest>;
export type Explanations = ReadonlyMap<string, Explanation>;

/** Reads the explanation of every request that is open, once; a settled request does not change. */
export class ExplanationReader {
	readonly #read: (requestId: string) => Promise<ExplainedRequest>;
	readonly #show: (explanations: Explanations) => void;
	#shown: Explanations = new Map();

	constructor(read: (requestId: string) => Promise<ExplainedRequest>, show: (explanations: Explanations) => void) {
		this.#read = read;
		this.#show = show;
	}

	/** Lets go of the explanations of all other requests. */
	follow(openIds: readonly string[]): void {
		const missing = openIds.filter(id => !this.#shown.has(id));
		if (missing.length === 0 && this.#shown.size === openIds.length) return;
		this.#shown = new Map(openIds.map(id => [id, this.#shown.get(id) ?? { kind: 'loading' }]));
		this.#show(this.#shown);
		for (const id of missing) void this.#load(id);
	}

	again(requestId: string): void {
		this.#put(requestId, { kind: 'loading' });
		void this.#load(requestId);
	}

	async #load(requestId: string): Promise<void> {
		try {
			this.#put(requestId, { kind: 'ready', value: await this.#read(requestId) });
		} catch (error) {
			this.#put(requestId, { kind: 'failed', problem: sentenceOf(error) });
		}
	}

	#put(requestId: string, explanation: Explanation): void {
		// It may have been closed meanwhile.
		if (!this.#shown.has(requestId)) return;
		this.#shown = new Map(this.#shown).set(requestId, explanation);
		this.#show(this.#shown);
	}
}
