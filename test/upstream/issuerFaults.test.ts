import assert from 'node:assert/strict';
import type { RefreshOutcome } from '../../src/core/issuerPort.js';
import { TokenKeeper } from '../../src/core/tokens/tokenKeeper.js';
import { OpenAiIssuer } from '../../src/upstream/openaiIssuer.js';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import type { SimulatedAccount } from '../support/upstream/accounts.js';
import { htmlReply, type Fault } from '../support/upstream/faults.js';
import { startUpstream, type Upstream } from '../support/upstream/startUpstream.js';
import { direct } from './upstreamFixture.js';

const hour = 3_600_000;
const tokenPath = '/oauth/token';

/** The account's tokens from the vault to the wire: nothing between them is faked. */
describe('keeping an account signed in at the issuer', () => {
	let pool: CorePool;
	let upstream: Upstream;
	let account: SimulatedAccount;
	let issuer: OpenAiIssuer;
	let tokens: TokenKeeper;

	beforeEach(async () => {
		pool = await CorePool.of('a');
		upstream = await startUpstream({ clock: pool.clock });
		account = upstream.addAccount({ accessLifetimeMs: hour });
		const { accessToken, refreshToken } = account;
		await pool.keep('a', { generation: 1, accessToken, refreshToken });
		issuer = new OpenAiIssuer({
			url: new URL(upstream.issuerUrl),
			network: direct,
			version: '1.2.3',
			clock: pool.clock,
			refreshTimeoutMs: 100,
		});
		tokens = new TokenKeeper(pool.accounts, pool.vault, issuer, pool.clock, pool.log);
	});

	afterEach(async () => {
		await issuer.close();
		await upstream.close();
	});

	const standing = (): readonly unknown[] => {
		const { state, stateReason } = pool.accounts.get('a');
		return [state, stateReason];
	};
	const asked = (): number => upstream.requests.filter(({ path }) => path === tokenPath).length;
	/** Asks for a token that works; what the pool waits for in between goes by quickly. */
	const access = async (): Promise<string> => {
		const progress = { isDone: false };
		const asking = Promise.resolve(tokens.access('a')).finally(() => (progress.isDone = true));
		asking.catch(() => undefined);
		while (!progress.isDone) {
			await settle();
			if (pool.clock.waiting > 0) await pool.clock.advance(100);
		}
		return (await asking).accessToken;
	};
	const works = (accessToken: string): boolean => accessToken === account.accessToken;

	it('shows each refresh token once', async () => {
		const shown: unknown[] = [];
		for (let turn = 0; turn < 3; turn++) {
			shown.push(account.refreshToken);
			await pool.clock.advance(hour);
			assert.ok(works(await access()));
		}

		const bodies = upstream.requests.map(({ body }) => (body as { refresh_token: string }).refresh_token);
		assert.deepEqual(bodies, shown);
		assert.equal(new Set(shown).size, 3);
	});

	it('keeps the refresh token when the issuer answers without a new one', async () => {
		account.refreshReply = 'access_only';
		const { refreshToken } = account;

		for (let turn = 0; turn < 2; turn++) {
			await pool.clock.advance(hour);
			assert.ok(works(await access()));
		}

		assert.equal((await tokens.reveal('a')).refreshToken, refreshToken);
	});

	for (const code of ['refresh_token_expired', 'refresh_token_reused', 'refresh_token_invalidated'] as const) {
		it(`says that a new sign-in is needed after ${code}, and asks no more`, async () => {
			account.breakRefresh(code);
			await pool.clock.advance(hour);

			await assert.rejects(access(), { code: 'no_account' });
			await assert.rejects(access(), { code: 'no_account' });

			assert.deepEqual([standing(), asked()], [['needs_sign_in', code], 1]);
		});
	}

	it('says that another program has used the sign-in', async () => {
		account.rotateElsewhere();
		await pool.clock.advance(hour);

		await assert.rejects(access(), { code: 'no_account' });

		assert.deepEqual(standing(), ['needs_sign_in', 'refresh_token_reused']);
	});

	const passing: Readonly<Record<string, Fault>> = {
		'a 500': { kind: 'reply', status: 500, body: { error: { code: 'server_error' } } },
		'a 503 without a word': { kind: 'reply', status: 503, body: '' },
		'a 429': { kind: 'reply', status: 429, body: { error: { code: 'rate_limited' } } },
		'the page of a gateway': htmlReply(502, 'Bad gateway'),
		'a challenge page': htmlReply(403),
		'a page that wants a login': htmlReply(401, 'Log in to this hotel'),
		'a page with a good status': htmlReply(200, 'Welcome'),
		'half an answer': { kind: 'reply', status: 200, body: '{"access_token":"a' },
		'a broken connection': { kind: 'refuse' },
		silence: { kind: 'slow', wait: new Promise(() => undefined) },
	};
	for (const [what, fault] of Object.entries(passing)) {
		it(`gets over ${what}`, async () => {
			upstream.script(fault, { path: tokenPath });
			await pool.clock.advance(hour);

			await assert.rejects(access(), { code: 'upstream_failed' });
			await assert.rejects(access(), { code: 'upstream_failed' });
			assert.deepEqual([standing(), asked()], [['active', null], 1]);
			await pool.clock.advance(5_000);

			assert.ok(works(await access()));
			assert.equal(asked(), 2);
		});
	}

	it('waits for a slow answer, for all who ask', async () => {
		const wait = Promise.withResolvers<undefined>();
		upstream.script({ kind: 'slow', wait: wait.promise }, { path: tokenPath });
		await pool.clock.advance(hour);

		const asking = Promise.all(Array.from({ length: 200 }, async () => tokens.access('a')));
		await upstream.waitForRequest(({ path }) => path === tokenPath);
		wait.resolve(undefined);

		assert.ok((await asking).every(({ accessToken }) => works(accessToken)));
		assert.equal(asked(), 1);
	});

	it('says what happened when the answer is lost and the issuer does not forgive', async () => {
		upstream.script({ kind: 'lose' }, { path: tokenPath });
		await pool.clock.advance(hour);
		await assert.rejects(access(), { code: 'upstream_failed' });
		await pool.clock.advance(5_000);

		await assert.rejects(access(), { code: 'no_account' });

		assert.deepEqual([standing(), asked()], [['needs_sign_in', 'refresh_reply_lost'], 2]);
	});

	it('is signed in again when the answer is lost and the issuer forgives', async () => {
		upstream.refreshReuseGraceMs = hour;
		upstream.script({ kind: 'lose' }, { path: tokenPath });
		await pool.clock.advance(hour);
		await assert.rejects(access(), { code: 'upstream_failed' });
		await pool.clock.advance(5_000);

		assert.ok(works(await access()));

		assert.deepEqual([standing(), asked()], [['active', null], 2]);
	});

	it('leaves a lost token alone while the access token works', async () => {
		// The issuer never got so far: the old access token works on.
		upstream.script({ kind: 'refuse' }, { path: tokenPath });
		await assert.rejects(tokens.renew('a'), { code: 'upstream_failed' });

		await pool.clock.advance(58 * 60_000);
		const before = await access();
		await tokens.settled();
		const askedEarly = asked();
		await pool.clock.advance(2 * 60_000);
		const after = await access();

		assert.deepEqual([askedEarly, asked()], [1, 2]);
		assert.notEqual(after, before);
		assert.ok(works(after));
	});

	it('tells a closed account from a sign-in that is over', async () => {
		upstream.script(
			{ kind: 'reply', status: 403, body: { error: { code: 'account_deactivated' } } },
			{ path: tokenPath },
		);
		await pool.clock.advance(hour);

		await assert.rejects(access(), { code: 'no_account' });

		assert.deepEqual(standing(), ['disabled', 'account_deactivated']);
	});

	it('is refused a token that was revoked, and revokes one itself', async () => {
		assert.equal(await issuer.revoke(account.refreshToken), true);

		const outcome: RefreshOutcome = await issuer.refresh(account.refreshToken);

		assert.deepEqual(outcome, { kind: 'permanent', code: 'refresh_token_invalidated' });
	});
});
