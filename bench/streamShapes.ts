import { encodeText } from '../src/core/socket/webSocketFrames.js';

/** The event streams that the measured upstream answers with. Built once: the upstream must cost as little as possible. */

const head =
	'"sequence_number":0,"response":{"id":"resp_bench","object":"response","status":"in_progress","output":[]}';
const lead =
	frame('response.created', `{"type":"response.created",${head}}`) +
	frame('response.in_progress', `{"type":"response.in_progress",${head}}`);
const terminal = frame(
	'response.completed',
	'{"type":"response.completed","response":{"id":"resp_bench","object":"response","status":"completed","output":[],' +
		'"usage":{"input_tokens":1200,"input_tokens_details":{"cached_tokens":1024},"output_tokens":340,' +
		'"output_tokens_details":{"reasoning_tokens":120},"total_tokens":1540}}}',
);

/** Lead events, text and the terminal event: `count` events in all, about 270 bytes each. */
export function wholeStream(count: number): Buffer {
	return Buffer.from(firstEvents() + textEvent(0).repeat(count - 4) + lastEvent());
}

/** The same events, a text frame each: the lead events and the first text together, then one by one. */
export function splitFrames(count: number): Buffer[] {
	const events = wholeStream(count)
		.toString('utf8')
		.split('\n')
		.filter(line => line.startsWith('data: '));
	const frames = events.map(line => encodeText(line.slice('data: '.length)));
	return [Buffer.concat(frames.slice(0, 3)), ...frames.slice(3)];
}

/** The last bytes of the last event. */
export const replyEnd = '"total_tokens":1540}}}';

/** The lead events together with the first text, so that a proxy that holds lead events sends at once. */
export function firstEvents(): string {
	return lead + textEvent(0);
}

/** One piece of text; `at` is the moment it was sent, in microseconds of the machine's monotonic clock. */
export function textEvent(at: number): string {
	const stamp = String(at).padStart(16, '0');
	return frame(
		'response.output_text.delta',
		`{"type":"response.output_text.delta","item_id":"msg_bench","output_index":0,"content_index":0,"at":"${stamp}",` +
			'"delta":" a few words of an answer","logprobs":[],"obfuscation":"0123456789abcdef"}',
	);
}

export function lastEvent(): string {
	return terminal;
}

/** Microseconds of CLOCK_MONOTONIC, which all processes of the machine share. */
export function monotonicMicros(): number {
	return Number(process.hrtime.bigint() / 1000n);
}

const mark = Buffer.from('"at":"');

/** How long ago the text events in `bytes` were sent, in milliseconds. An event cut in two is passed over. */
export function eventDelaysMs(bytes: Buffer, now: number): number[] {
	const delays: number[] = [];
	for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + mark.length)) {
		const sentAt = Number(bytes.toString('latin1', at + mark.length, at + mark.length + 16));
		if (sentAt > 0) delays.push((now - sentAt) / 1000);
	}
	return delays;
}

function frame(event: string, data: string): string {
	return `event: ${event}\ndata: ${data}\n\n`;
}
