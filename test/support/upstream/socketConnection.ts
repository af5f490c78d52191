import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { SimulatedAccount } from './accounts.js';
import { makeTurnState, turnStateOwner } from './continuity.js';
import type { Connection } from './exchange.js';
import { passTime } from './clock.js';
import { isJsonObject, listAt, objectAt, textAt, type JsonObject } from './json.js';
import { planReply } from './replyPlan.js';
import type { RepeatedTurns } from './repeatedTurns.js';
import { recordSocketRequest, type RecordedSocketRequest } from './socketRecord.js';
import { refuseMessage, type SocketRefusal } from './socketRules.js';
import { sendEvents } from './socketStream.js';
import type { SocketStyle } from './sockets.js';
import { chargeFor, messageEvents } from './socketTurn.js';
import { usageHeaders } from './usageReport.js';
import type { World } from './world.js';

export interface SocketContext {
	readonly world: World;
	readonly style: SocketStyle;
	readonly nextIndex: () => number;
	readonly repeatedTurns: RepeatedTurns;
}

/** What is known from the upgrade. */
export interface SocketFacts {
	readonly request: IncomingMessage;
	readonly connection: Connection;
	readonly account: SimulatedAccount;
}

/** One client's WebSocket. Responses and what was said before them are known here and nowhere else. */
export class SocketConnection {
	/** Whole conversations by the id of the response that ended them. */
	readonly #conversations = new Map<string, readonly unknown[]>();
	#isBusy = false;
	#turns = 0;

	constructor(
		private readonly context: SocketContext,
		readonly facts: SocketFacts,
		private readonly peer: WebSocket,
		private readonly socket: Socket,
	) {
		// A message that is too long has been answered with a close, which the client should come to read.
		peer.on('error', error => {
			if (!('code' in error) || error.code !== 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') peer.terminate();
		});
		peer.on('message', (data: Buffer) => void this.#receive(data));
	}

	/** Ends the connection as a broken network does. */
	drop(): void {
		this.socket.resetAndDestroy();
	}

	close(code: number): void {
		this.peer.close(code);
	}

	async #receive(bytes: Buffer): Promise<void> {
		const { world, nextIndex } = this.context;
		const body = parse(bytes);
		const recorded = recordSocketRequest(this.facts.request, {
			index: nextIndex(),
			at: world.clock.now(),
			connection: this.facts.connection,
			account: this.facts.account,
			message: { bytes, body },
		});
		world.log.add(recorded.record);
		this.peer.once('close', () => recorded.end('client_left'));
		if (this.#isBusy) {
			world.log.violate(
				'two_responses_at_once',
				'A second request on a connection that is answering one',
				recorded.record,
			);
			return;
		}
		this.#isBusy = true;
		try {
			await this.#answer(recorded, body);
		} finally {
			this.#isBusy = false;
		}
		if (this.context.style.closeAfterTurn !== undefined) this.close(this.context.style.closeAfterTurn);
	}

	async #answer(recorded: RecordedSocketRequest, body: unknown): Promise<void> {
		const { world } = this.context;
		const { record, end } = recorded;
		const fault = world.faults.isEmpty ? undefined : world.faults.take(record);
		if (fault?.wait !== undefined) await passTime(world.clock, fault.wait);
		if (fault?.kind === 'refuse') {
			end('cut');
			this.drop();
			return;
		}
		this.#turns += 1;
		const refusal =
			fault?.kind === 'reply'
				? { status: fault.status, body: fault.body, headers: fault.headers ?? {} }
				: this.#refuse(recorded, body);
		if (refusal) {
			this.#sendError(recorded, refusal);
			return;
		}
		this.context.repeatedTurns.notice(record);
		record.answer.status = 200;
		const input = [...this.#said(body), ...listAt(body, 'input')];
		const whole = { ...objectAt({ body }, 'body'), input };
		const isPrewarm = objectAt({ body }, 'body')['generate'] === false;
		const reply = isPrewarm ? undefined : planReply(whole);
		const events = messageEvents(world, this.facts.account, { body: whole, reply, turnState: this.#turnState(body) });
		if (reply) chargeFor(this.facts.account, whole, reply);
		await passTime(world.clock, world.style.thinkMs);
		const outcome = await sendEvents(
			{ peer: this.peer, socket: this.socket, record, fault, style: world.style },
			events,
		);
		const response = objectAt(events.at(-1), 'response');
		this.#conversations.set(textAt(response, 'id') ?? '', [...input, ...listAt(response, 'output')]);
		if (outcome !== 'goes_on') end(outcome);
	}

	#refuse({ record }: RecordedSocketRequest, body: unknown): SocketRefusal | undefined {
		if (this.#turns > this.context.style.turnLimit) {
			const message = 'Responses websocket connection limit reached (60 minutes). Create a new websocket connection.';
			const error = { type: 'invalid_request_error', code: 'websocket_connection_limit_reached', message };
			return { status: 400, body: { error }, headers: {} };
		}
		return refuseMessage(
			this.context.world,
			{ record, account: this.facts.account, connection: this.facts.connection },
			{
				body,
				said: this.#said(body),
				isKnown: id => this.#conversations.has(id),
			},
		);
	}

	#said(body: unknown): readonly unknown[] {
		return this.#conversations.get(textAt(body, 'previous_response_id') ?? '') ?? [];
	}

	/** A turn keeps the state it was given first. */
	#turnState(body: unknown): string {
		const given = textAt(objectAt(body, 'client_metadata'), 'x-codex-turn-state');
		const isOwn = given !== undefined && turnStateOwner(given) === this.facts.account.chatgptAccountId;
		return isOwn ? given : makeTurnState(this.facts.account);
	}

	#sendError({ record, end }: RecordedSocketRequest, { status, body, headers }: SocketRefusal): void {
		record.answer.status = status;
		const error: JsonObject = isJsonObject(body) ? body : { message: String(body) };
		const { account } = this.facts;
		const frame = {
			type: 'error',
			[this.context.style.statusField]: status,
			error: isJsonObject(error['error']) ? error['error'] : { message: textAt(error, 'detail') ?? '', ...error },
			headers: {
				...usageHeaders(account, textAt(record.body, 'model') ?? ''),
				'x-request-id': randomUUID(),
				...headers,
			},
		};
		this.peer.send(JSON.stringify(frame));
		end('complete');
	}
}

function parse(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString('utf8'));
	} catch {
		return undefined;
	}
}
