import type { SpentBudget } from '../../shared/keyApi.js';
import type { RequestRecord } from '../../shared/requestApi.js';
import { PoolError } from '../../shared/poolError.js';
import { errorAnswer, limitAnswer, type Answer } from '../reply/answers.js';
import type { KeyBudgets } from './keyBudgets.js';
import { JsonScanError, membersOf, stringAt } from '../request/jsonScan.js';
import { isInScope, outOfScope } from './keyScope.js';
import type { PoolKey, PoolKeys } from './poolKeys.js';
import type { ClientReply, Clock } from '../ports.js';
import type { ReceivedRequest } from '../request/readRequest.js';
import { wholePath } from '../request/wholeRoutes.js';
import { TurnQueue } from '../routing/turnQueue.js';

export interface KeyRefusal {
	readonly answer: Answer;
	/** For the request's row. */
	readonly code: string;
}

/** What a request's key has to say before an account is chosen. */
export interface KeyGuard {
	/** Undefined for one that has been revoked. */
	find(keyId: string): PoolKey | undefined;
	/**
	 * Undefined, mostly without a promise, when the key lets the request begin, which counts until `count`. May wait for the
	 * key's other requests, for a minute at most or until the client leaves.
	 */
	admit(request: ReceivedRequest, client: ClientReply): KeyRefusal | undefined | Promise<KeyRefusal | undefined>;
	/** A request has been settled. */
	count(record: RequestRecord): void;
}

/** Shorter than any client's own patience: a request that overshoots its budget is better than one that is given up. */
const patienceMs = 60_000;

export class KeyAdmission implements KeyGuard {
	readonly #waiting: TurnQueue;

	constructor(
		private readonly keys: PoolKeys,
		private readonly budgets: KeyBudgets,
		private readonly clock: Clock,
	) {
		this.#waiting = new TurnQueue(clock);
	}

	find(keyId: string): PoolKey | undefined {
		return this.keys.find(keyId);
	}

	admit(request: ReceivedRequest, client: ClientReply): KeyRefusal | undefined | Promise<KeyRefusal | undefined> {
		const key = this.find(request.keyId);
		// While its body was on the way.
		if (!key) return refusal(keyRevoked());
		if (!key.models) return this.#begin(key, request, client);
		const begin = (refused: KeyRefusal | undefined) => refused ?? this.#begin(key, request, client);
		return request.decode
			? request.decode().then(body => begin(refuseModels(key, request, body)))
			: begin(refuseModels(key, request, request.body));
	}

	count(record: RequestRecord): void {
		this.budgets.count(record);
		this.serve();
	}

	/** Something has changed: a budget may be another. */
	serve(): void {
		this.#waiting.serve();
	}

	/** Waits where the key's other requests may use up its budget. */
	#begin(
		key: PoolKey,
		request: ReceivedRequest,
		client: ClientReply,
	): KeyRefusal | undefined | Promise<KeyRefusal | undefined> {
		const begin = (): 'begun' | SpentBudget | undefined => {
			const begun = this.budgets.begin(key.id, request.id);
			return begun === 'wait' ? undefined : begun;
		};
		const answer = (begun: 'begun' | SpentBudget | undefined): KeyRefusal | undefined =>
			typeof begun === 'object' ? budgetSpent(key, begun, this.clock.now()) : undefined;
		const begun = begin();
		return begun ? answer(begun) : this.#waiting.wait(begin, patienceMs, client).then(answer);
	}
}

/**
 * By the body itself, not by what headers say of it, and by every name in it, should there be several: whichever the
 * provider takes, it is one that the key may use.
 */
function refuseModels(key: PoolKey, { route }: ReceivedRequest, body: Buffer): KeyRefusal | undefined {
	const names = modelsIn(body);
	const foreign = names.find(name => !isInScope(key.models, name));
	if (foreign !== undefined) return refusal(outOfScope('model_not_allowed', key, foreign));
	// Beside responses, not every request is for a model.
	if (names.length > 0 || wholePath(route) !== undefined) return undefined;
	return refusal(outOfScope('model_not_allowed', key, ''));
}

function modelsIn(body: Buffer): string[] {
	try {
		const members = membersOf(body).filter(({ key }) => key === 'model');
		return members.map(({ valueStart }) => stringAt(body, valueStart) ?? '');
	} catch (error) {
		// Whoever reads the request next says what is wrong with it; without a name it goes no further than that.
		if (error instanceof JsonScanError) return [];
		throw error;
	}
}

/**
 * Codex shows a limit with the time at which it ends, and what it is told in the header about a way out; nobody is to
 * try again before (protocol §9).
 */
function budgetSpent({ name }: PoolKey, { tokens, per, resetsAt }: SpentBudget, now: number): KeyRefusal {
	const code = 'key_budget_reached';
	const spent = (key: string): string =>
		`${key} has used its budget of ${tokens.toLocaleString('en-US')} tokens a ${per}`;
	const back = new Date(resetsAt).toLocaleDateString('en-US', { weekday: 'long', month: 'long', day: 'numeric' });
	const message = `${spent(`The pool key "${name}"`)}. It can be used again from ${back}, 00:00 local time.`;
	const answer = limitAnswer({ code, message, at: resetsAt }, now);
	// A header holds ASCII only.
	const told = spent(/^[ -~]+$/.test(name) ? `The pool key "${name}"` : 'This pool key');
	const headers = { 'x-codex-promo-message': `${told}: raise it with "codex-pool keys budget"` };
	return { answer: { ...answer, headers: { ...answer.headers, ...headers } }, code };
}

export function keyRevoked(): PoolError {
	return new PoolError('pool_key_rejected', 'This pool key has been revoked.');
}

function refusal(error: PoolError): KeyRefusal {
	return { answer: errorAnswer(error), code: error.code };
}
