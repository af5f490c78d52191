import { ScriptedUpgrade, type UpgradeAnswer } from './scriptedSocket.js';
import type { HeaderMap } from '../../src/core/ports.js';
import type {
	AccountAccess,
	JsonReply,
	SocketRequest,
	UpgradeObserver,
	Upstream,
	UpstreamCall,
	UpstreamFault,
	UpstreamObserver,
	UpstreamRequest,
} from '../../src/core/upstreamPort.js';

/** What the upstream does when a request arrives. */
export type Answer = (call: ScriptedCall) => void;

/** One attempt as the upstream sees it. After an abort nothing more is heard, as the port promises. */
export class ScriptedCall implements UpstreamCall {
	isAborted = false;
	resumes = 0;

	constructor(
		readonly request: UpstreamRequest,
		private readonly observer: UpstreamObserver,
	) {}

	get accountId(): string {
		return this.request.accountId;
	}

	header(name: string): string | undefined {
		const at = this.request.headers.findIndex((header, index) => index % 2 === 0 && header === name);
		return at === -1 ? undefined : this.request.headers[at + 1];
	}

	head(status: number, headers: HeaderMap): this {
		if (!this.isAborted) this.observer.onHead(status, headers);
		return this;
	}

	/** False when the observer asks for a pause. */
	chunk(data: string | Buffer): boolean {
		return this.isAborted || this.observer.onChunk(Buffer.from(data));
	}

	end(): void {
		if (!this.isAborted) this.observer.onEnd();
	}

	fault(fault: UpstreamFault): void {
		if (!this.isAborted) this.observer.onFault(fault);
	}

	resume(): void {
		this.resumes++;
	}

	abort(): void {
		this.isAborted = true;
	}
}

/** An upstream that does what the test says: by account, else the next of the common answers, else nothing yet. */
export class ScriptedUpstream implements Upstream {
	readonly calls: ScriptedCall[] = [];
	readonly forgotten: string[] = [];
	isClosed = false;
	usage: (access: AccountAccess) => Promise<JsonReply> = () => Promise.resolve(json(200, {}));
	resetCredits: (access: AccountAccess) => Promise<JsonReply> = () => Promise.resolve(json(200, { credits: [] }));
	/** Nobody redeems by chance. */
	redeem: (access: AccountAccess, redeemRequestId: string) => Promise<JsonReply> = () =>
		Promise.reject(new Error('No test has redeemed a reset'));
	models: (access: AccountAccess, clientVersion: string) => Promise<JsonReply> = () =>
		Promise.resolve(json(200, { models: [] }));
	readonly upgrades: ScriptedUpgrade[] = [];
	readonly #answers: Answer[] = [];
	readonly #upgradeAnswers: UpgradeAnswer[] = [];
	readonly #byAccount = new Map<string, Answer[]>();

	answer(...answers: Answer[]): void {
		this.#answers.push(...answers);
	}

	answerFor(accountId: string, ...answers: Answer[]): void {
		this.#byAccount.set(accountId, [...(this.#byAccount.get(accountId) ?? []), ...answers]);
	}

	/** The newest attempt. */
	get last(): ScriptedCall {
		const call = this.calls.at(-1);
		if (!call) throw new Error('Nothing has reached the upstream');
		return call;
	}

	send(request: UpstreamRequest, observer: UpstreamObserver): UpstreamCall {
		const call = new ScriptedCall(request, observer);
		this.calls.push(call);
		const answer = this.#byAccount.get(request.accountId)?.shift() ?? this.#answers.shift();
		if (answer) setImmediate(() => answer(call));
		return call;
	}

	openSocket(request: SocketRequest, observer: UpgradeObserver): Pick<UpstreamCall, 'abort'> {
		const upgrade = new ScriptedUpgrade(request, observer);
		this.upgrades.push(upgrade);
		const answer = this.#upgradeAnswers.shift();
		if (answer) setImmediate(() => answer(upgrade));
		return upgrade;
	}

	/** The next upgrades are answered so; without a word they wait. */
	answerUpgrades(...answers: UpgradeAnswer[]): void {
		this.#upgradeAnswers.push(...answers);
	}

	readUsage(access: AccountAccess): Promise<JsonReply> {
		return this.usage(access);
	}

	readResetCredits(access: AccountAccess): Promise<JsonReply> {
		return this.resetCredits(access);
	}

	redeemReset(access: AccountAccess, redeemRequestId: string): Promise<JsonReply> {
		return this.redeem(access, redeemRequestId);
	}

	readModels(access: AccountAccess, clientVersion: string): Promise<JsonReply> {
		return this.models(access, clientVersion);
	}

	forget(accountId: string): void {
		this.forgotten.push(accountId);
	}

	close(): Promise<void> {
		this.isClosed = true;
		return Promise.resolve();
	}
}

export function json(status: number, body: unknown): JsonReply {
	return { status, headers: {}, body };
}

export const created = sse({ type: 'response.created', response: { id: 'resp_1' } });
export const delta = sse({ type: 'response.output_text.delta', delta: 'Hello' });
export const completed = sse({
	type: 'response.completed',
	response: {
		id: 'resp_1',
		output: [],
		usage: {
			input_tokens: 100,
			input_tokens_details: { cached_tokens: 80 },
			output_tokens: 7,
			output_tokens_details: { reasoning_tokens: 3 },
		},
	},
});

export const whole = created + delta + completed;

/** One event in the form the provider sends. */
export function sse(event: { readonly type: string; readonly [field: string]: unknown }): string {
	return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

export function failed(code: string, message = 'It failed.'): string {
	return sse({ type: 'response.failed', response: { id: 'resp_1', error: { code, message } } });
}

/** A 200 event stream of these frames, one chunk each. */
export function stream(...frames: (string | Buffer)[]): Answer {
	return call => {
		call.head(200, { 'content-type': 'text/event-stream' });
		for (const frame of frames) call.chunk(frame);
		call.end();
	};
}

export const success: Answer = stream(created, delta, completed);

export function refuse(status: number, body: unknown = {}, headers: HeaderMap = {}): Answer {
	return call => {
		call.head(status, { 'content-type': 'application/json', ...headers });
		call.chunk(typeof body === 'string' ? body : JSON.stringify(body));
		call.end();
	};
}

export function faulty(kind: UpstreamFault['kind'], code = kind.toUpperCase()): Answer {
	return call => call.fault({ kind, code });
}

export function usageLimit(resetsAt?: number): Answer {
	return refuse(429, {
		error: {
			type: 'usage_limit_reached',
			message: 'The usage limit has been reached',
			...(resetsAt === undefined ? {} : { resets_at: resetsAt / 1000 }),
		},
	});
}
