import type { PanelEvent, PanelMessage, PanelRequestMessage, PanelRequests } from '../src/shared/panelMessages.js';
import type { PanelAction } from './panelAction.js';
import { text } from './text.js';

interface EditorApi {
	postMessage(message: PanelRequestMessage): void;
	getState(): unknown;
	setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

export type RequestName = keyof PanelRequests;
/** What follows the name of a request: nothing, or its parameters. */
type RequestParams<N extends RequestName> = PanelRequests[N]['params'] extends undefined
	? []
	: [PanelRequests[N]['params']];

interface Waiting {
	resolve(result: unknown): void;
	reject(error: Error): void;
}

/** The only one that talks to the editor. */
export class PanelClient {
	readonly #api = acquireVsCodeApi();
	readonly #waiting = new Map<number, Waiting>();
	readonly #onEvent: (event: PanelEvent) => void;
	#lastId = 0;

	constructor(onEvent: (event: PanelEvent) => void) {
		this.#onEvent = onEvent;
		window.addEventListener('message', event => {
			if (isPanelMessage(event.data)) this.#receive(event.data);
		});
	}

	/** Rejects with the editor's sentence for the user. */
	async request<N extends RequestName>(name: N, ...params: RequestParams<N>): Promise<PanelRequests[N]['result']> {
		// The editor's handlers are typed by the same table, so the reply to `name` is its result.
		return (await this.#post(name, params[0])) as PanelRequests[N]['result'];
	}

	async carryOut(action: PanelAction): Promise<void> {
		await this.#post(action.name, 'params' in action ? action.params : undefined);
	}

	/** What the panel wrote last, from before it was hidden; not checked. */
	readViewState(): unknown {
		return this.#api.getState();
	}

	saveViewState(state: unknown): void {
		this.#api.setState(state);
	}

	#post(name: RequestName, params: unknown): Promise<unknown> {
		const id = ++this.#lastId;
		return new Promise((resolve, reject) => {
			this.#waiting.set(id, { resolve, reject });
			this.#api.postMessage({ kind: 'request', id, name, params });
		});
	}

	#receive(message: PanelMessage): void {
		switch (message.kind) {
			case 'event':
				this.#onEvent(message);
				break;
			case 'reply':
				this.#take(message.id)?.resolve(message.result);
				break;
			case 'failure':
				this.#take(message.id)?.reject(new Error(message.message || text.requestFailed));
				break;
			default:
				message satisfies never;
		}
	}

	#take(id: number): Waiting | undefined {
		const waiting = this.#waiting.get(id);
		this.#waiting.delete(id);
		return waiting;
	}
}

/** Other scripts of the frame (the workbench's own) post messages too. */
function isPanelMessage(data: unknown): data is PanelMessage {
	if (typeof data !== 'object' || data === null || !('kind' in data)) return false;
	return data.kind === 'event' || data.kind === 'reply' || data.kind === 'failure';
}
