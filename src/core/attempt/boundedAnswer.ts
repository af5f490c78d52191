import type { Clock, HeaderMap } from '../ports.js';
import type { Upstream, UpstreamCall, UpstreamFault, UpstreamObserver, UpstreamRequest } from '../upstreamPort.js';

/** An answer has some megabytes with all its events and images; what is larger than this is none. */
const answerBytes = 64 * 1024 * 1024;
/** As long as the provider lets a connection of its own live (protocol §6); no caller waits longer. */
const answerMs = 60 * 60_000;

const tooLarge: UpstreamFault = { kind: 'reset', code: 'ANSWER_TOO_LARGE' };
const tooSlow: UpstreamFault = { kind: 'timeout', code: 'ANSWER_TOO_SLOW' };
const reasons: Readonly<Record<string, string>> = {
	[tooLarge.code]: 'The ChatGPT backend sent more than 64 MiB for one answer, so the pool gave it up.',
	[tooSlow.code]: 'The ChatGPT backend did not come to the end of its answer within an hour, so the pool gave it up.',
};

/** What is to be said of an answer that was given up for its size or its time; undefined of any other fault. */
export function whyGivenUp(fault: UpstreamFault | undefined): string | undefined {
	return fault && reasons[fault.code];
}

/** An upstream whose answers end: for those who collect an answer before they pass it on. */
export function boundedAnswers(upstream: Pick<Upstream, 'send'>, clock: Clock): Pick<Upstream, 'send'> {
	return { send: (request, observer) => new BoundedAnswer(observer).begin(upstream, clock, request) };
}

class BoundedAnswer implements UpstreamObserver, UpstreamCall {
	#call: UpstreamCall | undefined;
	#cancelTimer: (() => void) | undefined;
	#bytes = 0;

	constructor(private readonly observer: UpstreamObserver) {}

	begin(upstream: Pick<Upstream, 'send'>, clock: Clock, request: UpstreamRequest): this {
		this.#cancelTimer = clock.after(answerMs, () => this.#giveUp(tooSlow));
		this.#call = upstream.send(request, this);
		return this;
	}

	resume(): void {
		this.#call?.resume();
	}

	abort(): void {
		this.#cancelTimer?.();
		this.#call?.abort();
	}

	onHead(status: number, headers: HeaderMap): void {
		this.observer.onHead(status, headers);
	}

	onChunk(chunk: Buffer): boolean {
		this.#bytes += chunk.length;
		if (this.#bytes <= answerBytes) return this.observer.onChunk(chunk);
		this.#giveUp(tooLarge);
		return true;
	}

	onEnd(): void {
		this.#cancelTimer?.();
		this.observer.onEnd();
	}

	onFault(fault: UpstreamFault): void {
		this.#cancelTimer?.();
		this.observer.onFault(fault);
	}

	#giveUp(fault: UpstreamFault): void {
		this.abort();
		this.observer.onFault(fault);
	}
}
