import assert from 'node:assert/strict';
import { accountView, explainedRequest } from '../support/managementExamples.js';
import { ManagementServer } from '../support/managementServer.js';
import { runCli, type CliResult } from '../support/runCli.js';

describe('codex-pool explain', () => {
	let server: ManagementServer;

	const run = (...args: string[]): Promise<CliResult> =>
		runCli(['explain', ...args], { CODEX_POOL_HOME: server.homeDir, CODEX_POOL_PORT: String(server.port), TZ: 'UTC' });

	beforeEach(async () => {
		server = await ManagementServer.start();
		server.state = { ...server.state, accounts: [accountView(), accountView({ id: 'account-2', name: 'Work' })] };
		server.explained = [explainedRequest()];
	});
	afterEach(() => server.close());

	it('tells what was asked, why each account was chosen, what came of it and how it ended', async () => {
		const { stdout } = await run();

		assert.equal(
			stdout,
			`Request req_run1: codex_exec asked for gpt-5.5 (effort high) at 1970-01-01 00:00, over HTTP at /backend-api/codex/responses, in session session-.

Choice 1: Work, because the session belongs to it and its prompt cache is warm there.

ACCOUNT          SCORE (LOWEST WINS)  NOTE
ada@example.com                 42.5
Work                              99  chosen

Choice 2, after waiting 1.5 s for an account to become free: ada@example.com, because it was the least used.

ACCOUNT          SCORE (LOWEST WINS)  NOTE
ada@example.com                 42.5  chosen
Work                               –  had already been tried for this request

Attempt 1: Work had used up its quota (HTTP 429, 120 ms).
Attempt 2: ada@example.com answered (HTTP 200, 5.0 s).

Outcome: answered with HTTP 200 in 5.2 s; its first byte went out after 640 ms.
Tokens: 1,000 in (800 cached), 50 out (20 reasoning).
Cost: $0.0013 (estimate).
`,
		);
	});

	for (const [what, changes, asked] of [
		['an alias', { alias: 'deep', tier: 'flex' }, 'deep (model gpt-5.5, effort high, tier flex)'],
		['a variant', { alias: 'gpt-5.5-high' }, 'gpt-5.5-high (model gpt-5.5, effort high)'],
		['an alias that steers the terminal', { alias: 'deep\u001b[2J', effort: null }, 'deep [2J (model gpt-5.5)'],
		['the model itself, and no more', { effort: null }, 'gpt-5.5'],
	] as const) {
		it(`tells the name that the client asked for: ${what}`, async () => {
			server.explained = [explainedRequest(changes)];

			assert.ok((await run()).stdout.startsWith(`Request req_run1: codex_exec asked for ${asked} at 1970-`));
		});
	}

	it('says no more of a session than enough to find it, and nothing where there is none', async () => {
		server.explained = [explainedRequest({ sessionId: '0123456789abcdef01234567' })];
		assert.match((await run()).stdout, /at \/backend-api\/codex\/responses, in session 01234567\.$/m);

		server.explained = [explainedRequest({ sessionId: null })];
		assert.match((await run()).stdout, /at \/backend-api\/codex\/responses\.$/m);
	});

	it('says that a cost is unknown where the tokens have no price', async () => {
		server.explained = [explainedRequest({ costNanoUsd: null })];

		assert.match((await run()).stdout, /^Tokens: 1,000 in .*\nCost: unknown \(these tokens have no price\)\.$/m);
	});

	it('finds a request by the beginning of its id, and gives all of it as JSON', async () => {
		server.explained = [explainedRequest({ id: 'req_run2' }), explainedRequest()];

		const { stdout } = await run('req_run1', '--json');

		assert.deepEqual(JSON.parse(stdout), { request: explainedRequest() });
	});

	it('says that nobody could serve, and what went out instead', async () => {
		const nobody = explainedRequest({
			accountId: null,
			client: null,
			model: null,
			effort: null,
			status: 429,
			outcome: 'failed',
			error: 'usage_limit_reached',
			inputTokens: null,
			outputTokens: null,
			costNanoUsd: null,
			firstByteMs: null,
			totalMs: 12,
			attempts: [],
			choices: [
				{
					reason: 'none',
					accountId: null,
					considered: [{ accountId: 'account-1', score: null, out: 'limited' }],
					waitedMs: 0,
				},
			],
		});
		server.explained = [nobody];

		const { stdout } = await run();

		assert.match(stdout, /^Request req_run1: an unknown client asked for no model at /);
		assert.match(stdout, /^Choice 1: no account could serve\.$/m);
		assert.match(stdout, /^ada@example\.com +– +has used up its quota$/m);
		assert.match(stdout, /^No account was tried\.$/m);
		assert.match(stdout, /\nOutcome: failed with HTTP 429 \(usage_limit_reached\) after 12 ms\.\n$/);
	});

	it('prints what it does not know as it is, and nothing that would steer the terminal', async () => {
		const strange = explainedRequest({
			model: 'gpt\u001b[2J',
			outcome: 'cancelled',
			status: 499,
			attempts: [{ accountId: 'gone', verdict: 'constructor', status: null, ms: 3 }],
			choices: [
				{
					reason: 'tarot\u001b',
					accountId: 'gone',
					considered: [{ accountId: 'account-1', score: null, out: 'moonstruck' }],
					waitedMs: 0,
				},
			],
		});
		server.explained = [strange];

		const { stdout } = await run();

		assert.match(stdout, /asked for gpt \[2J \(effort high\)/);
		assert.match(stdout, /^Choice 1: gone, because tarot\.$/m);
		assert.match(stdout, /^ada@example\.com +– +moonstruck$/m);
		assert.match(stdout, /^Attempt 1: gone constructor \(no answer, 3 ms\)\.$/m);
		assert.match(stdout, /^Outcome: the client left after 5\.2 s, before the answer was complete; /m);
	});

	it('explains a request of before choices were kept', async () => {
		server.explained = [explainedRequest({ choices: [] })];

		assert.match((await run()).stdout, /^No choice of an account was kept for it\.$/m);
	});

	it('fails when there is no such request', async () => {
		const { exitCode, stdout, stderr } = await run('req_else');

		assert.deepEqual([exitCode, stdout, stderr], [1, '', 'No request has this id.\n']);
	});
});
