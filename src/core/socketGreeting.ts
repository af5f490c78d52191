import type { HeaderMap } from './ports.js';

/**
 * What a client reads in the answer to its upgrade (protocol §6). It comes before an account is chosen, so what the
 * provider said to the pool's own last upgrade stands for what it would say now.
 */
export class SocketGreeting {
	#reasoningIncluded: string | undefined;

	constructor(private readonly modelsEtag: () => string | undefined) {}

	learn(headers: HeaderMap): void {
		this.#reasoningIncluded = headers['x-reasoning-included'] ?? this.#reasoningIncluded;
	}

	get headers(): HeaderMap {
		const etag = this.modelsEtag();
		return {
			...(etag === undefined ? {} : { 'x-models-etag': etag }),
			...(this.#reasoningIncluded === undefined ? {} : { 'x-reasoning-included': this.#reasoningIncluded }),
		};
	}
}
