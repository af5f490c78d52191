import { request, type IncomingMessage } from 'node:http';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { EventFrames } from '../shared/eventFrames.js';
import { PoolError } from '../shared/poolError.js';
import { parseJson } from './loopbackRequest.js';
import { ModelRefusal } from './modelRefusal.js';

export interface ResponseRequest {
	readonly port: number;
	/** A pool key. */
	readonly key: string;
	/** Who asks: usage is shown by its product name. */
	readonly userAgent: string;
	/** Asks for a stream. */
	readonly body: string;
	readonly signal: AbortSignal;
}

/** The pool's own refusals, the provider's, and whatever else may come. */
const refusalSchema = z.object({
	error: z.object({
		message: z.string(),
		code: z.string().nullish(),
		/** Seconds. */
		resets_at: z.number().nullish(),
	}),
});

/**
 * Asks a model as any client of the pool does, and gives the events of its answer as they come. Rejects with a
 * ModelRefusal, or with a PoolError when there is no pool to ask or it goes away meanwhile. Whoever stops listening
 * closes the connection.
 */
export async function* streamResponse(asked: ResponseRequest): AsyncGenerator<unknown, void, undefined> {
	const reply = await send(asked);
	if (reply.statusCode !== 200) throw await readRefusal(reply, asked.port);
	const frames = new EventFrames();
	try {
		for await (const chunk of reply) {
			for (const data of frames.push(chunk as Buffer)) yield parseJson(data);
		}
	} catch (cause) {
		throw new PoolError('runtime_not_running', l10n.t('The pool has broken off the answer. Try again.'), { cause });
	}
}

/** node:http and a literal address for the reasons of `requestLoopback`; without a time limit, as answers take their time. */
function send({ port, key, userAgent, body, signal }: ResponseRequest): Promise<IncomingMessage> {
	const headers = {
		authorization: `Bearer ${key}`,
		'content-type': 'application/json',
		'content-length': Buffer.byteLength(body),
		accept: 'text/event-stream',
		'user-agent': userAgent,
	};
	const target = { host: '127.0.0.1', port, method: 'POST', path: '/v1/responses' };
	return new Promise((resolve, reject) => {
		const outgoing = request({ ...target, headers, agent: false, signal }, resolve);
		outgoing.on('error', cause =>
			reject(new PoolError('runtime_not_running', l10n.t('The pool on port {0} cannot be reached.', port), { cause })),
		);
		outgoing.end(body);
	});
}

async function readRefusal(reply: IncomingMessage, port: number): Promise<Error> {
	const chunks: Buffer[] = [];
	for await (const chunk of reply) chunks.push(chunk as Buffer);
	const { success, data } = refusalSchema.safeParse(parseJson(Buffer.concat(chunks).toString('utf8')));
	if (!success) {
		return new PoolError('internal', l10n.t('The pool on port {0} failed with HTTP {1}.', port, reply.statusCode ?? 0));
	}
	const { message, code, resets_at: resetsAt } = data.error;
	return new ModelRefusal(code ?? null, message, resetsAt == null ? null : resetsAt * 1000);
}
