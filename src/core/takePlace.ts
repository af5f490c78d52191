import { chooseAccount, type Choice, type Chosen, type NoChoice } from './chooseAccount.js';
import { endsByItself } from './eligibility.js';
import type { Walk } from './tryAccount.js';

/** After this long a request no longer waits for a free place but shares one: a limit of ours never fails a turn. */
const queueMs = 30_000;
/** An account that comes back this soon is waited for in any case. */
const shortHoldMs = 10_000;
const msPerMinute = 60_000;

/** Chooses, and takes the place on the account at once: of two requests only one gets the last. */
export function takePlace(walk: Walk, tried: ReadonlySet<string>): Choice {
	const choice = choose(walk, tried, false);
	return choice.kind === 'chosen' ? taken(walk, choice, 0) : choice;
}

/**
 * Nobody can serve at the moment: waits, first come first served, for a place that a running request frees, and for the
 * earliest reset when the user wants that. Gives the last answer when there is nothing to wait for.
 */
export async function waitForPlace(walk: Walk, tried: Set<string>, first: NoChoice): Promise<Choice | 'left'> {
	const { clock, turns, client, settings, request } = walk;
	const startedAt = clock.now();
	const queueUntil = startedAt + queueMs;
	const holdUntil = request.receivedAt + Math.max(settings.routing.holdMinutes * msPerMinute, shortHoldMs);
	let isCrowded = false;
	let choice: Choice = first;
	while (choice.kind === 'none') {
		const now = clock.now();
		const until = waitUntil(choice, isCrowded ? now : queueUntil, holdUntil);
		if (until <= now) {
			if (isCrowded || !choice.mayFreeSoon) break;
			isCrowded = true;
			choice = choose(walk, tried, isCrowded);
			continue;
		}
		// What refused for a time gets another chance after it.
		for (const { accountId, out } of choice.considered) if (endsByItself(out)) tried.delete(accountId);
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

function choose(walk: Walk, tried: ReadonlySet<string>, isCrowded: boolean): Choice {
	const { accounts, sessions, settings, facts, clock, random } = walk;
	const { model, sessionId } = facts;
	return chooseAccount(accounts.candidates(), {
		routing: settings.routing,
		model,
		lacksModel: accountId => model !== null && walk.lacksModel(accountId, model),
		ownerId: sessionId === undefined ? undefined : sessions.owner(sessionId),
		tried,
		isCrowded,
		now: clock.now(),
		tieBreak: random(),
	});
}
