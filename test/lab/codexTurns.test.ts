import assert from 'node:assert/strict';
import { bearerSetup, CodexClient } from '../support/codexClient.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { isToolFollowUp, isTurn } from '../support/turns.js';
import type { SimulatedAccount } from '../support/upstream/accounts.js';
import type { RecordedRequest } from '../support/upstream/record.js';

/** So many real Codex processes are in the middle of a turn at the same time. */
const turnCount = 20;

describe('real Codex clients in parallel', function () {
	this.timeout(120_000);

	let pool: PoolUnderTest;
	let clients: CodexClient[];

	beforeEach(async () => {
		pool = await PoolUnderTest.start({ accounts: 4 });
		clients = await Promise.all(Array.from({ length: turnCount }, () => CodexClient.create(pool, bearerSetup(pool))));
	});
	afterEach(async () => {
		await Promise.all(clients.map(client => client.dispose()));
		await closeWithoutViolations(pool);
	});

	const threadOf = (request: RecordedRequest): string => request.header('thread-id') ?? '';
	const isFirst = (request: RecordedRequest): boolean => isTurn(request) && !isToolFollowUp(request);

	/** Holds matching requests back until so many threads have sent one, and it is let go. */
	function hold(matches: (request: RecordedRequest) => boolean, threads: number) {
		const letGo = Promise.withResolvers<undefined>();
		const fault = pool.upstream.script({ kind: 'slow', wait: letGo.promise }, { when: matches, times: Infinity });
		const seen = new Set<string>();
		const isLast = (request: RecordedRequest): boolean =>
			matches(request) && seen.add(threadOf(request)).size === threads;
		return {
			allHere: pool.upstream.waitForRequest(isLast),
			letGo: () => {
				fault.cancel();
				letGo.resolve(undefined);
			},
		};
	}

	it('do not notice that three of four accounts fail one after the other in the middle of their turns', async () => {
		const [spent, closed, revoked, last] = pool.upstream.accounts;
		assert.ok(spent && closed && revoked && last);
		const halves = new Set<string>();
		const isEarly = (request: RecordedRequest): boolean => halves.has(threadOf(request));
		const first = hold(isFirst, turnCount);
		const early = hold(request => isToolFollowUp(request) && isEarly(request), turnCount / 2);
		const late = hold(request => isToolFollowUp(request) && !isEarly(request), turnCount / 2);

		const ends = Promise.all(clients.map((client, index) => client.exec(`please [[tool:echo turn-${index}-done]]`)));
		await first.allHere;
		const threads = [...new Set(pool.upstream.requests.filter(isFirst).map(threadOf))];
		for (const thread of threads.slice(0, turnCount / 2)) halves.add(thread);
		const askedFirst = new Set(pool.upstream.requests.filter(isFirst).map(({ account }) => account));
		spent.spend('5h', 100);
		first.letGo();
		await Promise.all([early.allHere, late.allHere]);
		closed.standing = 'workspace_deactivated';
		early.letGo();
		await servedByOthers(closed);
		revoked.revokeAccess();
		revoked.breakRefresh('refresh_token_invalidated');
		late.letGo();

		for (const [index, { code, stdout, stderr }] of (await ends).entries()) {
			assert.equal(code, 0, stderr);
			assert.match(stdout, new RegExp(`\\nturn-${index}-done\\n$`));
			assert.doesNotMatch(stderr, /error|limit|reconnect|unauthorized/i);
		}
		// A cold start spreads, and every account that failed was really asked.
		assert.equal(askedFirst.size, 4);
		assert.deepEqual([statusesOf(spent), statusesOf(closed), statusesOf(revoked)].map(lastRefusal), [429, 402, 401]);
		assert.equal(statusesOf(last).at(-1), 200);
		const { accounts, inFlight } = await pool.control.state();
		assert.deepEqual(
			accounts.map(({ state }) => state),
			['limited', 'disabled', 'needs_sign_in', 'active'],
		);
		assert.equal(inFlight, 0);
	});

	/** A request that this account has refused was answered by another one. */
	async function servedByOthers(refusing: SimulatedAccount): Promise<void> {
		const wasRefused = (thread: string): boolean =>
			pool.upstream.requests.some(
				each => each.account === refusing && each.answer.status === 402 && threadOf(each) === thread,
			);
		const answered = await pool.upstream.waitForRequest(
			request => isToolFollowUp(request) && request.account !== refusing && wasRefused(threadOf(request)),
		);
		await answered.settled;
	}

	function statusesOf(account: SimulatedAccount): (number | undefined)[] {
		return pool.upstream.requests
			.filter(request => isTurn(request) && request.account === account)
			.map(({ answer }) => answer.status);
	}

	function lastRefusal(statuses: readonly (number | undefined)[]): number | undefined {
		return statuses.findLast(status => status !== 200 && status !== 400);
	}
});
