import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';
import { isJsonObject, objectAt, textAt, type JsonObject } from './upstream/json.js';
import { turnBody } from './upstream/turn.js';

const longestMessage = 64 * 1024 * 1024;

/** A client's WebSocket for responses, once it is open. */
export async function dialSocket(url: string, headers: Readonly<Record<string, string>>): Promise<WebSocket> {
	const socket = new WebSocket(url, { headers, maxPayload: longestMessage });
	await once(socket, 'open');
	return socket;
}

/** `dialSocket` for the tests of a suite: what one of them has opened is terminated after it. */
export function eachTestClosesItsSockets(): typeof dialSocket {
	const open = new Set<WebSocket>();
	afterEach(() => {
		for (const socket of open) socket.terminate();
		open.clear();
	});
	return async (url, headers) => {
		const socket = await dialSocket(url, headers);
		open.add(socket);
		return socket;
	};
}

/** A message that asks for a response. */
export function createMessage(text: string, fields: JsonObject = {}): JsonObject {
	return { type: 'response.create', ...turnBody(text), ...fields };
}

/** The events of the response to this message. Rejects when the connection closes before its end. */
export async function askSocket(socket: WebSocket, message: JsonObject): Promise<JsonObject[]> {
	const events: JsonObject[] = [];
	const ended = new Promise<void>((resolve, reject) => {
		const hear = (data: RawData): void => {
			const event: unknown = JSON.parse((data as Buffer).toString('utf8'));
			if (isJsonObject(event)) events.push(event);
			if (!/^(response\.(completed|failed|incomplete)|error)$/.test(textAt(event, 'type') ?? '')) return;
			socket.off('message', hear);
			resolve();
		};
		socket.on('message', hear);
		socket.once('close', code => reject(new Error(`Closed with ${code}`)));
	});
	socket.send(JSON.stringify(message));
	await ended;
	return events;
}

export function saidIn(events: readonly JsonObject[]): string {
	return events
		.flatMap(event => (event['type'] === 'response.output_text.delta' ? [String(event['delta'])] : []))
		.join('');
}

/** The id of a response that has ended. */
export function responseIdIn(events: readonly JsonObject[]): string {
	return textAt(objectAt(events.at(-1), 'response'), 'id') ?? '';
}
