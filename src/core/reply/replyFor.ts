import { ChatObjectReply } from '../chat/chatObjectReply.js';
import { ChatStreamReply } from '../chat/chatStreamReply.js';
import { CollectingReply } from './collectingReply.js';
import { CompactReply } from './compactReply.js';
import { KeepAliveReply } from './keepAliveReply.js';
import type { ClientReply, Clock } from '../ports.js';
import { PublicEventsReply } from './publicEventsReply.js';
import type { ReadRequest } from '../request/readNamed.js';
import { isOpenAiRoute } from '../request/readRequest.js';

export interface ShapedReply {
	/** Takes the backend's stream. */
	readonly client: ClientReply;
	/** Of a stream: errors go through it, and it must be disposed. */
	readonly keptAlive: KeepAliveReply | undefined;
}

/** The reply in the form that its caller reads: the stream as it comes, OpenAI's events alone, one object, or chat chunks. */
export function replyFor({ request, facts }: ReadRequest, reply: ClientReply, clock: Clock): ShapedReply {
	const { chat, compact, isCodex, stream } = facts;
	if (facts.wholePath !== undefined) return { client: reply, keptAlive: undefined };
	if (!stream) {
		const whole = chat ? new ChatObjectReply(reply, chat) : compact ? new CompactReply(reply, compact) : reply;
		return { client: new CollectingReply(whole), keptAlive: undefined };
	}
	// What keeps a client alive, and a refusal after that, are events too: they are translated with the others.
	const keptAlive = new KeepAliveReply(chat ? new ChatStreamReply(reply, chat) : reply, clock, request.id, isCodex);
	const knowsPublicEvents = !isCodex && !chat && isOpenAiRoute(request.route);
	return { client: knowsPublicEvents ? new PublicEventsReply(keptAlive) : keptAlive, keptAlive };
}
