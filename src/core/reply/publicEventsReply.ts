import { LineStage } from './lineStage.js';

/**
 * Stands between the backend's stream and a caller that knows only OpenAI's public events: the backend's own ones are
 * left out, because the SDK's stream helper fails at the first event it does not know. Everything else passes byte for
 * byte, frame by frame.
 */
export class PublicEventsReply extends LineStage {
	/** Lines of a frame whose type is not known yet. */
	#undecided: Buffer[] = [];
	#frame: 'undecided' | 'passed' | 'left_out' = 'undecided';

	override write(chunk: Buffer): boolean {
		const hasRoom = super.write(chunk);
		// Copies: the chunk is ours only until this call returns.
		this.#undecided = this.#undecided.map(line => Buffer.from(line));
		return hasRoom;
	}

	override end(): void {
		const rest = this.#frame === 'left_out' ? [] : [...this.#undecided, this.unfinishedLine];
		const bytes = Buffer.concat(rest);
		if (bytes.length > 0) this.client.write(bytes);
		this.client.end();
	}

	protected override takeLine(line: Buffer, passed: Buffer[]): void {
		const isBlank = line.length === 1 || (line.length === 2 && line[0] === 0x0d);
		if (isBlank) {
			if (this.#frame !== 'left_out') passed.push(...this.#undecided, line);
			this.#undecided = [];
			this.#frame = 'undecided';
			return;
		}
		if (this.#frame === 'undecided') {
			this.#undecided.push(line);
			const type = eventType(line);
			if (type === undefined) return;
			this.#frame = isPublic(type) ? 'passed' : 'left_out';
			if (this.#frame === 'passed') passed.push(...this.#undecided);
			this.#undecided = [];
		} else if (this.#frame === 'passed') {
			passed.push(line);
		}
	}
}

/** From the `event:` line, or from the head of the data, where the backend writes it first. */
function eventType(line: Buffer): string | undefined {
	const head = line.toString('latin1', 0, 128);
	const match = /^event: ?([\w.]+)/.exec(head) ?? /^data: ?\{\s*"type"\s*:\s*"([\w.]+)"/.exec(head);
	// Data of another form is nothing of the backend's own.
	return match?.[1] ?? (head.startsWith('data:') ? 'response.' : undefined);
}

function isPublic(type: string): boolean {
	return type !== 'response.metadata' && /^(response\.|error$|keepalive$)/.test(type);
}
