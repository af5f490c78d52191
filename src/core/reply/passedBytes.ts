const noBytes: Buffer = Buffer.alloc(0);

/** What of the chunks of a stream goes on to the client: nearly always the very chunk, and then there is nothing to do. */
export class PassedBytes {
	#chunk = noBytes;
	/** Where the bytes begin that go on; behind the chunk when none do. */
	#from = 0;
	#before: Buffer[] = [];

	/** With `isLeftOut` nothing of the chunk goes on before `goOn`. */
	begin(chunk: Buffer, isLeftOut: boolean): void {
		this.#chunk = chunk;
		this.#from = isLeftOut ? chunk.length : 0;
	}

	leaveOut(from: number): void {
		if (from > this.#from) this.#before.push(this.#chunk.subarray(this.#from, from));
		this.#from = this.#chunk.length;
	}

	goOn(from: number): void {
		this.#from = from;
	}

	/** Before what goes on next. */
	insert(bytes: readonly Buffer[]): void {
		this.#before.push(...bytes);
	}

	take(): Buffer {
		const rest = this.#from === 0 ? this.#chunk : this.#chunk.subarray(this.#from);
		// The chunk is only lent.
		this.#chunk = noBytes;
		if (this.#before.length === 0) return rest;
		const all = Buffer.concat([...this.#before, rest]);
		this.#before = [];
		return all;
	}
}
