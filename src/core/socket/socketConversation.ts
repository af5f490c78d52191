import { PoolError } from '../../shared/poolError.js';
import { errorAnswer } from '../reply/answers.js';
import { forwardMessage, type Afterwards } from './forwardMessage.js';
import { isCodexClient } from '../request/headerPolicy.js';
import { MessageReader } from './messageReader.js';
import type { HeaderMap } from '../ports.js';
import type { ByteListener, ByteSocket } from '../upstreamPort.js';
import { messageType } from './readMessage.js';
import { isOpenAiRoute, type ReceivedRequest, type ResponsesRoute } from '../request/readRequest.js';
import { errorFrame } from './socketAnswers.js';
import { SocketLeg, type SocketLegContext } from './socketLeg.js';
import { SocketPulse } from './socketPulse.js';
import { SocketReply } from './socketReply.js';
import { encodeClose, encodeFrame, FrameError, opcodes } from './webSocketFrames.js';

export interface ConversationContext extends SocketLegContext {
	readonly newRequestId: () => string;
	/** Runs what must not be cut off when the pool closes. */
	readonly running: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Who has connected, and how. */
export interface SocketClient {
	readonly route: ResponsesRoute;
	readonly keyId: string;
	readonly headers: HeaderMap;
}

export const messageLimit = 64 * 1024 * 1024;
const lingerMs = 5_000;
const closeCodes = { done: 1000, goingAway: 1001, policy: 1008 } as const;

/**
 * One client's WebSocket: a conversation that is with one account at a time. Between responses it may be closed at any
 * moment: the client then opens another and sends everything again, and nothing is shown to the user (protocol §6).
 */
export class SocketConversation implements ByteListener {
	readonly #reader: MessageReader;
	readonly #leg: SocketLeg;
	readonly #pulse: SocketPulse;
	readonly #headers: HeaderMap;
	readonly #isCodex: boolean;
	/** The answer under way. */
	#reply: SocketReply | undefined;
	/** A message that came before the answer to the one before it had ended. */
	#next: Buffer | undefined;
	/** The close code to end with after the answer under way. */
	#ending: number | undefined;
	#isOver = false;

	constructor(
		private readonly context: ConversationContext,
		private readonly client: SocketClient,
		private readonly socket: ByteSocket,
		private readonly over: () => void,
	) {
		// A turn state is said inside the messages; one among the headers would outlive its turn.
		const headers = Object.entries(client.headers).filter(([name]) => name !== 'x-codex-turn-state');
		this.#headers = Object.fromEntries(headers);
		this.#isCodex = isCodexClient(this.#headers);
		this.#reader = new MessageReader(
			{ message: text => this.#message(text), control: (opcode, payload) => this.#control(opcode, payload) },
			messageLimit,
		);
		const knowsPublicOnly = !this.#isCodex && isOpenAiRoute(client.route);
		this.#leg = new SocketLeg(context, { keyId: client.keyId, knowsPublicOnly }, () => {
			if (!this.#reply) this.#close(closeCodes.done);
		});
		this.#pulse = new SocketPulse(
			context.clock,
			() => this.socket.write(encodeFrame(opcodes.ping, noBytes)),
			() => this.destroy(),
		);
		socket.listen(this);
	}

	/** Whom the client came in as. */
	get keyId(): string {
		return this.client.keyId;
	}

	/** Ends with the response under way, or at once. `policy` for a client that may not come back as it came. */
	finish(reason: 'goingAway' | 'policy' = 'goingAway'): void {
		this.#ending = closeCodes[reason];
		if (!this.#reply) this.#close(this.#ending);
	}

	destroy(): void {
		this.socket.destroy();
		this.onGone();
	}

	onBytes(chunk: Buffer): void {
		if (this.#isOver) return;
		this.#pulse.heard();
		try {
			this.#reader.read(chunk);
		} catch (thrown) {
			if (!(thrown instanceof FrameError)) throw thrown;
			this.#close(thrown.closeCode);
		}
	}

	onDrain(): void {
		this.#reply?.drained();
	}

	onGone(): void {
		this.#stop();
		this.over();
	}

	#message(text: Buffer): void {
		// It came behind the end, in the same packet.
		if (this.#isOver) return;
		const type = messageType(text);
		if (type === undefined) {
			const error = new PoolError('invalid_request', 'A message must be a JSON object with a "type".');
			const { status, headers, body } = errorAnswer(error);
			this.socket.write(errorFrame(status, headers, body));
		} else if (type !== 'response.create') {
			this.#leg.tell(text);
		} else if (!this.#reply) {
			void this.#answer(text);
		} else if (!this.#next) {
			this.#next = text;
		} else {
			this.#close(closeCodes.policy);
		}
	}

	async #answer(message: Buffer): Promise<void> {
		const { clock } = this.context;
		const request: ReceivedRequest = {
			id: this.context.newRequestId(),
			route: this.client.route,
			keyId: this.client.keyId,
			headers: this.#headers,
			body: message,
			encoding: null,
			decoded: false,
			receivedAt: clock.now(),
			transport: 'websocket',
		};
		const reply = new SocketReply(this.socket, clock, this.#isCodex);
		this.#reply = reply;
		const afterwards = await this.context.running(() => forwardMessage(this.context, request, reply, this.#leg));
		this.#reply = undefined;
		this.#goOn(reply, afterwards);
	}

	#goOn(reply: SocketReply, afterwards: Afterwards): void {
		if (this.#isOver) return;
		const next = this.#next;
		this.#next = undefined;
		// Without a close frame: half an answer must look like the break it is.
		if (reply.isCut) this.#end();
		else if (this.#ending !== undefined) this.#close(this.#ending);
		else if (afterwards === 'moves') this.#close(closeCodes.done);
		else if (next) void this.#answer(next);
	}

	#control(opcode: number, payload: Buffer): void {
		if (opcode === opcodes.ping) this.socket.write(encodeFrame(opcodes.pong, payload));
		if (opcode === opcodes.close) this.#close(closeCodes.done);
	}

	#close(code: number): void {
		if (this.#isOver) return;
		this.socket.write(encodeClose(code));
		this.#end();
	}

	/** After what has been written. A peer that does not end its side is not waited for long. */
	#end(): void {
		this.socket.end();
		this.context.clock.after(lingerMs, () => this.destroy());
		this.#stop();
	}

	#stop(): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#pulse.stop();
		this.#reply?.left();
		this.#leg.close();
	}
}

const noBytes: Buffer = Buffer.alloc(0);
