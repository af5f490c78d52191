import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { PendingSignIn } from '../../src/core/issuerPort.js';
import type { PoolError } from '../../src/shared/poolError.js';
import { assertHidesTokens, SignInFixture } from './signInFixture.js';

describe('OpenAiIssuer sign-in by pasting', () => {
	let fixture: SignInFixture;

	beforeEach(async () => (fixture = await SignInFixture.open()));

	afterEach(() => fixture.close());

	const start = (): Promise<PendingSignIn> => fixture.issuer().startSignIn('paste', fixture.accept);

	it('needs no listener and ends with the address that the browser ended on', async () => {
		const startedAt = fixture.clock.now();
		const signIn = await start();
		const callback = await fixture.upstream.signIn(signIn.url, fixture.account);

		await signIn.finish(callback.href);
		await signIn.result;

		assert.equal(callback.origin + callback.pathname, 'http://127.0.0.1:1455/auth/callback');
		assert.equal(signIn.expiresAt, startedAt + 15 * 60_000);
		assert.equal(signIn.userCode, null);
		assert.deepEqual(fixture.accepted, [fixture.account.tokens]);
		assertHidesTokens(signIn.url + callback.href, fixture.account);
	});

	it('goes on waiting when another sign-in’s address, or no address, is pasted', async () => {
		const [signIn, other] = [await start(), await start()];
		const foreign = await fixture.upstream.signIn(other.url, fixture.account);
		const code = foreign.searchParams.get('code') ?? '';

		await assert.rejects(signIn.finish(foreign.href), (thrown: PoolError) => {
			assert.equal(thrown.code, 'invalid_request');
			assert.match(thrown.message, /ends another sign-in/);
			assert.ok(!thrown.message.includes(code));
			return true;
		});
		// The link itself, with its `state`, is what people paste by mistake.
		await assert.rejects(signIn.finish(signIn.url), { code: 'invalid_request', message: /copy all of it/ });
		assert.equal(fixture.count('/oauth/token'), 0);
		await signIn.finish((await fixture.upstream.signIn(signIn.url, fixture.account)).href);
		await signIn.result;

		assert.equal(fixture.accepted.length, 1);
	});

	it('exchanges a code once, however often it is pasted', async () => {
		const signIn = await start();
		const { href } = await fixture.upstream.signIn(signIn.url, fixture.account);

		await Promise.all([signIn.finish(href), signIn.finish(href)]);
		await signIn.finish(href);
		await signIn.result;

		assert.equal(fixture.count('/oauth/token'), 1);
		assert.deepEqual(fixture.accepted, [fixture.account.tokens]);
	});

	it('fails when the pasted address says that the user declined', async () => {
		const signIn = await start();

		await signIn.finish((await fixture.upstream.signIn(signIn.url, 'deny')).href);

		await assert.rejects(signIn.result, { code: 'sign_in_failed', message: /declined/ });
	});

	it('keeps the outcome of a failed exchange, and hides the code in it', async () => {
		fixture.upstream.script(
			{ kind: 'reply', status: 500, body: '<html>Internal Server Error' },
			{ path: '/oauth/token' },
		);
		const signIn = await start();
		const { href, searchParams } = await fixture.upstream.signIn(signIn.url, fixture.account);

		await signIn.finish(href);
		await signIn.finish(href);
		const failure: unknown = await signIn.result.catch((thrown: unknown) => thrown);

		assert.match(inspect(failure), /sign_in_failed[\s\S]*HTTP 500|HTTP 500[\s\S]*sign_in_failed/);
		assert.ok(!inspect(failure, { depth: 10 }).includes(searchParams.get('code') ?? ''));
		assert.equal(fixture.count('/oauth/token'), 1);
		assert.deepEqual(fixture.accepted, []);
	});

	it('is over after a cancel: a paste changes nothing any more', async () => {
		const signIn = await start();
		const { href } = await fixture.upstream.signIn(signIn.url, fixture.account);

		signIn.cancel();
		await signIn.finish(href);

		await assert.rejects(signIn.result, { code: 'sign_in_failed', message: /cancelled/ });
		assert.equal(fixture.count('/oauth/token'), 0);
	});

	it('ends with the issuer, also one that starts too late', async () => {
		const issuer = fixture.issuer();
		const open = await issuer.startSignIn('paste', fixture.accept);

		await issuer.close();
		const late = await issuer.startSignIn('paste', fixture.accept);

		await assert.rejects(open.result, { code: 'sign_in_failed', message: /cancelled/ });
		await assert.rejects(late.result, { code: 'sign_in_failed', message: /cancelled/ });
	});

	it('lets an account come to rest before the issuer closes, but not for ever', async () => {
		const begun = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()] as const;
		const accepting = Promise.withResolvers<string>();
		const startWith = async (which: 0 | 1, outcome: Promise<string>): Promise<[PendingSignIn, Promise<void>]> => {
			const issuer = fixture.issuer();
			const signIn = await issuer.startSignIn('paste', () => {
				begun[which].resolve(undefined);
				return outcome;
			});
			void signIn.finish((await fixture.upstream.signIn(signIn.url, fixture.account)).href);
			await begun[which].promise;
			return [signIn, issuer.close()];
		};

		const [slow, closingSlow] = await startWith(0, accepting.promise);
		accepting.resolve('Done.');
		await closingSlow;
		await slow.result;
		const [, closingHung] = await startWith(1, new Promise(() => undefined));
		await fixture.clock.advance(2000);
		await closingHung;

		assert.equal(fixture.clock.waiting, 0);
	});
});
