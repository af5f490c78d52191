import { AccountSocket, messageTooBig, type AccountSocketOwner } from './accountSocket.js';
import { Attempt, type AttemptEnd, type AttemptListener } from '../attempt/attempt.js';
import type { ForwardContext } from '../forwardRequest.js';
import type { HttpOnlyAccounts } from '../routing/httpOnlyAccounts.js';
import { carryOverHttp, type HttpLeg } from './messageOverHttp.js';
import { withoutMember } from '../request/memberEdits.js';
import type { ClientReply, HeaderMap } from '../ports.js';
import type { ByteSocket, UpstreamFault, UpstreamRequest } from '../upstreamPort.js';
import { readMetadata } from '../reply/providerMetadata.js';
import { turnStatePath, type MessageFacts } from './readMessage.js';
import { ResponseProgress } from '../attempt/responseProgress.js';
import { chainBroken } from './socketAnswers.js';
import type { SocketGreeting } from './socketGreeting.js';
import { parseJson } from '../untrusted.js';

export interface SocketLegContext extends ForwardContext {
	readonly httpOnly: HttpOnlyAccounts;
	readonly greeting: SocketGreeting;
	/** Four bytes nobody can guess. */
	readonly newMask: () => Buffer;
}

/** Whom a leg serves. */
export interface LegCaller {
	readonly keyId: string;
	/** It knows OpenAI's public API and nothing of Codex. */
	readonly knowsPublicOnly: boolean;
}

type Handshake =
	| { readonly kind: 'open'; readonly headers: HeaderMap; readonly socket: ByteSocket }
	| { readonly kind: 'refused'; readonly status: number; readonly headers: HeaderMap; readonly body: Buffer }
	| { readonly kind: 'faulted'; readonly fault: UpstreamFault }
	| { readonly kind: 'left' };

/** Statuses with which a backend says that it has no WebSocket here. */
const httpOnlyStatuses: readonly number[] = [404, 426];
/** The provider ends connections after an hour (protocol §6); left before, nobody has to be told. */
const longestMs = 55 * 60_000;
/**
 * The provider takes messages of about 15 MiB in frames of 16 (codex-lb, which changes to HTTP at this size too) and
 * closes the connection at more; over HTTP it takes more.
 */
const longestMessage = 14 * 1024 * 1024;
const requestPath = '/codex/responses';
const betaHeader = ['openai-beta', 'responses_websockets=2026-02-06'] as const;

/**
 * A conversation's way to the provider: a socket to one account at a time, because a chain of responses lives on one
 * connection and two accounts never share it.
 */
export class SocketLeg {
	#socket: AccountSocket | undefined;
	/** Whose token the socket was opened with. */
	#bearer: string | undefined;
	#openedAt = 0;
	/** Of the message under way. */
	#names: Pick<MessageFacts, 'model' | 'alias'> = { model: null };

	constructor(
		private readonly context: SocketLegContext,
		private readonly caller: LegCaller,
		/** The provider, or the network, has ended the connection between responses. */
		private readonly ended: () => void,
	) {}

	/** Whom the chain so far belongs to; undefined when there is none to go on with. */
	get accountId(): string | undefined {
		const isYoung = this.context.clock.now() - this.#openedAt < longestMs;
		return this.#socket?.isOpen && isYoung ? this.#socket.accountId : undefined;
	}

