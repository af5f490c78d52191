import assert from 'node:assert/strict';
import type { AcceptTokens, TokenSet } from '../../src/core/issuerPort.js';
import { OpenSignIn } from '../../src/upstream/openSignIn.js';
import { FakeClock } from '../support/fakeClock.js';

const tokens: TokenSet = { accessToken: 'a', refreshToken: 'r', idToken: null };
const fetched = (): Promise<TokenSet> => Promise.resolve(tokens);

describe('OpenSignIn', () => {
	const open = (clock: FakeClock, accept: AcceptTokens): OpenSignIn => new OpenSignIn(clock, 1000, accept);

	it('cannot be stopped any more once the tokens are being accepted', async () => {
		const clock = new FakeClock();
		const accepting = Promise.withResolvers<string>();
		const begun = Promise.withResolvers<undefined>();
		const signIn = open(clock, () => {
			begun.resolve(undefined);
			return accepting.promise;
		});
		const ending = signIn.complete(fetched);
		await begun.promise;

		signIn.cancel();
		await clock.advance(2000);
		accepting.resolve('Done.');

		assert.deepEqual(await ending, { kind: 'signedIn', sentence: 'Done.' });
		assert.equal(signIn.signal.aborted, false);
		await signIn.result;
	});

	it('drops tokens that come after a cancel', async () => {
		const accepted: TokenSet[] = [];
		const late = Promise.withResolvers<TokenSet>();
		const signIn = open(new FakeClock(), given => {
			accepted.push(given);
			return Promise.resolve('Done.');
		});
		const ending = signIn.complete(() => late.promise);

		signIn.cancel();
		late.resolve(tokens);
		const { kind } = await ending;
		await late.promise;

		assert.equal(kind, 'failed');
		assert.deepEqual(accepted, []);
	});

	it('fetches no tokens after its end', async () => {
		const clock = new FakeClock();
		const signIn = open(clock, () => Promise.resolve('Done.'));
		await clock.advance(1000);

		const ending = await signIn.complete(() => assert.fail('fetched'));

		assert.ok(ending.kind === 'failed' && ending.error.code === 'sign_in_failed');
		assert.equal(clock.waiting, 0);
	});
});
