import type { ForwardContext } from '../../src/core/forwardRequest.js';
import { HttpOnlyAccounts } from '../../src/core/routing/httpOnlyAccounts.js';
import type { Clock } from '../../src/core/ports.js';
import { SocketConversation } from '../../src/core/socket/socketConversation.js';
import { SocketGreeting } from '../../src/core/socket/socketGreeting.js';
import { ScriptedSocket } from '../support/scriptedSocket.js';
import { textAt } from '../support/upstream/json.js';
import type { BookedRequest, Outcome } from './monthBooks.js';
import { bodyOf, headersOf, routeOf } from './monthTurn.js';

/** One turn over a WebSocket of its own. The provider of the lab speaks none, so the pool carries it over HTTP. */
export async function talkOverSocket(
	context: ForwardContext,
	clock: Clock,
	{ id, turn }: BookedRequest,
): Promise<Outcome> {
	const socket = new ScriptedSocket('client');
	const answered = Promise.withResolvers<undefined>();
	const client = { route: routeOf(turn), keyId: turn.keyId, headers: headersOf(turn) };
	const conversation = new SocketConversation(
		{
			...context,
			httpOnly: new HttpOnlyAccounts(clock),
			greeting: new SocketGreeting(() => undefined, context.store),
			newMask: () => Buffer.from([1, 2, 3, 4]),
			newRequestId: () => id,
			running: async work => {
				const done = await work();
				answered.resolve(undefined);
				return done;
			},
		},
		client,
		socket,
		() => undefined,
	);
	const { leaveAfterMs } = turn;
	const stay = leaveAfterMs === undefined ? undefined : clock.after(leaveAfterMs, () => socket.gone());
	socket.send({ type: 'response.create', ...(JSON.parse(bodyOf(turn, id).toString()) as object) });
	await answered.promise;
	stay?.();
	const hasLeft = socket.state === 'destroyed';
	conversation.destroy();
	const isWhole = socket.messages.some(message =>
		/^response\.(?:completed|incomplete)$/.test(textAt(message, 'type') ?? ''),
	);
	if (hasLeft) return 'cancelled';
	return isWhole ? 'succeeded' : 'failed';
}