	/** One try of one message on one account. */
	async carry(
		client: ClientReply,
		facts: MessageFacts,
		listener: AttemptListener,
		request: UpstreamRequest,
	): Promise<AttemptEnd> {
		this.#names = facts;
		const turnState = this.#ownTurnState(facts, request.accountId);
		const body = withoutForeignState(request.body ?? facts.body, facts, turnState);
		const isTooLong = body.length > longestMessage;
		if (facts.previousResponseId !== undefined && !this.#openTo(request)) return refused(400, {}, chainBroken);
		const socket = isTooLong ? 'http_only' : (this.#openTo(request) ?? (await this.#reach(client, listener, request)));
		if (socket !== 'http_only') {
			if (!(socket instanceof AccountSocket)) return socket;
			const progress = new ResponseProgress(listener.rateLimitsArrived);
			const end = await new Attempt(client, this.context.clock, listener, progress).run(
				{ send: (_sent, observer) => socket.ask(body, progress, observer) },
				request,
			);
			// That is no account's fault: every other one's socket would close in the same way.
			if (end.kind !== 'faulted' || end.fault.code !== messageTooBig) return end;
		}
		return this.#carryOverHttp({ client, facts, listener, turnState }, { ...request, body });
	}

	/** What is no request of its own. */
	tell(message: Buffer): void {
		if (this.#socket?.isOpen) this.#socket.tell(message);
	}

	close(): void {
		this.#socket?.close();
		this.#socket = undefined;
	}

	/** Only a connection knows a chain: none can go over HTTP, and none goes on from what is answered there. */
	#carryOverHttp(
		leg: Pick<HttpLeg, 'client' | 'facts' | 'listener' | 'turnState'>,
		request: UpstreamRequest,
	): Promise<AttemptEnd> | AttemptEnd {
		this.close();
		if (leg.facts.previousResponseId !== undefined) return refused(400, {}, chainBroken);
		const { clock, upstream } = this.context;
		return carryOverHttp({ ...leg, clock, upstream, knowsPublicOnly: this.caller.knowsPublicOnly }, request);
	}

	#openTo({ accountId, headers }: UpstreamRequest): AccountSocket | undefined {
		return this.accountId === accountId && this.#bearer === bearerIn(headers) ? this.#socket : undefined;
	}

	/** A new socket to the account, or how the attempt for one ended. */
	async #reach(
		client: ClientReply,
		listener: AttemptListener,
		request: UpstreamRequest,
	): Promise<AccountSocket | AttemptEnd | 'http_only'> {
		const { httpOnly } = this.context;
		if (httpOnly.has(request.accountId)) return 'http_only';
		const handshake = await this.#open(client, request);
		switch (handshake.kind) {
			case 'open':
				if (!client.hasLeft) return this.#take(handshake.headers, handshake.socket, request);
				handshake.socket.destroy();
				return { kind: 'left' };
			case 'refused': {
				const { status, headers, body } = handshake;
				if (httpOnlyStatuses.includes(status)) {
					httpOnly.note(request.accountId);
					return 'http_only';
				}
				listener.headArrived(status, headers);
				return refused(status, headers, body);
			}
			case 'faulted':
			case 'left':
				return handshake;
			default:
				return handshake satisfies never;
		}
	}

	#open(client: ClientReply, { accountId, headers }: UpstreamRequest): Promise<Handshake> {
		this.close();
		return new Promise(resolve => {
			const call = this.context.upstream.openSocket(
				{ accountId, path: requestPath, headers: handshakeHeaders(headers) },
				{
					onOpen: (given, socket) => resolve({ kind: 'open', headers: given, socket }),
					onRefused: (status, given, body) => resolve({ kind: 'refused', status, headers: given, body }),
					onFault: fault => resolve({ kind: 'faulted', fault }),
				},
			);
			const leave = (): void => {
				call.abort();
				resolve({ kind: 'left' });
			};
			client.onLeave(leave);
			if (client.hasLeft) leave();
		});
	}

	#take(headers: HeaderMap, socket: ByteSocket, { accountId, headers: sent }: UpstreamRequest): AccountSocket {
		const { clock, newMask } = this.context;
		const owner: AccountSocketOwner = {
			clock,
			newMask,
			knowsPublicOnly: this.caller.knowsPublicOnly,
			metadata: data => readMetadata(this.context, accountId, { ...this.#names, keyId: this.caller.keyId }, data),
			ended: this.ended,
		};
		const taken = new AccountSocket(accountId, headers, socket, owner);
		this.#socket = taken;
		this.#bearer = bearerIn(sent);
		this.#openedAt = clock.now();
		this.context.greeting.learn(headers);
		return taken;
	}

	/** A turn state is shown to nobody but the account that issued it. */
	#ownTurnState({ turnState }: MessageFacts, accountId: string): string | undefined {
		const isOwn = turnState !== undefined && this.context.sessions.turnStateOwner(turnState) === accountId;
		return isOwn ? turnState : undefined;
	}
}

function withoutForeignState(body: Buffer, { turnState }: MessageFacts, own: string | undefined): Buffer {
	return turnState === own ? body : withoutMember(body, turnStatePath);
}

function refused(status: number, headers: HeaderMap, raw: Buffer): AttemptEnd {
	return { kind: 'refused', refusal: { status, headers, body: parseJson(raw) }, raw };
}

/** An upgrade has no body to describe. */
function handshakeHeaders(headers: readonly string[]): string[] {
	const kept: string[] = [];
	let hasBeta = false;
	for (let at = 0; at < headers.length; at += 2) {
		const [name = '', value = ''] = headers.slice(at, at + 2);
		if (name === 'content-type' || name === 'accept') continue;
		hasBeta ||= name === betaHeader[0];
		kept.push(name, value);
	}
	return hasBeta ? kept : [...kept, ...betaHeader];
}

function bearerIn(headers: readonly string[]): string | undefined {
	return headers[headers.indexOf('authorization') + 1];
}
