import {
	chooseAccount,
	isAtHome,
	type Choice,
	type ChoiceContext,
	type Chosen,
	type NoChoice,
} from './chooseAccount.js';
import { exclusionOf } from './eligibility.js';
import { accountsOf } from '../keys/keyAccounts.js';
import { TriedAccounts } from '../attempt/triedAccounts.js';
import type { Walk } from '../attempt/tryAccount.js';

/** After this long a request no longer waits for a free place but shares one: a limit of ours never fails a turn. */
const queueMs = 30_000;
/** An account that comes back this soon is waited for in any case. */
const shortHoldMs = 10_000;
const msPerMinute = 60_000;

/** Chooses, and takes the place on the account at once: of two requests only one gets the last. */
export function takePlace(walk: Walk, tried: TriedAccounts): Choice {
	const choice = choose(walk, tried, false);
	return choice.kind === 'chosen' ? taken(walk, choice, 0) : choice;
}

/**
 * Nobody can serve at the moment: waits, first come first served, for a place that a running request frees, and for the
 * earliest reset when the user wants that. Gives the last answer when there is nothing to wait for.
 */
export async function waitForPlace(walk: Walk, tried: TriedAccounts, first: NoChoice): Promise<Choice | 'left'> {
	const { clock, turns, client, settings, journal } = walk;
	const startedAt = clock.now();
	const queueUntil = startedAt + queueMs;
	const holdUntil = journal.admittedAt + Math.max(settings.routing.holdMinutes * msPerMinute, shortHoldMs);
	let isCrowded = false;
	let choice: Choice = first;
	while (choice.kind === 'none') {
		if (tried.forgetPassed(choice.considered)) {
			choice = choose(walk, tried, isCrowded);
			continue;
		}
		const now = clock.now();
		const until = waitUntil(choice, isCrowded ? now : queueUntil, holdUntil);
		if (until <= now) {
			if (isCrowded || !choice.mayFreeSoon) break;
			isCrowded = true;
			choice = choose(walk, tried, isCrowded);
			continue;
		}
		tried.forgetWaitedFor(choice.considered);
		const take = (): Choice | undefined => {
			const next = choose(walk, tried, isCrowded);
			if (next.kind === 'chosen') return taken(walk, next, clock.now() - startedAt);
			// What the others wait for may have turned out to be spent.
			return waitUntil(next, queueUntil, holdUntil) > clock.now() ? undefined : next;
		};
		const settled = await turns.wait(take, until - now, client);
		if (settled?.kind === 'chosen') return settled;
		if (client.hasLeft) return 'left';
		choice = settled ?? choose(walk, tried, isCrowded);
	}
	const waitedMs = clock.now() - startedAt;
	if (choice.kind === 'chosen') return taken(walk, choice, waitedMs);
	walk.journal.chose(choice, waitedMs);
	return choice;
}

function waitUntil({ mayFreeSoon, back }: NoChoice, queueUntil: number, holdUntil: number): number {
	const retryAt = back?.at ?? Infinity;
	if (mayFreeSoon) return Math.min(queueUntil, retryAt);
	return retryAt <= holdUntil ? retryAt : 0;
}

function taken(walk: Walk, choice: Chosen, waitedMs: number): Chosen {
	walk.journal.chose(choice, waitedMs);
	walk.accounts.begin(choice.accountId);
	return choice;
}

/** Whether an account that is about to be asked again may still be: other requests have learnt of it meanwhile. */
export function mayStillServe(walk: Walk, accountId: string): boolean {
	const candidate = walk.accounts.candidate(accountId);
	return candidate !== undefined && exclusionOf(candidate, choiceContext(walk, new TriedAccounts(), true)) === null;
}

/** Whether the account would be chosen for the next message of the conversation; a full place does not count. */
export function isStillBest(walk: Walk, accountId: string): boolean {
	const context = choiceContext(walk, new TriedAccounts(), true);
	const candidate = walk.accounts.candidate(accountId);
	if (candidate && context.ownerId === accountId && isAtHome(candidate, context)) return true;
	const choice = chooseAccount(walk.accounts.candidates(), context);
	return choice.kind === 'chosen' && choice.accountId === accountId;
}

function choose(walk: Walk, tried: TriedAccounts, isCrowded: boolean): Choice {
	return chooseAccount(walk.accounts.candidates(), choiceContext(walk, tried, isCrowded));
}

function choiceContext(walk: Walk, tried: TriedAccounts, isCrowded: boolean): ChoiceContext {
	const { sessions, settings, keys, request, facts, clock, random } = walk;
	const { model, tier, sessionId } = facts;
	return {
		routing: settings.routing,
		model,
		lacksModel: accountId => model !== null && walk.lacksModel(accountId, model, tier),
		// Looked up each time: its user may have changed them since.
		keyAccounts: accountsOf(keys.find(request.keyId)),
		ownerId: sessionId === undefined ? undefined : sessions.owner(sessionId),
		tried,
		isCrowded,
		now: clock.now(),
		tieBreak: random(),
	};
}
