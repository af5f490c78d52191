import { Attempt, type AttemptEnd, type AttemptListener } from '../attempt/attempt.js';
import { EventFramesReply } from '../reply/eventFramesReply.js';
import { PublicEventsReply } from '../reply/publicEventsReply.js';
import { withoutMember } from '../request/memberEdits.js';
import type { ClientReply, Clock } from '../ports.js';
import type { Upstream, UpstreamRequest } from '../upstreamPort.js';
import type { MessageFacts } from './readMessage.js';
import { prewarmFrames } from './socketAnswers.js';

export interface HttpLeg {
	readonly client: ClientReply;
	readonly clock: Clock;
	readonly upstream: Pick<Upstream, 'send'>;
	readonly facts: MessageFacts;
	readonly listener: AttemptListener;
	readonly knowsPublicOnly: boolean;
	/** That the message names, when it is the account's own. */
	readonly turnState: string | undefined;
}

/** A message that its account does not take over a WebSocket: the same body as a request, its event stream as frames. */
export function carryOverHttp(leg: HttpLeg, request: UpstreamRequest): Promise<AttemptEnd> {
	const { client, clock, upstream, facts, listener } = leg;
	if (facts.isPrewarm) return Promise.resolve(answerPrewarm(leg));
	const body = ['type', 'generate'].reduce((rest, name) => withoutMember(rest, [name]), request.body ?? facts.body);
	const turnState = leg.turnState === undefined ? [] : ['x-codex-turn-state', leg.turnState];
	const headers = [...withoutSocketBeta(request.headers), ...turnState];
	const frames = new EventFramesReply(client, !leg.knowsPublicOnly);
	const reply = leg.knowsPublicOnly ? new PublicEventsReply(frames) : frames;
	return new Attempt(reply, clock, listener).run(upstream, { ...request, headers, body });
}

/** Over HTTP there is nothing to warm. */
function answerPrewarm({ client, listener }: HttpLeg): AttemptEnd {
	listener.replyStarted();
	client.start(200, {});
	client.write(prewarmFrames('resp_pool_prewarm'));
	client.end();
	return {
		kind: 'answered',
		status: 200,
		headers: {},
		terminal: 'completed',
		failure: undefined,
		fault: undefined,
		usage: undefined,
	};
}

function withoutSocketBeta(headers: readonly string[]): string[] {
	return headers.filter((_text, at) => {
		const name = headers[at - (at % 2)];
		const value = headers[at - (at % 2) + 1] ?? '';
		return name !== 'openai-beta' || !value.startsWith('responses_websockets');
	});
}
