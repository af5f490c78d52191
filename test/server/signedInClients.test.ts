import assert from 'node:assert/strict';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { isTurn } from '../support/turns.js';
import { objectAt } from '../support/upstream/json.js';
import { send, turnBody } from '../support/upstream/turn.js';

describe('the pool, for clients that keep their ChatGPT login', () => {
	let pool: PoolUnderTest;

	beforeEach(async () => {
		pool = await PoolUnderTest.start({ accounts: 1 });
	});
	afterEach(() => closeWithoutViolations(pool));

	const own = { authorization: 'Bearer their-own-access-token', 'chatgpt-account-id': 'their-own-account' };
	const ask = (headers: Readonly<Record<string, string>>) =>
		send(`${pool.owner.codexBaseUrl}/responses`, { method: 'POST', headers, body: turnBody('hello') });
	const codeOf = (text: string) => objectAt(JSON.parse(text), 'error')['code'];

	it('takes the key from its own header and leaves the bearer alone', async () => {
		const { status } = await ask({ ...own, 'x-codex-pool-key': pool.key });

		assert.equal(status, 200);
		const turn = pool.upstream.requests.find(isTurn);
		const [account] = pool.upstream.accounts;
		assert.equal(turn?.header('authorization'), account?.credentials.authorization);
		assert.equal(turn?.header('chatgpt-account-id'), account?.chatgptAccountId);
	});

	it('sends nothing of the header family that is between it and its clients', async () => {
		await ask({ ...own, 'x-codex-pool-key': pool.key, 'x-codex-pool-anything': 'x', 'x-codex-window-id': 'w:0' });

		const names = pool.upstream.requests.find(isTurn)?.headers.map(([name]) => name.toLowerCase()) ?? [];
		assert.ok(names.includes('x-codex-window-id'));
		assert.deepEqual(
			names.filter(name => name.startsWith('x-codex-pool')),
			[],
		);
	});

	it('does not fall back to the bearer when the header holds a wrong key', async () => {
		const { status, text } = await ask({ authorization: `Bearer ${pool.key}`, 'x-codex-pool-key': 'cpk_wrong' });

		assert.equal(status, 401);
		assert.equal(codeOf(text), 'pool_key_rejected');
	});

	it('wants a key for a turn even when a ChatGPT bearer is there', async () => {
		const { status } = await ask(own);

		assert.equal(status, 401);
		assert.deepEqual(pool.upstream.requests, []);
	});

	it('does not take a key for the management API', async () => {
		const { status } = await send(`${pool.owner.baseUrl}/pool/api/state`, {
			headers: { 'x-codex-pool-key': pool.key },
		});

		assert.equal(status, 401);
	});

	for (const [how, end] of [
		['is revoked', (id: string) => pool.control.revokeKey(id)],
		['gets another secret', (id: string) => pool.control.rotateKey(id)],
	] as const) {
		it(`shows the quota to a login until the key that it came with ${how}`, async () => {
			const { id, key } = await pool.control.createKey('Laptop');
			const readUsage = () => send(`${pool.owner.baseUrl}/backend-api/wham/usage`, { headers: own });
			await ask({ ...own, 'x-codex-pool-key': key });
			assert.equal((await readUsage()).status, 200);

			await end(id);
			// Not refused at once: the key may come a little later.
			let isAnswered = false;
			const answer = readUsage().finally(() => (isAnswered = true));
			assert.equal((await ask({ ...own, 'x-codex-pool-key': key })).status, 401);
			assert.equal((await ask({ authorization: `Bearer ${pool.key}` })).status, 200);
			assert.equal(isAnswered, false);

			await ask({ ...own, 'x-codex-pool-key': pool.key });
			assert.equal((await answer).status, 200);
		});
	}

	describe('asked for the workspace of an account', () => {
		const check = (
			headers: Readonly<Record<string, string>>,
			{ path = '/backend-api/wham/accounts/check', host = `localhost:${pool.owner.port}` } = {},
		) => send(pool.owner.baseUrl + path, { headers: { host, ...headers } });

		for (const path of ['/backend-api/wham/accounts/check', '/api/codex/accounts/check']) {
			it(`says at ${path} what it was told, and asks nobody`, async () => {
				const { status, text } = await check(own, { path });

				assert.equal(status, 200);
				const reply = JSON.parse(text) as { accounts: Record<string, unknown>[]; default_account_id: string };
				assert.deepEqual(
					reply.accounts.map(account => [
						account['id'],
						account['workspace_backend_origin'],
						account['account_routing_override'],
					]),
					[['their-own-account', 'https://chatgpt.com', 'NO_CONSTRAINT']],
				);
				assert.equal(reply.default_account_id, 'their-own-account');
				assert.deepEqual(pool.upstream.requests, []);
			});
		}

		it('refuses at the host of base_url, from where Codex would go around the pool, and says so in the log', async () => {
			for (const host of [`127.0.0.1:${pool.owner.port}`, `[::1]:${pool.owner.port}`, '127.0.0.1']) {
				const { status, text } = await check(own, { host });

				assert.equal(status, 400, host);
				assert.match(text, /write localhost in chatgpt_base_url and 127\.0\.0\.1 in base_url/);
			}
			assert.match(pool.logLines.join('\n'), /^warn workspace check refused/m);
		});

		it('refuses an id that is none', async () => {
			assert.equal((await check({})).status, 400);
			assert.equal((await check({ 'chatgpt-account-id': '<script>' })).status, 400);
		});

		it('does not speak to web pages', async () => {
			assert.equal((await check({ ...own, origin: 'https://example.com' })).status, 403);
			assert.equal((await check(own, { host: 'rebound.example.com' })).status, 403);
		});
	});
});
