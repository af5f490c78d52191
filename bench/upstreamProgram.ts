import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerSocket } from './socketUpstream.js';
import { firstEvents, lastEvent, monotonicMicros, textEvent, wholeStream } from './streamShapes.js';

/**
 * The measured upstream: answers with prepared bytes and checks nothing, because it shares the machine with what is
 * measured. The header `x-codex-bench` names the shape of the answer. Prints its port as a line of JSON.
 */

const small = wholeStream(20);
const bulk = wholeStream(20_000);
const pacedEvents = 20;
const pacedEveryMs = 5;
/** A client that forgets to leave is left after ten minutes. */
const slowEvents = 12_000;
const slowEveryMs = 50;

const now = Math.floor(Date.now() / 1000);
const streamHeaders = {
	'content-type': 'text/event-stream; charset=utf-8',
	'transfer-encoding': 'chunked',
	'x-request-id': 'bench',
	'x-codex-primary-used-percent': '12',
	'x-codex-primary-window-minutes': '300',
	'x-codex-primary-reset-at': String(now + 9_000),
	'x-codex-secondary-used-percent': '5',
	'x-codex-secondary-window-minutes': '10080',
	'x-codex-secondary-reset-at': String(now + 300_000),
};
const usageLimit = JSON.stringify({
	error: { type: 'usage_limit_reached', message: 'The usage limit has been reached', resets_at: now + 9_000 },
});
const usage = JSON.stringify({ plan_type: 'pro', rate_limit: null });
/** Turns that have been refused once. */
const refusedTurns = new Set<string>();

const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0 }, (request, response) => {
	request.resume();
	request.once('end', () => answer(request, response));
});
server.on('upgrade', answerSocket);
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
	process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
process.once('SIGTERM', () => process.exit());

function answer(request: IncomingMessage, response: ServerResponse): void {
	if (request.method !== 'POST') {
		response.writeHead(200, { 'content-type': 'application/json' }).end(usage);
		return;
	}
	const turn = request.headers['x-codex-bench-turn'];
	if (typeof turn === 'string' && !refusedTurns.has(turn)) {
		refusedTurns.add(turn);
		response.writeHead(429, { 'content-type': 'application/json' }).end(usageLimit);
		return;
	}
	response.writeHead(200, streamHeaders);
	const shape = request.headers['x-codex-bench'];
	if (shape === 'bulk') response.end(bulk);
	else if (shape === 'paced') pace(response, pacedEveryMs, pacedEvents - 3);
	else if (shape === 'slow') pace(response, slowEveryMs, slowEvents);
	else response.end(small);
}

/** The first events at once, then one after each interval. */
function pace(response: ServerResponse, everyMs: number, events: number): void {
	let left = events;
	response.write(firstEvents());
	const timer = setInterval(() => {
		left--;
		if (left > 0) response.write(textEvent(monotonicMicros()));
		else response.end(lastEvent());
	}, everyMs);
	response.once('close', () => clearInterval(timer));
}
