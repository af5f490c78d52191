import type { HeaderMap } from './ports.js';
import { ReplyStage } from './replyStage.js';
import { encodeFrame, opcodes } from './webSocketFrames.js';

const newline = 0x0a;
const carriageReturn = 0x0d;
const noBytes: Buffer = Buffer.alloc(0);

/** Turns an event stream into what the same events are over a WebSocket: a text frame with the data of each. */
export class EventFramesReply extends ReplyStage {
	#isStream = false;
	/** A line whose end has not come yet. */
	#line: Buffer[] = [];
	/** Lines of data of the event under way. */
	#data: Buffer[] = [];

	override start(status: number, headers: HeaderMap): void {
		this.#isStream = status === 200;
		this.client.start(status, headers);
	}

	override write(chunk: Buffer): boolean {
		if (!this.#isStream) return this.client.write(chunk);
		const frames: Buffer[] = [];
		let at = 0;
		for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, at)) {
			this.#takeLine(Buffer.concat([...this.#line, chunk.subarray(at, end)]), frames);
			this.#line = [];
			at = end + 1;
		}
		// A copy: the chunk is only lent.
		if (at < chunk.length) this.#line.push(Buffer.from(chunk.subarray(at)));
		return frames.length === 0 || this.client.write(Buffer.concat(frames));
	}

	#takeLine(ended: Buffer, frames: Buffer[]): void {
		const line = ended.at(-1) === carriageReturn ? ended.subarray(0, -1) : ended;
		if (line.length === 0) {
			if (this.#data.length > 0) frames.push(encodeFrame(opcodes.text, joinLines(this.#data)));
			this.#data = [];
		} else if (line.toString('latin1', 0, 5) === 'data:') {
			this.#data.push(line.subarray(line[5] === 0x20 ? 6 : 5));
		}
	}
}

function joinLines(lines: readonly Buffer[]): Buffer {
	const [only = noBytes] = lines;
	return lines.length === 1 ? only : Buffer.concat(lines.flatMap((line, at) => (at === 0 ? [line] : [lineEnd, line])));
}

const lineEnd = Buffer.from('\n');
