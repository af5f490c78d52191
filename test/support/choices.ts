import {
	chooseAccount,
	type Candidate,
	type Choice,
	type ChoiceContext,
} from '../../src/core/routing/chooseAccount.js';
import type { Cooldown } from '../../src/core/storePort.js';
import { normalPriority } from '../../src/shared/accountApi.js';

/** Choices of an account at one moment, among accounts of whom only what matters is said. */

export const now = 1_800_000_000_000;

export function candidate(id: string, fields: Partial<Candidate> = {}): Candidate {
	return {
		id,
		selected: true,
		state: 'active',
		limitedUntil: null,
		priority: normalPriority,
		capacity: 1,
		usedPercent: 0,
		resetsAt: null,
		reservedUntil: 0,
		inFlight: 0,
		chosenAt: 0,
		cooldowns: [],
		...fields,
	};
}

export function cooldown(
	kind: Cooldown['kind'],
	until: number,
	model: string | null = null,
): { cooldowns: Cooldown[] } {
	return { cooldowns: [{ kind, until, model, times: 1 }] };
}

export type ChoiceOverrides = Partial<Omit<ChoiceContext, 'routing'> & ChoiceContext['routing']>;

export function choose(candidates: readonly Candidate[], overrides: ChoiceOverrides = {}): Choice {
	const { strategy = 'least_used', singleAccountId = null, inFlightLimit = 0, ...context } = overrides;
	return chooseAccount(candidates, {
		routing: { strategy, singleAccountId, inFlightLimit },
		model: 'gpt-5.5',
		lacksModel: () => false,
		keyAccounts: null,
		ownerId: undefined,
		tried: new Set(),
		isCrowded: false,
		now,
		tieBreak: 0,
		...context,
	});
}

export function chosen(candidates: readonly Candidate[], context: ChoiceOverrides = {}): string | undefined {
	const choice = choose(candidates, context);
	return choice.kind === 'chosen' ? choice.accountId : undefined;
}
