import { ChatChunks } from './chatChunks.js';
import type { ChatTraits } from './chatRequest.js';
import { EventFrames } from '../../shared/eventFrames.js';
import type { ClientReply, HeaderMap } from '../ports.js';
import { ReplyStage } from '../reply/replyStage.js';
import { parseJson } from '../untrusted.js';

/** Shows that the answer is being thought about. Clients wait for bytes, and reasoning has no chunks. */
const stillThere = Buffer.from(': thinking\n\n');

/** Stands before a client that streams a chat completion: the events of a response come in, its chunks go out. */
export class ChatStreamReply extends ReplyStage {
	#isStream = false;
	readonly #frames = new EventFrames();
	readonly #chunks: ChatChunks;

	constructor(client: ClientReply, traits: ChatTraits) {
		super(client);
		this.#chunks = new ChatChunks(traits);
	}

	override start(status: number, headers: HeaderMap): void {
		this.#isStream = status === 200;
		this.client.start(status, headers);
	}

	override write(chunk: Buffer): boolean {
		if (!this.#isStream) return this.client.write(chunk);
		const told = this.#frames.push(chunk).flatMap(data => this.#chunks.take(parseJson(data)));
		if (told.length > 0) return this.#send(told);
		return this.#chunks.isOver || this.client.write(stillThere);
	}

	override end(): void {
		if (this.#isStream) this.#failUnlessOver();
		this.client.end();
	}

	/** The connection breaks as well, but a client may be told why. */
	override cut(): void {
		if (this.#isStream) this.#failUnlessOver();
		this.client.cut();
	}

	/** Half an answer must not look like a whole. */
	#failUnlessOver(): void {
		if (this.#chunks.isOver) return;
		this.#send(this.#chunks.fail({ message: 'The answer broke off before it was complete. Try again.' }));
	}

	#send(told: readonly string[]): boolean {
		return this.client.write(Buffer.from(told.map(data => `data: ${data}\n\n`).join('')));
	}
}
