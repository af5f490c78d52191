/** Ends a text before the first of some stop texts, also when it comes in pieces. */
export class TextUntilStop {
	#held = '';
	#hasStopped = false;

	constructor(private readonly stops: readonly string[]) {}

	get hasStopped(): boolean {
		return this.#hasStopped;
	}

	/** What may go out of the text so far: no stop text can still begin in it. */
	push(piece: string): string {
		if (this.#hasStopped) return '';
		const text = this.#held + piece;
		const end = firstStop(text, this.stops);
		if (end !== undefined) {
			this.#hasStopped = true;
			this.#held = '';
			return text.slice(0, end);
		}
		const out = text.length - Math.max(0, ...this.stops.map(stop => beginningAtEnd(text, stop)));
		this.#held = text.slice(out);
		return text.slice(0, out);
	}

	/** The text is over: what was held back is part of it. */
	flush(): string {
		const rest = this.#held;
		this.#held = '';
		return rest;
	}
}

/** Where the stop text begins that is complete first: the same however the text is cut into pieces. */
function firstStop(text: string, stops: readonly string[]): number | undefined {
	const found = stops
		.map(stop => ({ at: text.indexOf(stop), length: stop.length }))
		.filter(({ at }) => at !== -1)
		.sort((a, b) => a.at + a.length - (b.at + b.length) || a.at - b.at);
	return found[0]?.at;
}

/** How much of a stop text stands at the end of the text. */
function beginningAtEnd(text: string, stop: string): number {
	for (let length = Math.min(stop.length - 1, text.length); length > 0; length--) {
		if (text.endsWith(stop.slice(0, length))) return length;
	}
	return 0;
}
