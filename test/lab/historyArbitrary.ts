import fc from 'fast-check';
import {
	accountEvents,
	faultNames,
	type AccountPlan,
	type History,
	type Incident,
	type RoutingPlan,
	type SessionPlan,
	type Step,
	type StylePlan,
	type TurnPlan,
} from './history.js';

/** Every step is a turn of at least one request. */
const stepsPerHistory = 200;
const mostAccounts = 6;
const mostSessions = 10;
const hourMs = 3_600_000;

/** The history with this number, always the same. */
export function historyOf(seed: number): History {
	const [history] = fc.sample(historyArbitrary, { seed, numRuns: 1 });
	if (!history) throw new Error('fast-check gave nothing');
	return { ...history, seed };
}

/** Something in one of so many cases. */
function sometimes<T>(arbitrary: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | undefined> {
	return fc.oneof({ weight: 1, arbitrary }, { weight: oneIn - 1, arbitrary: fc.constant(undefined) });
}

const account = fc.record<AccountPlan>({
	plan: fc.constantFrom('free', 'plus', 'plus', 'pro', 'pro'),
	capacityTokens: fc.constantFrom(8_000, 60_000, 3_000_000, 3_000_000, 3_000_000, 3_000_000),
	usedPercent: fc.constantFrom(0, 0, 0, 0, 30, 30, 60, 90, 96, 100),
	refreshReply: fc.constantFrom('all', 'all', 'access_only'),
	reservePercent: fc.constantFrom(0, 0, 0, 0, 0, 20),
});

const session = fc.record<SessionPlan>({
	client: fc.constantFrom('codex', 'codex', 'codex', 'sdk_stream', 'sdk_whole'),
	model: fc.constantFrom(
		'gpt-5.5',
		'gpt-5.5',
		'gpt-5.5',
		'gpt-5.6-luna',
		'gpt-5.6-luna',
		'gpt-6-sol',
		'gpt-6-sol',
		'gpt-5.3-codex-spark',
	),
	isNamed: fc.boolean(),
	reasons: fc.boolean(),
});

const routing = fc.record<RoutingPlan>({
	strategy: fc.constantFrom(
		'least_used',
		'least_used',
		'round_robin',
		'capacity_weighted',
		'soonest_reset',
		'fill_first',
	),
	inFlightLimit: fc.constantFrom(16, 16, 2, 1, 0),
	holdMinutes: fc.constantFrom(0, 0, 0, 5),
});

const style = fc.record<StylePlan>({
	thinkMs: fc.constantFrom(0, 300, 2_000, 8_000),
	eventDelayMs: fc.constantFrom(0, 0, 0, 0, 0, 40),
	chunking: fc.constantFrom('whole', 'whole', 'frames', 'frames', 'frames', 'torture'),
	noise: fc.boolean(),
});

const accountIndex = fc.nat(mostAccounts - 1);
const sessionIndex = fc.nat(mostSessions - 1);

const incident = fc.oneof<fc.WeightedArbitrary<Incident>[]>(
	{
		weight: 12,
		arbitrary: fc.record({
			kind: fc.constant('fault'),
			account: sometimes(accountIndex, 2),
			fault: fc.constantFrom(...faultNames),
			times: fc.constantFrom(1, 1, 1, 2, 6),
		}),
	},
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constant('spend'),
			account: accountIndex,
			window: fc.constantFrom('5h', '5h', '5h', '5h', '5h', '5h', '5h', '5h', '5h', '5h', '5h', 'weekly'),
		}),
	},
	{ weight: 9, arbitrary: fc.record({ kind: fc.constantFrom(...accountEvents), account: accountIndex }) },
	// What is gone comes back, or the pool would soon be empty.
	{
		weight: 12,
		arbitrary: fc.record({
			kind: fc.constantFrom('add', 'add', 'add', 'resume', 'select', 'reactivate'),
			account: accountIndex,
		}),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('offline'), ms: fc.integer({ min: 100, max: 5_000 }) }) },
	{
		weight: 10,
		arbitrary: fc.record({
			kind: fc.constant('pass'),
			ms: fc.constantFrom(20_000, 60_000, 600_000, hourMs, 6 * hourMs, 6 * hourMs, 6 * hourMs, 6 * hourMs),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({ kind: fc.constant('move_session'), session: sessionIndex, account: accountIndex }),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('forget_session'), session: sessionIndex }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('route'), routing }) },
	{ weight: 1, arbitrary: fc.constant({ kind: 'restart' }) },
);

const turn = fc.record<TurnPlan>({
	session: sessionIndex,
	kind: fc.constantFrom(
		'plain',
		'plain',
		'plain',
		'plain',
		'plain',
		'plain',
		'tool',
		'tool',
		'tool',
		'compact',
		'previous_response',
	),
	leaveAfterMs: sometimes(fc.integer({ min: 0, max: 9_000 }), 20),
	isSlowReader: fc.nat(19).map(number => number === 0),
});

const step = fc.record<Step>({
	gapMs: fc.constantFrom(0, 0, 20, 100, 300, 1_000, 1_000, 3_000, 30_000),
	incident: sometimes(incident, 4),
	turn,
});

const historyArbitrary = fc.record<History>({
	seed: fc.constant(0),
	accounts: fc.array(account, { minLength: 2, maxLength: mostAccounts, size: 'max' }),
	sessions: fc.array(session, { minLength: 2, maxLength: mostSessions, size: 'max' }),
	routing,
	style,
	steps: fc.array(step, { minLength: stepsPerHistory, maxLength: stepsPerHistory }),
});
