import type { RefreshOutcome } from '../../src/core/issuerPort.js';
import type { Log } from '../../src/core/ports.js';
import { forwardRequest } from '../../src/core/forwardRequest.js';
import { readIdentity } from '../../src/core/accounts/identity.js';
import type { ReceivedRequest } from '../../src/core/request/readRequest.js';
import { sessionIdOf } from '../../src/core/routing/sessionTable.js';
import { MemoryStore } from '../support/memoryStore.js';
import { MemoryVault } from '../support/memoryVault.js';
import type { SimulatedAccount } from '../support/upstream/accounts.js';
import { InProcessUpstream } from '../support/upstream/inProcessUpstream.js';
import type { History, TurnPlan } from './history.js';
import { befall } from './incidents.js';
import { judgeAnswer } from './judgeAnswer.js';
import { judgeBalance, judgeRequest, type Finding } from './judgeRun.js';
import { LabClock } from './labClock.js';
import { LabPool } from './labPool.js';
import { LabReply } from './labReply.js';
import type { LabRequest } from './labRequest.js';
import { EdgeWatch } from './edgeWatch.js';
import { LabSession } from './labSession.js';
import { randomFrom } from './randomFrom.js';
import { AccountLedger } from './ledger.js';

export interface LabAccount {
	readonly ledger: AccountLedger;
	readonly simulated: SimulatedAccount;
}

export interface RunOptions {
	/** Breaks the pool, to see whether the lab notices. Called again after each restart. */
	readonly sabotage?: ((run: LabRun) => void) | undefined;
	/** Hears what happens, for a printed trace. */
	readonly tell?: ((line: string) => void) | undefined;
}

const dayMs = 86_400_000;
/** A tool turn is two requests; more would be a loop of the simulator's. */
const mostRequestsPerTurn = 3;

/** One history from beginning to end: clients, pool and provider in one process and in made-up time. */
export class LabRun {
	readonly clock = new LabClock();
	readonly store = new MemoryStore();
	readonly accounts: LabAccount[] = [];
	readonly requests = new Map<string, LabRequest>();
	readonly findings: Finding[] = [];
	readonly upstream: InProcessUpstream;
	readonly #sessions: LabSession[];
	/** What each session has to do, one turn after the other. */
	readonly #queues: Promise<void>[];
	readonly #vault = new MemoryVault();
	readonly #random: () => number;
	readonly #ledgers = new Map<string, AccountLedger>();
	/** Requests for which there was no token, as the log says. */
	readonly #tokenless = new Map<string, number>();
	readonly #startedAt: number;
	/** How often the pool said that a request was settled. */
	settled = 0;
	#pool: LabPool | undefined;

	constructor(
		readonly history: History,
		readonly options: RunOptions = {},
	) {
		this.#random = randomFrom(history.seed);
		this.#startedAt = this.clock.now();
		this.upstream = new InProcessUpstream({
			clock: this.clock,
			style: { ...history.style, deltas: 1 },
			watch: new EdgeWatch(this),
		});
		this.#sessions = history.sessions.map((plan, index) => new LabSession(plan, index));
		this.#queues = this.#sessions.map(() => Promise.resolve());
	}

