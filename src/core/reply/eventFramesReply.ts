import { LineStage } from './lineStage.js';
import { encodeFrame, opcodes } from '../socket/webSocketFrames.js';

const carriageReturn = 0x0d;
const noBytes: Buffer = Buffer.alloc(0);

/** Turns an event stream into what the same events are over a WebSocket: a text frame with the data of each. */
export class EventFramesReply extends LineStage {
	/** Lines of data of the event under way. */
	#data: Buffer[] = [];

	protected override takeLine(ended: Buffer, frames: Buffer[]): void {
		const line = ended.subarray(0, ended.at(-2) === carriageReturn ? -2 : -1);
		if (line.length === 0) {
			if (this.#data.length > 0) frames.push(encodeFrame(opcodes.text, joinLines(this.#data)));
			this.#data = [];
		} else if (line.toString('latin1', 0, 5) === 'data:') {
			// A copy: the line is only lent, and the event may end much later.
			this.#data.push(Buffer.from(line.subarray(line[5] === 0x20 ? 6 : 5)));
		}
	}
}

function joinLines(lines: readonly Buffer[]): Buffer {
	const [only = noBytes] = lines;
	return lines.length === 1 ? only : Buffer.concat(lines.flatMap((line, at) => (at === 0 ? [line] : [lineEnd, line])));
}

const lineEnd = Buffer.from('\n');
