import { forwardRequest, type ForwardContext } from '../../src/core/forwardRequest.js';
import type { HeaderMap } from '../../src/core/ports.js';
import type { ResponsesRoute } from '../../src/core/request/readRequest.js';
import { userMessage } from '../support/upstream/turn.js';
import type { LabClock } from './labClock.js';
import { LabReply } from './labReply.js';
import type { BookedRequest, Outcome } from './monthBooks.js';
import type { MonthClient, MonthTurn } from './monthLoad.js';

/** What clients send, and how they take the answer. */

/** What the pool's usage calls each client. */
export const clientNames: Readonly<Record<MonthClient, string>> = {
	codex: 'codex_exec',
	codex_socket: 'codex_exec',
	sdk_stream: 'OpenAI',
	sdk_whole: 'OpenAI',
	unnamed: '',
};

function isCodex(client: MonthClient): boolean {
	return clientNames[client] === 'codex_exec';
}

export function routeOf({ client }: MonthTurn): ResponsesRoute {
	return isCodex(client) ? '/backend-api/codex/responses' : '/v1/responses';
}

export function headersOf({ client, session }: MonthTurn): HeaderMap {
	const headers = { 'content-type': 'application/json' };
	if (client === 'unnamed') return headers;
	if (!isCodex(client)) return { ...headers, 'user-agent': 'OpenAI/JS 6.49.0' };
	return {
		...headers,
		originator: 'codex_exec',
		'user-agent': 'codex_exec/0.169.0',
		accept: 'text/event-stream',
		'thread-id': `thread-${session}`,
	};
}

export function bodyOf({ client, model, tier, reasons, letters, session }: MonthTurn, id: string): Buffer {
	return Buffer.from(
		JSON.stringify({
			model,
			stream: client !== 'sdk_whole',
			...(isCodex(client) && { store: false }),
			client_metadata: { turn_id: id },
			input: [userMessage(`What about ${id}?`), userMessage('.'.repeat(letters)), userMessage('Tell me.')],
			...(reasons && { include: ['reasoning.encrypted_content'] }),
			...(tier !== null && { service_tier: tier }),
			prompt_cache_key: `thread-${session}`,
		}),
	);
}

/** A client that reads everything at once, and looks at what its reply says of the quota. */
export class MonthReply extends LabReply {
	constructor(
		clock: LabClock,
		private readonly told: (headers: HeaderMap) => void,
	) {
		super(clock, false);
	}

	override start(status: number, headers: HeaderMap): void {
		super.start(status, headers);
		if (status === 200) this.told(headers);
	}
}

/** One turn as a request with a streamed or a whole answer. */
export async function talkOverHttp(
	context: ForwardContext,
	reply: MonthReply,
	{ id, turn, startedAt }: BookedRequest,
): Promise<Outcome> {
	const { leaveAfterMs } = turn;
	const stay = leaveAfterMs === undefined ? undefined : context.clock.after(leaveAfterMs, () => reply.leave());
	await forwardRequest(
		context,
		{
			id,
			route: routeOf(turn),
			keyId: turn.keyId,
			headers: headersOf(turn),
			body: bodyOf(turn, id),
			encoding: null,
			decoded: false,
			receivedAt: startedAt,
		},
		reply,
	);
	stay?.();
	return outcomeOf(reply);
}

const ended = /"type":"response\.(?:completed|incomplete)"/;

function outcomeOf({ status, hasLeft, bytes, headers }: LabReply): Outcome {
	if (hasLeft) return 'cancelled';
	if (status !== 200) return 'failed';
	const isStream = headers['content-type']?.startsWith('text/event-stream') === true;
	return !isStream || ended.test(bytes.toString('latin1')) ? 'succeeded' : 'failed';
}
