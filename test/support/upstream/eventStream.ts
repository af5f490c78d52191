import { passTime, type UpstreamClock } from './clock.js';
import type { Exchange } from './exchange.js';
import type { Fault, Position } from './faults.js';
import { isJsonObject, type JsonObject } from './json.js';
import { isLead } from './responseEvents.js';
import { cutInBadPlaces, encodeComment, encodeEvent, type Chunking } from './sse.js';
import type { ReplyStyle } from './world.js';

/** They say that there will be no answer; what was not said may be asked elsewhere. */
const failures: ReadonlySet<unknown> = new Set(['response.failed', 'error']);

/** Writes the events of one answer as the style asks and as the fault, if there is one, allows. */
export async function streamEvents(
	exchange: Exchange,
	planned: readonly JsonObject[],
	{ style, clock }: { readonly style: ReplyStyle; readonly clock: UpstreamClock },
): Promise<void> {
	const { fault } = exchange;
	const events = applyFault(planned, fault);
	const stopAt = fault?.kind === 'cut' || fault?.kind === 'silence' ? place(planned, fault.after) : undefined;
	const { eventDelayMs, noise } = style;
	const chunking = stopAt === undefined && eventDelayMs === 0 ? style.chunking : withoutJoining(style.chunking);
	const lineEnd = chunking === 'torture' ? '\r\n' : '\n';
	const waiting: Buffer[] = noise ? [encodeComment('a comment with ünïcödé ✓ 🎉', lineEnd)] : [];

	exchange.wire.flushHead();
	for (const [index, event] of events.entries()) {
		if (index === stopAt && (await interrupt(exchange, clock)) === 'ended') return;
		if (index > 0) await passTime(clock, eventDelayMs);
		if (exchange.clientLeft) return;
		waiting.push(encodeEvent(event, lineEnd));
		note(exchange, event);
		if (chunking === 'whole') continue;
		await write(exchange, Buffer.concat(waiting.splice(0)), chunking);
	}
	if (stopAt === events.length && (await interrupt(exchange, clock)) === 'ended') return;
	exchange.wire.end(Buffer.concat(waiting));
}

function withoutJoining(chunking: Chunking): Chunking {
	return chunking === 'whole' ? 'frames' : chunking;
}

export function applyFault(events: readonly JsonObject[], fault: Fault | undefined): readonly JsonObject[] {
	if (fault?.kind === 'finish') return [...events.slice(0, place(events, fault.after)), ...fault.events];
	if (fault?.kind === 'insert') {
		const at = place(events, fault.after);
		return [...events.slice(0, at), ...fault.events, ...events.slice(at)];
	}
	return events;
}

/** How many events come before the position. */
export function place(events: readonly JsonObject[], position: Position): number {
	if (typeof position === 'number') return Math.min(position, events.length);
	const firstVisible = events.findIndex(event => !isLead(event));
	if (position === 'lead') return firstVisible;
	const firstDelta = events.findIndex(event => String(event['type']).endsWith('.delta'));
	return Math.max(firstDelta, firstVisible) + 1;
}

async function interrupt(exchange: Exchange, clock: UpstreamClock): Promise<'ended' | 'goes_on'> {
	const { fault, wire, record } = exchange;
	if (fault?.kind === 'silence') {
		const over = fault.until === undefined ? [] : [passTime(clock, fault.until)];
		await Promise.race([record.settled, ...over]);
		return exchange.clientLeft ? 'ended' : 'goes_on';
	}
	if (fault?.kind !== 'cut') return 'goes_on';
	exchange.end('cut');
	if (fault.how === 'end') wire.end(Buffer.alloc(0));
	if (fault.how === 'close') wire.close();
	if (fault.how === 'reset') await wire.resetAfterReading();
	return 'ended';
}

function note(exchange: Exchange, event: JsonObject): void {
	exchange.record.answer.events += 1;
	const isOutput = !isLead(event) && !failures.has(event['type']);
	if (isOutput) exchange.record.answer.producedOutput = true;
	const usage = isJsonObject(event['response']) ? event['response']['usage'] : undefined;
	if (isJsonObject(usage)) exchange.record.answer.usage = usage;
}

async function write(exchange: Exchange, bytes: Buffer, chunking: Chunking): Promise<void> {
	const { wire } = exchange;
	if (chunking !== 'torture') {
		await wire.write(bytes);
		return;
	}
	for (const piece of cutInBadPlaces(bytes)) {
		if (exchange.clientLeft) return;
		await wire.writePiece(piece);
	}
}
