import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { readUsageNames } from '../../src/client/usageNames.js';
import { closeWithoutViolations, PoolUnderTest, type PoolUnderTestOptions } from '../support/poolUnderTest.js';
import { isTurn } from '../support/turns.js';
import type { SimulatedAccount } from '../support/upstream/accounts.js';
import { objectAt } from '../support/upstream/json.js';
import { makeJwt, readClaims, signJwt } from '../support/upstream/jwt.js';
import { send, turnBody, type WholeAnswer } from '../support/upstream/turn.js';

type Headers = Readonly<Record<string, string>>;

describe('the ChatGPT login of an account in the pool', () => {
	let pool: PoolUnderTest;
	/** In the pool. The client has signed in to it once more, so that its token is another than the pool's. */
	let account: SimulatedAccount;
	let login: Headers;

	afterEach(() => closeWithoutViolations(pool));

	const start = async (options: PoolUnderTestOptions): Promise<void> => {
		pool = await PoolUnderTest.start({ accounts: 1, sockets: true, ...options });
		account = pool.upstream.accounts[0]!;
		login = account.credentials;
		account.rotateElsewhere();
		await pool.add([account]);
		pool.upstream.clearRecord();
	};
	const turn = (headers: Headers = login): Promise<WholeAnswer> =>
		send(`${pool.owner.codexBaseUrl}/responses`, { method: 'POST', headers, body: turnBody('hello') });
	const models = (): Promise<WholeAnswer> =>
		send(`${pool.owner.codexBaseUrl}/models?client_version=0.169.0`, { headers: login });
	const usage = (): Promise<WholeAnswer> => send(`${pool.owner.baseUrl}/backend-api/wham/usage`, { headers: login });
	/** An open socket, or the status it was refused with. */
	const dial = async (headers: Headers = login): Promise<WebSocket | number | undefined> => {
		const socket = new WebSocket(`${pool.owner.codexBaseUrl.replace('http', 'ws')}/responses`, { headers });
		const refused = once(socket, 'unexpected-response').then(([, { statusCode }]) => statusCode as number);
		return Promise.race([refused, once(socket, 'open').then(() => socket)]);
	};
	const errorOf = ({ text }: WholeAnswer) => objectAt(JSON.parse(text), 'error');
	const keyQuestions = () => pool.upstream.requests.filter(({ path }) => path.endsWith('/jwks.json')).length;
	const bearer = (token: string): Headers => ({ ...login, authorization: `Bearer ${token}` });
	const ownClaims = () => readClaims(login['authorization']!.slice('Bearer '.length));

	describe('where the user has not allowed it', () => {
		beforeEach(() => start({}));

		it('is refused everywhere, with what to do instead', async () => {
			const answers = [await turn(), await models()];

			for (const answer of answers) {
				assert.deepEqual([answer.status, errorOf(answer)['code']], [403, 'login_rejected']);
				assert.match(String(errorOf(answer)['message']), /Configure Codex.*acceptOwnLogins.*--accept-own-logins/);
			}
			assert.equal(await dial(), 403);
			assert.deepEqual([keyQuestions(), pool.upstream.requests.filter(isTurn).length], [0, 0]);
		});
	});

	describe('where the user allows it', () => {
		beforeEach(() => start({ acceptOwnLogins: true }));

		it('opens turns, models, usage and WebSockets', async () => {
			const answers = [await turn(), await models(), await usage()];
			const socket = await dial();

			assert.deepEqual(
				answers.map(({ status }) => status),
				[200, 200, 200],
			);
			assert.ok(socket instanceof WebSocket);
			socket.terminate();
			assert.equal(keyQuestions(), 1);
		});

		it('stays with us: the provider sees the token of the pool', async () => {
			await turn();

			const sent = pool.upstream.requests.find(isTurn);
			assert.equal(sent?.header('authorization'), account.credentials.authorization);
			assert.notEqual(sent.header('authorization'), login['authorization']);
		});

		it('is named in requests and in usage by key', async () => {
			await turn();

			const [request] = (await pool.control.state()).recentRequests;
			const names = await readUsageNames(pool.control, 'key');
			assert.equal(request?.keyId, 'login');
			assert.equal(names.keys.get('login'), 'ChatGPT login');
		});

		it('opens nothing of the management API', async () => {
			const { status } = await send(`${pool.owner.baseUrl}/pool/api/state`, { headers: login });

			assert.equal(status, 401);
		});

		it('does not stand in for a wrong key beside it', async () => {
			const answer = await turn({ ...login, 'x-codex-pool-key': 'cpk_wrong' });

			assert.deepEqual([answer.status, errorOf(answer)['code']], [403, 'key_beside_login_rejected']);
		});

		const rejected = [403, 'login_rejected'];
		const refused: readonly (readonly [name: string, headers: () => Headers, answer?: readonly unknown[]])[] = [
			['signed by nobody', () => bearer(makeJwt(ownClaims()))],
			[
				'that has expired, so that Codex renews it',
				() => bearer(signJwt({ ...ownClaims(), exp: Math.floor(Date.now() / 1000) - 60 })),
				[401, 'login_expired'],
			],
			['for another audience', () => bearer(signJwt({ ...ownClaims(), aud: ['https://example.com'] }))],
			['of an account that is not in the pool', () => pool.upstream.addAccount().credentials],
			[
				'of another workspace, whatever the account header says',
				() => {
					const { authorization } = pool.upstream.addAccount({ userId: account.userId }).credentials;
					return { ...login, authorization };
				},
			],
		];
		for (const [name, headers, expected = rejected] of refused) {
			it(`does not open anything to one ${name}`, async () => {
				const answer = await turn(headers());

				assert.deepEqual([answer.status, errorOf(answer)['code']], expected);
				assert.equal(await dial(headers()), expected[0]);
				assert.equal(pool.upstream.requests.filter(isTurn).length, 0);
			});
		}

		it('ends with its account, on sockets that are open too', async () => {
			await pool.add([pool.upstream.addAccount()]);
			await turn();
			const socket = await dial();
			assert.ok(socket instanceof WebSocket);
			const closed = once(socket, 'close');

			await pool.control.removeAccount(await pool.accountId(account));

			await closed;
			const answer = await turn();
			assert.equal(answer.status, 403);
			assert.match(String(errorOf(answer)['message']), /not in the pool/);
		});

		it('is answered with a 503 while the issuer cannot be asked, and a pool key all the same', async () => {
			pool.upstream.script({ kind: 'reply', status: 500, body: '' }, { path: '/jwks.json', times: 100 });

			const answers = [await turn(), await models(), await usage()];

			assert.deepEqual(
				answers.map(answer => [answer.status, errorOf(answer)['code']]),
				[1, 2, 3].map(() => [503, 'issuer_unreachable']),
			);
			assert.equal(await dial(), 503);
			assert.equal((await turn({ authorization: `Bearer ${pool.key}` })).status, 200);
		});

		it('costs a pool key nothing', async () => {
			await turn({ authorization: `Bearer ${pool.key}` });
			await turn({ authorization: 'Bearer cpk_eyJ.eyJ.eyJ' });

			assert.equal(keyQuestions(), 0);
		});
	});
});
