import { priceList } from '../../src/shared/priceList.js';
import { noUsage } from '../../src/shared/noUsage.js';
import type { UsageTotals } from '../../src/shared/usageApi.js';
import { objectAt, type JsonObject } from '../support/upstream/json.js';
import type { RecordedRequest } from '../support/upstream/record.js';
import { requestIdIn } from './labRequest.js';
import type { MonthTurn } from './monthLoad.js';

/** One request of a client as the month itself knows it: what was sent, and what the provider says it answered. */
export interface BookedRequest {
	readonly id: string;
	/** By the machine's clock. */
	readonly startedAt: number;
	readonly turn: MonthTurn;
	/** Undefined while it runs. */
	outcome: Outcome | undefined;
	/** Who was asked last; empty for nobody. */
	accountId: string;
	/** Who else was asked before. */
	attempts: number;
	tokens: Tokens | undefined;
	/** How often the provider has answered it in full. */
	answers: number;
}

/** As the client saw it. */
export type Outcome = 'succeeded' | 'failed' | 'cancelled';

interface Tokens {
	readonly input: number;
	readonly cached: number;
	readonly output: number;
	readonly reasoning: number;
}

/** The provider's own record of what it answered, against which the pool's sums are held. */
export class MonthBooks {
	readonly #requests = new Map<string, BookedRequest>();
	/** When each account last gave a whole answer, by the machine's clock. */
	readonly lastSuccess = new Map<string, number>();
	readonly #forgotten = new Set<BookedRequest>();

	get all(): readonly BookedRequest[] {
		return [...this.#requests.values()];
	}

	/** Those whose usage the user has not wiped. */
	get kept(): readonly BookedRequest[] {
		return this.all.filter(request => request.outcome !== undefined && !this.#forgotten.has(request));
	}

	open(turn: MonthTurn, startedAt: number): BookedRequest {
		const id = `r${this.#requests.size}`;
		const opened = {
			id,
			startedAt,
			turn,
			outcome: undefined,
			accountId: '',
			attempts: 0,
			tokens: undefined,
			answers: 0,
		};
		this.#requests.set(id, opened);
		return opened;
	}

	find(id: string): BookedRequest | undefined {
		return this.#requests.get(id);
	}

	tried(body: Buffer | null, accountId: string): void {
		const request = this.#requests.get(requestIdIn(body));
		if (!request) return;
		request.attempts++;
		request.accountId = accountId;
	}

	close(request: BookedRequest, outcome: Outcome, now: number): void {
		request.outcome = outcome;
		if (outcome === 'succeeded') this.lastSuccess.set(request.accountId, now);
	}

	/** Takes in what the provider has recorded since. */
	enter(records: readonly RecordedRequest[]): void {
		for (const { bytes, answer } of records) {
			const request = answer.usage && this.#requests.get(requestIdIn(bytes));
			if (!request || !answer.usage) continue;
			request.answers++;
			request.tokens = tokensOf(answer.usage);
		}
	}

	/** The user has wiped what the account did. */
	forget(accountId: string): void {
		for (const request of this.kept) if (request.accountId === accountId) this.#forgotten.add(request);
	}
}

function tokensOf(usage: JsonObject): Tokens {
	return {
		input: Number(usage['input_tokens']),
		cached: Number(objectAt(usage, 'input_tokens_details')['cached_tokens']),
		output: Number(usage['output_tokens']),
		reasoning: Number(objectAt(usage, 'output_tokens_details')['reasoning_tokens']),
	};
}

export function sumUp(requests: readonly BookedRequest[]): UsageTotals {
	const sum = { ...noUsage };
	for (const request of requests) {
		const { outcome, tokens } = request;
		sum.requests++;
		if (outcome === 'failed') sum.failed++;
		if (!tokens) continue;
		sum.inputTokens += tokens.input;
		sum.cachedTokens += tokens.cached;
		sum.outputTokens += tokens.output;
		sum.reasoningTokens += tokens.reasoning;
		const cost = costOf(request);
		sum.costNanoUsd += cost ?? 0;
		if (cost === undefined) sum.unpriced++;
	}
	return sum;
}

/** By the price list, in 10⁻⁹ dollars; undefined where it has no price. */
export function costOf({ turn, tokens }: BookedRequest): number | undefined {
	const price = priceList.models[turn.model];
	const factor = turn.tier === 'priority' ? price?.priority : 1;
	if (!tokens || !price || factor === undefined) return undefined;
	const { input, cached, output } = tokens;
	const perMillion =
		(input - cached) * price.input + cached * (price.cachedInput ?? price.input) + output * price.output;
	return Math.round(perMillion * factor * 1_000);
}
