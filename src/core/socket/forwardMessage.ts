import { PoolError } from '../../shared/poolError.js';
import { sendAnswer } from '../reply/answers.js';
import { admit, failRequest, settleRequest, walkAccounts } from '../forwardRequest.js';
import { withOwnSession } from '../keys/keyAccounts.js';
import { readMessage } from './readMessage.js';
import { readUnderNames } from '../request/readNamed.js';
import type { ReceivedRequest } from '../request/readRequest.js';
import { RequestJournal } from '../requestJournal.js';
import { chainBrokenAnswer } from './socketAnswers.js';
import type { SocketLeg, SocketLegContext } from './socketLeg.js';
import type { SocketReply } from './socketReply.js';
import { isStillBest, mayStillServe, takePlace, waitForPlace } from '../routing/takePlace.js';
import { TriedAccounts } from '../attempt/triedAccounts.js';
import { tryAccount, type Walk } from '../attempt/tryAccount.js';

/** How the connection goes on after a message. */
export type Afterwards =
	/** The next message may chain on this one. */
	| 'stays'
	/** The next one should come in full, on a connection of its own. */
	| 'moves';

/** A message that asks for a response goes the way of every request; only its two ends are sockets. */
export async function forwardMessage(
	context: SocketLegContext,
	received: ReceivedRequest,
	client: SocketReply,
	leg: SocketLeg,
): Promise<Afterwards> {
	const journal = new RequestJournal(received, context.clock);
	try {
		if (!context.settings.enabled) throw new PoolError('pool_disabled', 'The pool is switched off.');
		const reading = readUnderNames(received, context.names, readMessage);
		const { request, facts: named } = reading instanceof Promise ? await reading : reading;
		const facts = withOwnSession(named, context.keys.find(request.keyId));
		journal.read(facts);
		const walk: Walk = {
			...context,
			request,
			facts,
			journal,
			client,
			cannotRead: new Set(),
			carry: (listener, sent) => leg.carry(client, facts, listener, sent),
		};
		const admitting = admit(walk, received);
		if (admitting instanceof Promise ? await admitting : admitting) {
			await (facts.previousResponseId === undefined ? walkAccounts(walk) : continueChain(walk, leg.accountId));
		}
		return journal.outcome === 'succeeded' && !mayStay(walk, leg.accountId) ? 'moves' : 'stays';
	} catch (thrown) {
		failRequest(context, received, journal, client, thrown);
		return 'stays';
	} finally {
		client.dispose();
		settleRequest(context, journal);
	}
}

/**
 * What builds on an earlier response can be answered by one account only, over one connection only. When that is not to
 * be, the client is asked for the whole conversation, which any account can answer.
 */
async function continueChain(walk: Walk, accountId: string | undefined): Promise<void> {
	if (!mayStay(walk, accountId)) {
		handBack(walk);
		return;
	}
	const others = everyoneBut(walk, accountId);
	const free = takePlace(walk, others);
	const choice = free.kind === 'none' && free.mayFreeSoon ? await waitForPlace(walk, others, free) : free;
	if (choice === 'left') {
		walk.journal.left();
		return;
	}
	if (choice.kind === 'none') {
		handBack(walk);
		return;
	}
	try {
		const step = await tryAccount(walk, choice.accountId);
		if (step.kind === 'next') handBack(walk);
	} finally {
		walk.accounts.end(choice.accountId);
	}
}

/**
 * Whether the conversation may go on where it is; a place that is taken only for a moment does not count. It goes back
 * to the account of its session when that can serve again, and away from an account that it had better leave.
 */
function mayStay(walk: Walk, accountId: string | undefined): boolean {
	if (accountId === undefined || !walk.settings.enabled) return false;
	const { sessionId } = walk.facts;
	const ownerId = sessionId === undefined ? undefined : walk.sessions.owner(sessionId);
	if (ownerId !== undefined && ownerId !== accountId && isStillBest(walk, ownerId)) return false;
	return ownerId === accountId ? isStillBest(walk, accountId) : mayStillServe(walk, accountId);
}

/** The others count as asked in vain: none of them knows the chain. */
function everyoneBut({ accounts }: Walk, accountId: string | undefined): TriedAccounts {
	const tried = new TriedAccounts();
	for (const { id } of accounts.rows()) if (id !== accountId) tried.add(id, false);
	return tried;
}

function handBack({ client, journal, request }: Walk): void {
	journal.handedBack();
	sendAnswer(client, chainBrokenAnswer, { 'x-codex-pool-request': request.id });
}
