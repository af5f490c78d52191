import type { AttemptVerdict, ChoiceRecord, ExplainedRequest, RequestRecord } from '../shared/requestApi.js';
import type { AttemptEnd } from './attempt/attempt.js';
import { choiceRecord, type Choice } from './routing/chooseAccount.js';
import type { Clock } from './ports.js';
import { costNanoUsd, type PriceTable } from './models/price.js';
import type { ReceivedRequest, RequestFacts } from './request/readRequest.js';

/** What one request leaves behind. Filled in as it goes, turned into a usage row once. */
export class RequestJournal {
	status = 500;
	outcome: RequestRecord['outcome'] = 'failed';
	error: string | null = null;
	accountId: string | null = null;
	firstByteMs: number | null = null;
	/** What a request has waited for its key's budget takes nothing from the time that it has. */
	admittedAt: number;
	/** Waiting for a free place or a reset is no fault of an account and takes no time from the walk. */
	waitedMs = 0;
	readonly #choices: ChoiceRecord[] = [];
	readonly #attempts: RequestRecord['attempts'] = [];
	#attemptStartedAt = 0;
	#facts: RequestFacts | undefined;
	#usage: (AttemptEnd & { kind: 'answered' })['usage'];

	constructor(
		private readonly request: ReceivedRequest,
		private readonly clock: Clock,
	) {
		this.admittedAt = request.receivedAt;
	}

	admitted(): void {
		this.admittedAt = this.clock.now();
	}

	read(facts: RequestFacts): void {
		this.#facts = facts;
	}

	get hasUsage(): boolean {
		return this.#usage !== undefined;
	}

	/** A tier that was not to be seen in the request before; an alias has its own. */
	readTier(tier: string | null): void {
		if (this.#facts) this.#facts = { ...this.#facts, tier: this.#facts.tier ?? tier };
	}

	chose(choice: Choice, waitedMs: number): void {
		this.waitedMs += waitedMs;
		this.#choices.push(choiceRecord(choice, waitedMs));
	}

	/** Why the account of the attempt under way was chosen. */
	get reason(): string {
		return this.#choices.at(-1)?.reason ?? 'none';
	}

	attemptStarted(accountId: string): void {
		this.accountId = accountId;
		this.#attemptStartedAt = this.clock.now();
	}

	attemptEnded(verdict: AttemptVerdict, status: number | null): void {
		if (this.accountId === null) return;
		this.#attempts.push({
			accountId: this.accountId,
			verdict,
			status,
			ms: this.clock.now() - this.#attemptStartedAt,
		});
	}

	replyStarted(): void {
		this.firstByteMs ??= this.clock.now() - this.request.receivedAt;
	}

	answered(end: AttemptEnd & { kind: 'answered' }, code: string | null): void {
		this.status = end.status;
		this.#usage = end.usage;
		this.error = code;
		this.outcome = end.terminal === 'completed' || end.terminal === 'incomplete' ? 'succeeded' : 'failed';
	}

	refused(status: number, code: string | null): void {
		this.status = status;
		this.error = code;
		this.outcome = 'failed';
	}

	/** The client is asked to send everything again: that request is the one that counts. */
	handedBack(): void {
		this.status = 409;
		this.error = 'previous_response_not_found';
		this.outcome = 'cancelled';
	}

	/** 499: the client closed first (a convention of nginx). */
	left(): void {
		this.status = 499;
		this.outcome = 'cancelled';
	}

	toRecord(prices: PriceTable): ExplainedRequest {
		const facts = this.#facts;
		const usage = this.#usage;
		const model = facts?.model ?? null;
		const tier = facts?.tier ?? null;
		return {
			id: this.request.id,
			startedAt: this.request.receivedAt,
			accountId: this.accountId,
			keyId: this.request.keyId,
			sessionId: facts?.sessionId ?? null,
			route: this.request.route,
			client: facts?.client ?? null,
			model,
			alias: facts?.alias ?? null,
			effort: facts?.effort ?? null,
			tier,
			transport: this.request.transport ?? 'http',
			status: this.status,
			outcome: this.outcome,
			error: this.error,
			inputTokens: usage?.inputTokens ?? null,
			cachedTokens: usage?.cachedTokens ?? null,
			outputTokens: usage?.outputTokens ?? null,
			reasoningTokens: usage?.reasoningTokens ?? null,
			costNanoUsd: costNanoUsd(prices, { model, tier, usage }),
			firstByteMs: this.firstByteMs,
			totalMs: this.clock.now() - this.request.receivedAt,
			attempts: this.#attempts,
			choices: this.#choices,
		};
	}
}
