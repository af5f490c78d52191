import assert from 'node:assert/strict';
import { awaitSignIn } from '../../src/editor/awaitSignIn.js';
import { signInWays } from '../../src/editor/signInWays.js';
import type { SignIn } from '../../src/shared/signInApi.js';

const waiting: SignIn = {
	id: 's',
	method: 'browser',
	url: 'https://example.com',
	userCode: null,
	expiresAt: 0,
	state: 'waiting',
	accountId: null,
	error: null,
};

describe('signInWays', () => {
	const methods = (...given: Parameters<typeof signInWays>) => signInWays(...given).map(({ method }) => method);

	it('begins with the browser where the pool runs beside it', () => {
		assert.deepEqual(methods(false), ['browser', 'device', 'paste']);
	});

	it('begins with what works without a way back where the pool runs elsewhere', () => {
		assert.deepEqual(methods(true), ['device', 'paste', 'browser']);
	});

	it('offers what was tried last', () => {
		assert.deepEqual(methods(false, 'browser'), ['device', 'paste', 'browser']);
	});
});

describe('awaitSignIn', () => {
	it('gives the account as soon as the sign-in has succeeded', async () => {
		const pool = new ScriptedSignIns({ ...waiting, state: 'succeeded', accountId: 'ada' });

		assert.equal(await awaitSignIn(pool, 's', new AbortController().signal), 'ada');
		assert.deepEqual(pool.cancelled, []);
	});

	it('fails with the sentence for the user', async () => {
		const pool = new ScriptedSignIns({ ...waiting, state: 'failed', error: 'You signed in as somebody else.' });

		await assert.rejects(awaitSignIn(pool, 's', new AbortController().signal), {
			code: 'sign_in_failed',
			message: 'You signed in as somebody else.',
		});
	});

	it('ends the sign-in of a user who has given up, at once', async () => {
		const pool = new ScriptedSignIns(waiting);
		const givenUp = new AbortController();

		const signedIn = awaitSignIn(pool, 's', givenUp.signal);
		givenUp.abort();

		assert.equal(await signedIn, undefined);
		assert.deepEqual(pool.cancelled, ['s']);
	});
});

class ScriptedSignIns {
	readonly cancelled: string[] = [];

	constructor(private readonly outcome: SignIn) {}

	readSignIn(): Promise<SignIn> {
		return Promise.resolve(this.outcome);
	}

	cancelSignIn(id: string): Promise<void> {
		this.cancelled.push(id);
		return Promise.resolve();
	}
}
