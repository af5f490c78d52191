const newline = 0x0a;

/** Cuts a stream of server-sent events into the data of its events, wherever its chunks end. */
export class EventFrames {
	/** The line under way that has no newline yet. */
	#line: Buffer[] = [];
	#data: string[] = [];

	/** The data of the events that this chunk completes. */
	push(chunk: Buffer): string[] {
		const events: string[] = [];
		let at = 0;
		for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, at)) {
			const piece = chunk.subarray(at, end);
			// Decoded as a whole, so that no character is cut.
			const line = (this.#line.length === 0 ? piece : Buffer.concat([...this.#line, piece])).toString('utf8');
			this.#line = [];
			this.#take(line.endsWith('\r') ? line.slice(0, -1) : line, events);
			at = end + 1;
		}
		// A copy: the chunk is only lent.
		if (at < chunk.length) this.#line.push(Buffer.from(chunk.subarray(at)));
		return events;
	}

	#take(line: string, events: string[]): void {
		if (line.startsWith('data:')) this.#data.push(line.slice(line[5] === ' ' ? 6 : 5));
		if (line !== '' || this.#data.length === 0) return;
		events.push(this.#data.join('\n'));
		this.#data = [];
	}
}
