import assert from 'node:assert/strict';
import type { PendingSignIn } from '../../src/core/issuerPort.js';
import type { OpenAiIssuer } from '../../src/upstream/openaiIssuer.js';
import { htmlReply, type Fault } from '../support/upstream/faults.js';
import { assertHidesTokens, SignInFixture, untilWaiting } from './signInFixture.js';

const usercodePath = '/api/accounts/deviceauth/usercode';
const pollPath = '/api/accounts/deviceauth/token';
const silence: Fault = { kind: 'slow', wait: new Promise(() => undefined) };
/** The deadline and the pause before the next question. */
const asleep = 2;

describe('OpenAiIssuer sign-in by device code', () => {
	let fixture: SignInFixture;

	beforeEach(async () => (fixture = await SignInFixture.open()));

	afterEach(() => fixture.close());

	const start = (issuer: OpenAiIssuer = fixture.issuer()): Promise<PendingSignIn> =>
		issuer.startSignIn('device', fixture.accept);
	const approve = ({ userCode }: PendingSignIn, who = fixture.account): void =>
		assert.ok(fixture.upstream.approveDevice(userCode ?? '', who));
	/** Lets so much time pass, and the question that falls due be answered with "not yet". */
	const askAfter = async (ms: number): Promise<void> => {
		await fixture.clock.advance(ms);
		await untilWaiting(fixture.clock, asleep);
	};
	const loginReply = (login: Readonly<Record<string, unknown>>): Fault => ({
		kind: 'reply',
		status: 200,
		body: { device_auth_id: 'deviceauth_1', ...login },
	});

	it('shows a code, asks in the given interval and ends with the tokens', async () => {
		const startedAt = fixture.clock.now();
		const signIn = await start();

		await askAfter(4999);
		assert.equal(fixture.count(pollPath), 0);
		await askAfter(1);
		assert.equal(fixture.count(pollPath), 1);
		approve(signIn);
		await fixture.clock.advance(5000);
		await signIn.result;

		assert.equal(signIn.url, `${fixture.upstream.issuerUrl}/codex/device`);
		assert.match(signIn.userCode ?? '', /^[A-Z]{4}-[A-Z]{5}$/);
		assert.equal(signIn.expiresAt, startedAt + 15 * 60_000);
		assert.equal(fixture.count(pollPath), 2);
		assert.deepEqual(fixture.accepted, [fixture.account.tokens]);
		assertHidesTokens(signIn, fixture.account);
	});

	it('tells several sign-ins apart', async () => {
		const bob = fixture.upstream.addAccount();
		const [first, second] = [await start(), await start()];

		approve(second, bob);
		approve(first);
		await fixture.clock.advance(5000);
		await Promise.all([first.result, second.result]);

		assert.notEqual(first.userCode, second.userCode);
		assert.deepEqual(new Set(fixture.accepted), new Set([fixture.account.tokens, bob.tokens]));
	});

	const intervals: Record<string, [unknown, number]> = {
		'a number': [7, 7000],
		text: ['3', 3000],
		'less than a second': [0, 1000],
		'less than nothing': ['-5', 1000],
		'an eternity': [1e9, 60_000],
		garbage: ['soon', 5000],
		missing: [undefined, 5000],
	};
	for (const [what, [interval, ms]] of Object.entries(intervals)) {
		it(`asks every ${ms / 1000} s when the interval is ${what}`, async () => {
			fixture.upstream.script(loginReply({ user_code: 'ABCD-EFGHI', interval }), { path: usercodePath });
			await start();

			await askAfter(ms - 1);
			const before = fixture.count(pollPath);
			await askAfter(1);

			assert.deepEqual([before, fixture.count(pollPath)], [0, 1]);
		});
	}

	it('understands the other spelling of the code', async () => {
		fixture.upstream.script(loginReply({ usercode: 'ABCD-EFGHI', interval: 5 }), { path: usercodePath });

		const signIn = await start();

		assert.equal(signIn.userCode, 'ABCD-EFGHI');
	});

	it('asks less often when told to slow down', async () => {
		fixture.upstream.script({ kind: 'reply', status: 429, body: { error: 'slow_down' } }, { path: pollPath });
		const signIn = await start();

		await askAfter(5000);
		await askAfter(9999);
		assert.equal(fixture.count(pollPath), 1);
		approve(signIn);
		await fixture.clock.advance(1);
		await signIn.result;

		assert.equal(fixture.count(pollPath), 2);
	});

	it('rides out broken connections, pages, server errors and silence', async () => {
		const signIn = await start(fixture.issuer({ signInTimeoutMs: 500 }));
		const faults: Fault[] = [
			{ kind: 'refuse' },
			htmlReply(403),
			htmlReply(502, 'Bad gateway'),
			htmlReply(200, 'Welcome to this hotel'),
			{ kind: 'reply', status: 500, body: { error: { code: 'server_error' } } },
			{ kind: 'reply', status: 200, body: '{"authorization_code":' },
			silence,
		];
		for (const fault of faults) {
			fixture.upstream.script(fault, { path: pollPath });
			await askAfter(5000);
		}
		approve(signIn);
		await fixture.clock.advance(5000);
		await signIn.result;

		assert.equal(fixture.count(pollPath), faults.length + 1);
		assert.deepEqual(fixture.accepted, [fixture.account.tokens]);
	});

	const endings: Record<string, [Fault & { kind: 'reply' }, RegExp]> = {
		'the code has expired at the issuer': [
			{ kind: 'reply', status: 400, body: { error: { code: 'expired_token' } } },
			/code has expired/,
		],
		'the user declines': [{ kind: 'reply', status: 403, body: { error: 'access_denied' } }, /declined/],
		'the issuer refuses': [{ kind: 'reply', status: 401, body: { error: 'invalid_client' } }, /invalid_client/],
		'the approval makes no sense': [{ kind: 'reply', status: 200, body: { approved: true } }, /not understood/],
	};
	for (const [what, [fault, says]] of Object.entries(endings)) {
		it(`ends when ${what}`, async () => {
			fixture.upstream.script(fault, { path: pollPath });
			const signIn = await start();

			await fixture.clock.advance(5000);

			await assert.rejects(signIn.result, { code: 'sign_in_failed', message: says });
			assert.equal(fixture.clock.waiting, 0);
			assert.deepEqual(fixture.accepted, []);
		});
	}

	it('ends after 15 minutes without an approval', async () => {
		const signIn = await start();

		for (let asked = 0; asked < 179; asked++) await askAfter(5000);
		await fixture.clock.advance(5000);

		await assert.rejects(signIn.result, { code: 'sign_in_failed', message: /in time/ });
		assert.equal(fixture.clock.waiting, 0);
	});

	it('stops at once when it is cancelled, between two questions and in the middle of one', async () => {
		const between = await start();
		between.cancel();
		await assert.rejects(between.result, { code: 'sign_in_failed', message: /cancelled/ });
		assert.equal(fixture.clock.waiting, 0);

		fixture.upstream.script(silence, { path: pollPath });
		const within = await start();
		await fixture.clock.advance(5000);
		const { settled, answer } = await fixture.upstream.waitForRequest(request => request.path === pollPath);
		within.cancel();
		await assert.rejects(within.result, { code: 'sign_in_failed', message: /cancelled/ });
		await settled;

		assert.equal(answer.outcome, 'client_left');
		assert.equal(fixture.count(pollPath), 1);
	});

	it('takes no pasted address', async () => {
		const signIn = await start();

		const finishing = signIn.finish('http://127.0.0.1:1455/auth/callback?code=c&state=s');

		await assert.rejects(finishing, { code: 'invalid_request', message: /type its code/ });
	});

	const brokenStarts: Record<string, [Fault, RegExp]> = {
		'does not know it': [{ kind: 'reply', status: 404, body: '' }, /switched .* off.*browser.*past/],
		'answers with a page': [htmlReply(200), /HTTP 200/],
		fails: [{ kind: 'reply', status: 500, body: { error: { code: 'server_error' } } }, /server_error/],
		'forgets the code': [loginReply({ interval: 5 }), /HTTP 200/],
		'breaks the connection': [{ kind: 'refuse' }, /could not be reached.*ECONNRESET/],
		'never answers': [silence, /could not be reached.*REPLY_TIMEOUT/],
	};
	for (const [what, [fault, says]] of Object.entries(brokenStarts)) {
		it(`does not start when the issuer ${what}`, async () => {
			fixture.upstream.script(fault, { path: usercodePath });

			const starting = start(fixture.issuer({ signInTimeoutMs: 500 }));

			await assert.rejects(starting, { code: 'sign_in_failed', message: says });
			assert.equal(fixture.clock.waiting, 0);
		});
	}

	it('says which ways there are where the issuer has switched it off', async () => {
		const disabled = await SignInFixture.open({ deviceLogin: 'disabled' });
		try {
			const starting = disabled.issuer().startSignIn('device', disabled.accept);

			await assert.rejects(starting, { code: 'sign_in_failed', message: /switched .* off.*browser.*past/ });
		} finally {
			await disabled.close();
		}
	});

	it('ends when the issuer itself lets the code expire', async () => {
		let now = 0;
		const hasty = await SignInFixture.open({ clock: { now: () => now } });
		try {
			const signIn = await hasty.issuer().startSignIn('device', hasty.accept);
			now += 15 * 60_000;

			await hasty.clock.advance(5000);

			await assert.rejects(signIn.result, { code: 'sign_in_failed', message: /code has expired/ });
		} finally {
			await hasty.close();
		}
	});

	it('breaks off a start when the issuer is closed', async () => {
		fixture.upstream.script(silence, { path: usercodePath });
		const issuer = fixture.issuer();
		const starting = start(issuer);
		const rejected = assert.rejects(starting, { code: 'sign_in_failed', message: /cancelled/ });
		await fixture.upstream.waitForRequest(request => request.path === usercodePath);

		await issuer.close();

		await rejected;
	});

	it('fails with the exchange of the approved code', async () => {
		fixture.upstream.script({ kind: 'reply', status: 400, body: { error: 'invalid_grant' } }, { path: '/oauth/token' });
		const signIn = await start();
		approve(signIn);

		await fixture.clock.advance(5000);

		await assert.rejects(signIn.result, { code: 'sign_in_failed', message: /invalid_grant/ });
	});
});
