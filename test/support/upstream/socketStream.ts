import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { applyFault, place } from './eventStream.js';
import type { Fault } from './faults.js';
import type { JsonObject } from './json.js';
import type { Outcome, RecordedRequest } from './record.js';
import { isLead } from './responseEvents.js';
import type { ReplyStyle } from './world.js';

export interface SocketStream {
	readonly peer: WebSocket;
	readonly socket: Socket;
	readonly record: RecordedRequest;
	readonly fault: Fault | undefined;
	readonly style: ReplyStyle;
}

/** A reset throws away what the peer has not read yet; this gives it time to read. */
const readingTimeMs = 25;
const failures: ReadonlySet<unknown> = new Set(['response.failed', 'error']);

/** Sends the events of one response, a text frame each, as the style asks and as the fault allows. */
export async function sendEvents(stream: SocketStream, planned: readonly JsonObject[]): Promise<Outcome | 'goes_on'> {
	const { peer, record, fault, style } = stream;
	const events = applyFault(planned, fault);
	const stopAt = fault?.kind === 'cut' || fault?.kind === 'silence' ? place(planned, fault.after) : undefined;
	for (const [index, event] of events.entries()) {
		if (index === stopAt && (await interrupt(stream)) === 'ended') return 'cut';
		if (style.eventDelayMs > 0 && index > 0) await delay(style.eventDelayMs);
		if (peer.readyState !== peer.OPEN) return 'client_left';
		record.answer.events += 1;
		if (!isLead(event) && !failures.has(event['type'])) record.answer.producedOutput = true;
		peer.send(JSON.stringify(event));
	}
	if (stopAt === events.length && (await interrupt(stream)) === 'ended') return 'cut';
	return 'complete';
}

async function interrupt({ peer, socket, fault }: SocketStream): Promise<'ended' | 'goes_on'> {
	if (fault?.kind === 'silence') {
		const left = new Promise<undefined>(resolve => peer.once('close', () => resolve(undefined)));
		await Promise.race([fault.until ?? left, left]);
		return peer.readyState === peer.OPEN ? 'goes_on' : 'ended';
	}
	if (fault?.kind !== 'cut') return 'goes_on';
	await delay(readingTimeMs);
	if (fault.how === 'end') peer.close(1011);
	if (fault.how === 'close') socket.destroySoon();
	if (fault.how === 'reset') socket.resetAndDestroy();
	return 'ended';
}