	/** What the history takes by itself, and room for turns that wait for those before them. */
	get #longestMs(): number {
		const planned = this.history.steps.map(
			({ gapMs, incident }) => gapMs + (incident?.kind === 'pass' ? incident.ms : 0),
		);
		return planned.reduce((sum, ms) => sum + ms, 2 * dayMs);
	}

	get pool(): LabPool {
		if (!this.#pool) throw new Error('The run has not begun');
		return this.#pool;
	}

	get elapsedMs(): number {
		return this.clock.now() - this.#startedAt;
	}

	async run(): Promise<void> {
		const played = this.#play();
		if (await this.clock.runUntilOver(played, this.#longestMs)) await played;
		else this.find('endless_wait', 'something is not over when everything has long had its time');
		judgeBalance(this, this.#tokenless);
	}

	find(invariant: Finding['invariant'], message: string): void {
		this.findings.push({ invariant, message });
		this.options.tell?.(`  !! ${invariant}: ${message}`);
	}

	tell(line: string): void {
		this.options.tell?.(`${((this.clock.now() - this.#startedAt) / 1000).toFixed(1).padStart(8)} s  ${line}`);
	}

	nameOf(accountId: string | null | undefined): string {
		const index = this.accounts.findIndex(({ ledger }) => ledger.id === accountId);
		return index === -1 ? 'nobody' : `account ${index}`;
	}

	/** The account of a plan's index, whatever number of accounts is left after shrinking. */
	accountAt(index: number): LabAccount {
		const account = this.accounts[index % this.accounts.length];
		if (!account) throw new RangeError('A history has at least one account');
		return account;
	}

	/** By the pool's id. */
	ledgerOf(accountId: string): AccountLedger | undefined {
		return this.#ledgers.get(accountId);
	}

	sessionAt(index: number): LabSession {
		const session = this.#sessions[index % this.#sessions.length];
		if (!session) throw new RangeError('A history has at least one session');
		return session;
	}

	/** When the user last decided about a session, by the pool's name of it. */
	decidedAt(sessionId: string): number {
		return this.#sessions.find(({ key }) => sessionIdOf(key) === sessionId)?.decidedAt ?? -Infinity;
	}

	/** The longest that any routing of this history lets a request wait for a reset. */
	get longestHoldMinutes(): number {
		const changes = this.history.steps.map(({ incident }) =>
			incident?.kind === 'route' ? incident.routing.holdMinutes : 0,
		);
		return Math.max(this.history.routing.holdMinutes, ...changes);
	}

	/** Whether the provider gives this account the model. */
	hasModel(ledger: AccountLedger, model: string): boolean {
		const account = this.accounts.find(each => each.ledger === ledger);
		return account !== undefined && this.upstream.catalogue.find(model, account.simulated.plan) !== undefined;
	}

	openPool(): void {
		this.#pool = new LabPool({
			clock: this.clock,
			store: this.store,
			vault: this.#vault,
			upstream: this.upstream,
			log: this.#log(),
			random: this.#random,
			refreshed: (token, outcome) => this.#refreshed(token, outcome),
			polled: (accountId, reply) => this.#ledgers.get(accountId)?.hearPoll(reply, this.clock.now()),
			settled: () => this.settled++,
		});
		this.options.sabotage?.(this);
	}

	/** Nothing is under way. */
	async quiet(): Promise<void> {
		await Promise.all(this.#queues);
	}

	async #play(): Promise<void> {
		this.openPool();
		for (const [index, plan] of this.history.accounts.entries()) {
			const simulated = this.upstream.addAccount({
				email: `account${index}@example.com`,
				userId: `user-${index}`,
				chatgptAccountId: `00000000-0000-4000-8000-00000000000${index}`,
				plan: plan.plan,
				usage: {
					windows: [
						{ minutes: 300, capacityTokens: plan.capacityTokens, usedPercent: plan.usedPercent },
						{ minutes: 10_080 },
					],
				},
			});
			simulated.refreshReply = plan.refreshReply;
			const { accountId } = readIdentity({ accessToken: simulated.accessToken, idToken: null });
			const ledger = new AccountLedger(accountId, plan.reservePercent);
			this.accounts.push({ ledger, simulated });
			this.#ledgers.set(accountId, ledger);
			await this.pool.control.accounts.import([JSON.stringify(simulated.authFile())]);
			this.pool.control.accounts.change(ledger.id, { reservePercent: plan.reservePercent });
		}
		this.pool.control.changePool({ routing: this.history.routing });
		let turns = 0;
		for (const { gapMs, incident, turn } of this.history.steps) {
			if (gapMs > 0) await this.clock.pass(gapMs);
			if (incident) await befall(this, incident);
			const question = `q${turns++}`;
			const index = turn.session % this.#sessions.length;
			this.#queues[index] = (this.#queues[index] ?? Promise.resolve()).then(() => this.#turn(turn, question));
		}
		await this.quiet();
	}

	async #turn(turn: TurnPlan, question: string): Promise<void> {
		const session = this.sessionAt(turn.session);
		session.begin(turn.kind, turn.kind === 'tool' ? `${question} [[tool:ls]]` : question);
		for (let count = 0; count < mostRequestsPerTurn; count++) {
			const isLast = turn.kind !== 'tool' || count > 0;
			const expected = turn.kind === 'compact' || !isLast ? undefined : `Echo: ${question}`;
			if (!(await this.#request(session, turn, expected))) return;
		}
	}

	/** Sends what the session has to say. Says whether the client has more to send in this turn. */
	async #request(session: LabSession, turn: TurnPlan, expected: string | undefined): Promise<boolean> {
		const request = this.#open(session, turn, expected);
		this.requests.set(request.id, request);
		this.tell(`${request.id} ${session.key} ${session.plan.client} ${turn.kind} ${session.plan.model}`);
		const cancelLeaving =
			turn.leaveAfterMs === undefined ? undefined : this.clock.after(turn.leaveAfterMs, () => request.reply.leave());
		const stopWatching = request.plan.client === 'sdk_whole' ? () => undefined : request.reply.giveUpWhenIdle();
		await forwardRequest(this.pool.context, request.received, request.reply);
		cancelLeaving?.();
		stopWatching();
		request.endedAt = this.clock.now();
		request.record = this.store.requests.findLast(({ id }) => id === request.id);
		const heard = judgeAnswer(request);
		this.tell(
			`${request.id} ${heard.kind} ${'code' in heard ? heard.code : ''} by ${request.calls.map(({ ledger, told }) => `${this.nameOf(ledger.id)}: ${told?.kind ?? 'open'}`).join(', ')}`,
		);
		judgeRequest(this, request, heard);
		if (heard.kind === 'completed') return session.hear(heard.response, request.reply.headers, heard.by.ledger);
		if (heard.kind === 'failed' && heard.code === 'conversation_bound') session.startAnew();
		return false;
	}

	#open(session: LabSession, turn: TurnPlan, expected: string | undefined): LabRequest {
		const id = `r${this.requests.size}`;
		const continues = turn.kind === 'previous_response' && !session.isCodex ? session.lastResponse : undefined;
		const isNamed = session.isCodex || session.plan.isNamed;
		const sessionId = isNamed ? sessionIdOf(session.key) : undefined;
		const received: ReceivedRequest = {
			id,
			route: session.isCodex ? '/backend-api/codex/responses' : '/v1/responses',
			keyId: 'key_1',
			headers: session.headers,
			body: session.body(id, continues?.id),
			encoding: null,
			decoded: false,
			receivedAt: this.clock.now(),
		};
		return {
			id,
			plan: session.plan,
			received,
			expected,
			boundTo: session.boundTo,
			continues: continues?.by,
			sessionId,
			ownerBefore: sessionId === undefined ? undefined : this.pool.sessions.owner(sessionId),
			startedAt: this.clock.now(),
			reply: new LabReply(this.clock, turn.isSlowReader),
			calls: [],
			endedAt: 0,
			record: undefined,
		};
	}

	#refreshed(token: string, outcome: RefreshOutcome): void {
		const account = this.upstream.accountOfRefresh(token);
		const ledger = this.accounts.find(each => each.simulated === account)?.ledger;
		if (!ledger) return;
		ledger.hearRefresh(outcome, this.clock.now());
		this.tell(`refresh of ${this.nameOf(ledger.id)}: ${outcome.kind}`);
	}

	#log(): Log {
		const hear = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
			if (event === 'request failed') this.find('internal_error', String(fields['cause']));
			if (event !== 'no access token') return;
			const id = String(fields['requestId']);
			this.#tokenless.set(id, (this.#tokenless.get(id) ?? 0) + 1);
		};
		return { info: () => undefined, warn: hear, error: hear };
	}
}
