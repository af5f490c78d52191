import { parseJson } from '../../src/core/untrusted.js';
import { isJsonObject, listAt, objectAt, textAt, type JsonObject } from '../support/upstream/json.js';
import type { LabCall, LabRequest } from './labRequest.js';

/** What a client makes of its answer. */
export type Heard =
	| { readonly kind: 'completed'; readonly response: JsonObject; readonly by: LabCall }
	/** Told in words the client understands, or by a stream that plainly broke off. `sawOutput`: after something visible. */
	| { readonly kind: 'failed'; readonly code: string; readonly sawOutput: boolean }
	| { readonly kind: 'left' }
	/** No client could make sense of it. */
	| { readonly kind: 'garbled'; readonly why: string };

const beat = /^(?:data: \{"type":"keepalive"\}\n\n|: keep-alive\n\n)+/;
const ownEvents = /^event: (?:codex\.|responsesapi\.|response\.metadata)/;
/** An account's figures become the pool's. */
const exchangedEvents = /^event: codex\.rate_limits/;
const visible = /"type":"response\.(?:output|content|function|reasoning|custom)/;

/** One complete well-formed stream of one single answer, or one clear error: anything else is garbled. */
export function judgeAnswer(request: LabRequest): Heard {
	const { reply, plan } = request;
	if (reply.misuse.length > 0) return garbled(reply.misuse.join(', '));
	if (reply.hasLeft) return { kind: 'left' };
	if (reply.state === 'open') return garbled('the answer was never ended');
	if (reply.status !== 200) return judgeError(request);
	return plan.client === 'sdk_whole' ? judgeWhole(request) : judgeStream(request);
}

function judgeStream(request: LabRequest): Heard {
	const text = withoutFrames(request.reply.bytes.toString('utf8').replace(beat, ''), exchangedEvents);
	const source = request.calls.at(-1);
	if (!source) return judgeOwnFailure(request, text);
	const sent = sentTo(request, source);
	if (request.reply.state === 'cut') {
		const isPart = sent.startsWith(text) || sent.startsWith(text.trimEnd());
		if (!isPart) return garbled('a broken stream holds what no single answer said');
		if (text.includes('"type":"response.completed"')) return garbled('a complete stream was cut');
		return { kind: 'failed', code: 'cut', sawOutput: visible.test(text) };
	}
	if (text !== sent) return judgeOwnFailure(request, text);
	const last = lastEvent(text);
	switch (last?.['type']) {
		case 'response.completed':
			return checked(request, source, objectAt(last, 'response'));
		case 'response.incomplete':
		case 'response.failed':
		case 'error':
			return { kind: 'failed', code: textAt(last, 'type') ?? '', sawOutput: visible.test(text) };
		default:
			return garbled('a stream without an end looks ended');
	}
}

/** A stream that the pool itself had to begin, to keep the client, and then to fail. */
function judgeOwnFailure({ reply }: LabRequest, text: string): Heard {
	const failure = /^event: response\.failed\ndata: (.*)\n\n$/.exec(text)?.[1];
	const event = failure === undefined ? undefined : parseJson(failure);
	const code = textAt(objectAt(objectAt(event, 'response'), 'error'), 'code');
	if (code === undefined) return garbled(`not the bytes of one answer (${reply.state}): ${text.slice(0, 200)}`);
	return { kind: 'failed', code, sawOutput: false };
}

function judgeWhole(request: LabRequest): Heard {
	const response = parseJson(request.reply.bytes);
	const source = request.calls.at(-1);
	if (!isJsonObject(response) || !source) return garbled('no JSON');
	if (response['status'] === 'incomplete') return { kind: 'failed', code: 'incomplete', sawOutput: true };
	return checked(request, source, response);
}

function judgeError({ reply, calls }: LabRequest): Heard {
	if (reply.state === 'cut') return { kind: 'failed', code: 'cut', sawOutput: false };
	const { bytes } = reply;
	if (reply.headers['content-length'] !== undefined && Number(reply.headers['content-length']) !== bytes.length) {
		return garbled('the length of the error is wrong');
	}
	const body = parseJson(bytes);
	const error = objectAt(body, 'error');
	const message = textAt(error, 'message') ?? textAt(body, 'detail');
	const isPassedOn = calls.some(({ call }) => call.status === reply.status && Buffer.concat(call.chunks).equals(bytes));
	if ((message ?? '') === '' && !isPassedOn)
		return garbled(`an error without words: ${bytes.toString('utf8', 0, 200)}`);
	const code = textAt(error, 'code') ?? textAt(error, 'type') ?? `http_${reply.status ?? 0}`;
	if (reply.status === 429 && code !== 'usage_limit_reached' && reply.headers['retry-after'] === undefined) {
		return garbled('a passing limit without Retry-After ends the turn');
	}
	return { kind: 'failed', code, sawOutput: false };
}

/** What came back belongs to this very question. */
function checked({ expected, id }: LabRequest, by: LabCall, response: JsonObject): Heard {
	const said = listAt(response, 'output')
		.flatMap(item => listAt(item, 'content'))
		.map(part => textAt(part, 'text') ?? '')
		.join('');
	if (expected !== undefined && !said.includes(expected)) return garbled(`${id} was answered with "${said}"`);
	return { kind: 'completed', response, by };
}

/** What the provider sent in this attempt, as far as this kind of client is meant to see it. */
function sentTo({ plan }: LabRequest, { call }: LabCall): string {
	const text = Buffer.concat(call.chunks).toString('utf8');
	return withoutFrames(text, plan.client === 'codex' ? exchangedEvents : ownEvents);
}

function withoutFrames(text: string, kind: RegExp): string {
	const frames = text.split(/(?<=\r?\n\r?\n)/);
	return frames.filter(frame => !kind.test(frame)).join('');
}

function lastEvent(text: string): JsonObject | undefined {
	const at = text.lastIndexOf('\ndata: ');
	const event = at === -1 ? undefined : parseJson(text.slice(at + '\ndata: '.length));
	return isJsonObject(event) ? event : undefined;
}

function garbled(why: string): Heard {
	return { kind: 'garbled', why };
}
