import assert from 'node:assert/strict';
import { CodexClient, overWebSocket, signedInSetup, type CodexSetup } from '../support/codexClient.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { isMessage, isTurn } from '../support/turns.js';
import { isJsonObject, objectAt, textAt, type JsonObject } from '../support/upstream/json.js';
import { send, turnBody, type WholeAnswer } from '../support/upstream/turn.js';

describe('the quota of the pool', function () {
	this.timeout(40_000);

	let pool: PoolUnderTest;

	beforeEach(async () => {
		pool = await PoolUnderTest.start({ sockets: true, accounts: [{ plan: 'plus' }, { plan: 'pro' }] });
	});
	afterEach(() => closeWithoutViolations(pool));

	/** The pool learns what the provider would tell it by and by. */
	const pollUsage = async (): Promise<void> => {
		for (const { id } of (await pool.control.state()).accounts) await pool.control.refreshAccount(id);
	};
	const turns = () => pool.upstream.requests.filter(request => isTurn(request) || isMessage(request));
	const own = { authorization: 'Bearer their-own-access-token', 'chatgpt-account-id': 'their-own-account' };
	const usage = (
		path = '/backend-api/wham/usage',
		headers: Readonly<Record<string, string>> = own,
	): Promise<WholeAnswer> => send(`${pool.owner.baseUrl}${path}`, { headers });
	const showKey = (): Promise<WholeAnswer> =>
		send(`${pool.owner.codexBaseUrl}/models?client_version=0.169.0`, {
			headers: { ...own, 'x-codex-pool-key': pool.key },
		});
	const rateLimit = ({ text }: WholeAnswer): JsonObject => objectAt(JSON.parse(text), 'rate_limit');
	const usedPercent = (answer: WholeAnswer): unknown => objectAt(rateLimit(answer), 'primary_window')['used_percent'];

	it('is that of the account with the most headroom', async () => {
		pool.upstream.accounts[0]?.spend('5h', 70);
		pool.upstream.accounts[1]?.spend('5h', 30);
		await pollUsage();
		await showKey();

		for (const path of ['/backend-api/wham/usage', '/api/codex/usage']) {
			const answer = await usage(path);

			assert.equal(answer.status, 200);
			assert.equal(usedPercent(answer), 30);
			const body: unknown = JSON.parse(answer.text);
			assert.ok(isJsonObject(body));
			assert.deepEqual([body['plan_type'], body['account_id']], ['pro', 'their-own-account']);
			assert.deepEqual([rateLimit(answer)['allowed'], rateLimit(answer)['limit_reached']], [true, false]);
		}
	});

	it('leaves out accounts that may not serve, and says when all are spent', async () => {
		const [first, second] = pool.upstream.accounts;
		assert.ok(first && second);
		first.spend('5h', 40);
		await pollUsage();
		await pool.control.changeAccount(await pool.accountId(second), { paused: true });
		await showKey();
		assert.equal(usedPercent(await usage()), 40);

		first.spend('5h', 100);
		await send(`${pool.owner.codexBaseUrl}/responses`, {
			method: 'POST',
			headers: { ...own, 'x-codex-pool-key': pool.key },
			body: turnBody('hello'),
		});

		const spent = await usage();
		assert.deepEqual(
			[rateLimit(spent)['allowed'], rateLimit(spent)['limit_reached'], usedPercent(spent)],
			[false, true, 100],
		);
	});

	it('is for those alone whose login came with a key, and for a key itself', async () => {
		await pollUsage();
		const early = usage();
		const [stranger, keyed] = [
			await usage(undefined, { authorization: 'Bearer stranger' }),
			await usage(undefined, { authorization: `Bearer ${pool.key}` }),
		];
		await send(`${pool.owner.codexBaseUrl}/models`, { headers: { ...own, 'x-codex-pool-key': 'cpk_wrong' } });

		assert.equal(stranger.status, 404, 'a 401 would make the client renew its tokens');
		assert.equal(keyed.status, 200);
		assert.equal((await early).status, 404);
		assert.equal((await usage(undefined, {})).status, 404);
	});

	it('waits a little for the key of a client that starts', async () => {
		await pollUsage();

		const early = usage();
		await showKey();

		assert.equal((await early).status, 200);
	});

	const transports: readonly (readonly [name: string, fit: (setup: CodexSetup) => CodexSetup])[] = [
		['HTTP', setup => setup],
		['WebSocket', overWebSocket],
	];
	for (const [name, fit] of transports) {
		it(`is what Codex shows as its own, before and after turns over ${name}`, async () => {
			const [first, second] = pool.upstream.accounts;
			assert.ok(first && second);
			first.spend('5h', 20);
			second.spend('5h', 40);
			await pollUsage();
			const codex = await CodexClient.create(pool, fit(signedInSetup(pool, pool.upstream.addAccount())));
			const server = await codex.appServer();
			const read = async () => figures((await server.ask('account/rateLimits/read'))['rateLimits']);
			const heard = () =>
				server.notices
					.filter(({ method }) => method === 'account/rateLimits/updated')
					.map(({ params }) => figures(params['rateLimits']).slice(1));
			try {
				await server.ask('model/list');
				assert.deepEqual(await read(), ['plus', 20, 0]);
				const threadId = await server.startThread(codex.workspace);

				await server.turn(threadId, 'hello');
				assert.deepEqual(heard().at(-1), [20, 0]);
				// The session stays with its account, but a next one would begin with the other.
				first.spend('5h', 60);
				await server.turn(threadId, 'and once more');

				assert.deepEqual(new Set(turns().map(({ account }) => account)), new Set([first]));
				assert.deepEqual(heard().at(-1), [40, 0]);
				assert.deepEqual(await read(), ['pro', 40, 0]);
			} finally {
				await server.close();
				await codex.dispose();
			}
		});
	}

	it('goes with the refusal of a pool that is spent, which Codex shows as a limit', async () => {
		for (const account of pool.upstream.accounts) account.spend('5h', 100);
		const codex = await CodexClient.create(pool, signedInSetup(pool, pool.upstream.addAccount()));
		const server = await codex.appServer();
		try {
			const threadId = await server.startThread(codex.workspace);

			const { status, error } = await server.turn(threadId, 'hello');

			assert.equal(status, 'failed');
			assert.match(textAt(error, 'message') ?? '', /usage limit/i);
			const updated = server.notices.findLast(({ method }) => method === 'account/rateLimits/updated');
			assert.deepEqual(figures(updated?.params['rateLimits']).slice(1), [100, 0]);
			assert.equal(objectAt(updated?.params, 'rateLimits')['rateLimitReachedType'], 'rate_limit_reached');
		} finally {
			await server.close();
			await codex.dispose();
		}
	});

	function figures(rateLimits: unknown): readonly unknown[] {
		assert.ok(isJsonObject(rateLimits));
		return [
			rateLimits['planType'],
			objectAt(rateLimits, 'primary')['usedPercent'],
			objectAt(rateLimits, 'secondary')['usedPercent'],
		];
	}
});
