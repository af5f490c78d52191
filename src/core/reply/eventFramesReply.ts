import { LineStage } from './lineStage.js';
import type { ClientReply, HeaderMap } from '../ports.js';
import { encodeFrame, encodeText, opcodes } from '../socket/webSocketFrames.js';

/** What Codex reads in the head of a reply, and over a WebSocket in an event (protocol §5.4). */
const headNames: ReadonlySet<string> = new Set([
	'openai-model',
	'x-codex-turn-state',
	'x-models-etag',
	'x-reasoning-included',
]);

const carriageReturn = 0x0d;
const noBytes: Buffer = Buffer.alloc(0);

/** Turns an event stream into what the same events are over a WebSocket: a text frame with the data of each. */
export class EventFramesReply extends LineStage {
	/** Lines of data of the event under way. */
	#data: Buffer[] = [];

	constructor(
		client: ClientReply,
		/** Whether the client knows the event that stands for a head. */
		private readonly tellsHead: boolean,
	) {
		super(client);
	}

	override start(status: number, headers: HeaderMap): void {
		super.start(status, headers);
		const told = Object.entries(headers).filter(([name]) => headNames.has(name));
		if (status !== 200 || !this.tellsHead || told.length === 0) return;
		const head: HeaderMap = Object.fromEntries(told);
		this.client.write(encodeText(JSON.stringify({ type: 'response.metadata', headers: head })));
	}

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
