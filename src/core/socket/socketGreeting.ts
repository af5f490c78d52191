import type { HeaderMap } from '../ports.js';
import type { Store } from '../storePort.js';

const settingName = 'reasoningIncluded';
/** The provider says `true`; whatever else it may say is passed on as long as it is a word. */
const word = /^[\w-]{1,32}$/;

/**
 * What a client reads in the answer to its upgrade (protocol §6). It comes before an account is chosen, so what the
 * provider said to the pool's own last upgrade stands for what it would say now. That is kept beyond the end of the
 * pool: without it Codex counts all past reasoning a second time, and compacts a conversation too early.
 */
export class SocketGreeting {
	#reasoningIncluded: string | undefined;

	constructor(
		private readonly modelsEtag: (keyId: string) => string | undefined,
		private readonly store: Pick<Store, 'loadSetting' | 'saveSetting'>,
	) {
		this.#learnReasoning(store.loadSetting(settingName));
	}

	learn(headers: HeaderMap): void {
		const known = this.#reasoningIncluded;
		this.#learnReasoning(headers['x-reasoning-included']);
		const learnt = this.#reasoningIncluded;
		if (learnt !== undefined && learnt !== known) this.store.saveSetting(settingName, learnt);
	}

	headers(keyId: string): HeaderMap {
		const etag = this.modelsEtag(keyId);
		return {
			...(etag === undefined ? {} : { 'x-models-etag': etag }),
			...(this.#reasoningIncluded === undefined ? {} : { 'x-reasoning-included': this.#reasoningIncluded }),
		};
	}

	#learnReasoning(said: string | undefined): void {
		if (said !== undefined && word.test(said)) this.#reasoningIncluded = said;
	}
}
