import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HeaderMap } from '../../src/core/ports.js';
import type { UpstreamFault, UpstreamObserver } from '../../src/core/upstreamPort.js';

export type Ending = { readonly kind: 'end' } | { readonly kind: 'fault'; readonly fault: UpstreamFault };

/** Remembers everything one attempt says. */
export class RecordingObserver implements UpstreamObserver {
	/** What was heard, in order. */
	readonly heard: ('head' | 'chunk' | 'end' | 'fault')[] = [];
	readonly head: Promise<{ status: number; headers: HeaderMap }>;
	readonly firstChunk: Promise<undefined>;
	readonly ending: Promise<Ending>;
	/** What onChunk answers. */
	wantsMore = true;
	readonly #chunks: Buffer[] = [];
	readonly #resolveHead: (head: { status: number; headers: HeaderMap }) => void;
	readonly #resolveFirstChunk: (value: undefined) => void;
	readonly #resolveEnding: (ending: Ending) => void;

	constructor() {
		const head = Promise.withResolvers<{ status: number; headers: HeaderMap }>();
		const firstChunk = Promise.withResolvers<undefined>();
		const ending = Promise.withResolvers<Ending>();
		this.head = head.promise;
		this.firstChunk = firstChunk.promise;
		this.ending = ending.promise;
		this.#resolveHead = head.resolve;
		this.#resolveFirstChunk = firstChunk.resolve;
		this.#resolveEnding = ending.resolve;
	}

	get body(): Buffer {
		return Buffer.concat(this.#chunks);
	}

	onHead(status: number, headers: HeaderMap): void {
		this.heard.push('head');
		this.#resolveHead({ status, headers });
	}

	onChunk(chunk: Buffer): boolean {
		this.heard.push('chunk');
		this.#chunks.push(Buffer.from(chunk));
		this.#resolveFirstChunk(undefined);
		return this.wantsMore;
	}

	onEnd(): void {
		this.heard.push('end');
		this.#resolveEnding({ kind: 'end' });
	}

	onFault(fault: UpstreamFault): void {
		this.heard.push('fault');
		this.#resolveEnding({ kind: 'fault', fault });
	}

	/** The fault that ended the attempt. */
	async fault(): Promise<UpstreamFault> {
		const ending = await this.ending;
		if (ending.kind === 'end') throw new Error('The attempt ended well');
		return ending.fault;
	}

	/** The whole body, after a good end and one more turn in which nothing may follow. */
	async wholeBody(): Promise<Buffer> {
		const ending = await this.ending;
		if (ending.kind === 'fault') throw new Error(`The attempt failed: ${ending.fault.code}`);
		await nextTurn();
		return this.body;
	}
}
