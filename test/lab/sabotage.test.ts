import assert from 'node:assert/strict';
import { makeTurnState } from '../support/upstream/continuity.js';
import { play } from './checkHistory.js';
import type { History, Incident, Step, TurnPlan } from './history.js';
import type { Finding } from './judgeRun.js';
import type { LabRun } from './labRun.js';
import { shrinkHistory } from './shrinkHistory.js';

/** Each breaks the pool in one way; a lab that stays silent would prove nothing. */
describe('the lab notices', () => {
	const turn = (session: number, kind: TurnPlan['kind'] = 'plain'): TurnPlan => ({
		session,
		kind,
		leaveAfterMs: undefined,
		isSlowReader: false,
	});
	const step = (session: number, incident?: Incident, kind?: TurnPlan['kind']): Step => ({
		gapMs: 5_000,
		incident,
		turn: turn(session, kind),
	});
	const account = {
		plan: 'plus',
		capacityTokens: 3_000_000,
		usedPercent: 0,
		refreshReply: 'all',
		reservePercent: 0,
	} as const;
	const codex = { client: 'codex', model: 'gpt-5.5', isNamed: true, reasons: true } as const;
	/** Two accounts, of which one is paused for a while; then both have a bad moment, and the other one is spent. */
	const history: History = {
		seed: 1,
		accounts: [account, account],
		sessions: [codex, codex, { ...codex, client: 'sdk_stream' }, { ...codex, client: 'sdk_whole' }],
		routing: { strategy: 'round_robin', inFlightLimit: 16, holdMinutes: 0 },
		style: { thinkMs: 300, eventDelayMs: 0, chunking: 'frames', noise: false },
		steps: [
			...[0, 1, 2, 3].map(session => step(session)),
			step(0, undefined, 'tool'),
			step(1, undefined, 'tool'),
			step(0, { kind: 'pause', account: 1 }),
			...[1, 2, 3].map(session => step(session)),
			step(0, { kind: 'resume', account: 1 }),
			step(0, { kind: 'fault', account: undefined, fault: 'rate_1s', times: 1 }),
			step(2, { kind: 'fault', account: undefined, fault: 'error_500', times: 1 }),
			step(0, { kind: 'spend', account: 0, window: '5h' }),
			...[1, 0, 2, 1, 3, 0].map(session => step(session)),
		],
	};

	it('nothing in a pool that works', async () => {
		const run = await play(history);

		assert.deepEqual(run.findings, []);
		assert.ok(run.requests.size >= 20);
	});

	const forgetLimits = ({ pool: { accounts } }: LabRun): void => {
		accounts.limit = () => undefined;
		accounts.recordWindows = () => undefined;
	};
	const sabotages: readonly (readonly [what: string, as: Finding['invariant'], sabotage: (run: LabRun) => void])[] = [
		[
			'a turn that fails although another account could serve it',
			'turn_failed',
			({ pool: { accounts } }) => {
				const candidates = accounts.candidates.bind(accounts);
				accounts.candidates = () => candidates().slice(0, 1);
			},
		],
		['a spent account that is asked again', 'spent_account_used', forgetLimits],
		[
			'a paused account that is used',
			'barred_account_used',
			({ pool: { accounts } }) => {
				const candidates = accounts.candidates.bind(accounts);
				accounts.candidates = () => candidates().map(candidate => ({ ...candidate, state: 'active' }));
			},
		],
		[
			'a turn state that reaches a foreign account',
			'foreign_content',
			run => {
				const send = run.upstream.send.bind(run.upstream);
				run.upstream.send = (request, observer) => {
					const other = run.accounts.find(({ ledger }) => ledger.id !== request.accountId);
					const state = other ? makeTurnState(other.simulated) : '';
					return send({ ...request, headers: [...request.headers, 'x-codex-turn-state', state] }, observer);
				};
			},
		],
		[
			'a foreign account that is shown again and again what it cannot read',
			'foreign_content',
			run => {
				const send = run.upstream.send.bind(run.upstream);
				const bodies = new Map<string, Buffer | null>();
				run.upstream.send = (request, observer) => {
					const id = /"turn_id":"(r\d+)"/.exec(request.body?.toString() ?? '')?.[1] ?? '';
					const body = bodies.get(id) ?? request.body;
					bodies.set(id, body);
					return send({ ...request, body }, observer);
				};
			},
		],
		[
			'bytes that are sent twice',
			'garbled_answer',
			run => {
				const send = run.upstream.send.bind(run.upstream);
				run.upstream.send = (request, observer) =>
					send(request, {
						onHead: (status, headers) => observer.onHead(status, headers),
						onChunk: chunk => observer.onChunk(chunk) && observer.onChunk(chunk),
						onEnd: () => observer.onEnd(),
						onFault: fault => observer.onFault(fault),
					});
			},
		],
		[
			'an answer that never ends',
			'endless_wait',
			run => (run.clock.sleep = () => Promise.withResolvers<undefined>().promise),
		],
		['a place that is never given back', 'balance', ({ pool: { accounts } }) => (accounts.end = () => undefined)],
		[
			'a request that is counted twice',
			'balance',
			({ store }) => {
				const append = store.appendRequest.bind(store);
				store.appendRequest = request => {
					append(request);
					append(request);
				};
			},
		],
		['a request that leaves no row', 'balance', ({ store }) => (store.appendRequest = () => undefined)],
		[
			'a session that moves for no reason',
			'affinity',
			run => {
				const { sessions } = run.pool;
				const record = sessions.record.bind(sessions);
				sessions.record = (sessionId, accountId, sessionTurn) => {
					const other = run.accounts.find(({ ledger }) => ledger.id !== accountId)?.ledger.id;
					record(sessionId, other ?? accountId, sessionTurn);
				};
			},
		],
		[
			'a turn that leaves its session for no reason',
			'affinity',
			({ pool: { accounts } }) => {
				const candidates = accounts.candidates.bind(accounts);
				const begin = accounts.begin.bind(accounts);
				let begun = 0;
				accounts.begin = accountId => {
					begun++;
					begin(accountId);
				};
				accounts.candidates = () => (begun % 2 === 0 ? candidates().slice(0, 1) : candidates().slice(1));
			},
		],
		[
			'an unexpected failure inside the pool',
			'internal_error',
			({ pool: { tokens } }) =>
				(tokens.access = () => {
					throw new Error('Sabotage');
				}),
		],
		[
			'a bearer that travels with the account id of another',
			'provider_violation',
			run => {
				const send = run.upstream.send.bind(run.upstream);
				run.upstream.send = (request, observer) =>
					send({ ...request, headers: request.headers.map(each => each.replace(/^0000.*0$/, 'mixed-up')) }, observer);
			},
		],
	];
	for (const [what, invariant, sabotage] of sabotages) {
		it(what, async () => {
			const { findings } = await play(history, { sabotage });

			assert.ok(
				findings.some(finding => finding.invariant === invariant),
				`It found ${JSON.stringify(findings.slice(0, 5), null, 1)}`,
			);
		});
	}

	it('what matters in a long history, and leaves out the rest', async () => {
		const sabotage = forgetLimits;
		const fails = async (candidate: History) => (await play(candidate, { sabotage })).findings.length > 0;

		const smallest = await shrinkHistory(history, fails);

		assert.ok(await fails(smallest));
		assert.ok(smallest.steps.length <= 6, `${smallest.steps.length} steps are left`);
		assert.equal(smallest.steps.filter(({ incident }) => incident?.kind === 'spend').length, 1);
	});
});
