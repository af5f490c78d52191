import assert from 'node:assert/strict';
import { PoolError } from '../../src/shared/poolError.js';
import { SignIns } from '../../src/core/accounts/signIns.js';
import { RecordingLog } from '../support/recordingLog.js';
import { ScriptedIssuer } from '../support/scriptedIssuer.js';

const tokens = { accessToken: 'access', refreshToken: 'refresh', idToken: null };

describe('SignIns', () => {
	let issuer: ScriptedIssuer;
	let signIns: SignIns;
	let ids: number;

	beforeEach(() => {
		issuer = new ScriptedIssuer();
		ids = 0;
		signIns = new SignIns(issuer, () => `sign-in-${++ids}`, new RecordingLog());
	});

	it('tells how a sign-in ended, also to who asks late', async () => {
		const started = await signIns.start('device', () => Promise.resolve({ accountId: 'a', sentence: 'In.' }));
		assert.deepEqual([started.state, started.userCode, started.accountId], ['waiting', 'ABCD-EFGH', null]);

		await issuer.signIns[0]?.succeed(tokens);
		await issuer.signIns[0]?.result;

		const ended = signIns.read(started.id);
		assert.deepEqual([ended.state, ended.accountId, ended.error], ['succeeded', 'a', null]);
	});

	it('keeps the sentence of what went wrong, and adds nothing', async () => {
		const refusal = new PoolError('sign_in_failed', 'You signed in as somebody else.');
		const started = await signIns.start('browser', () => Promise.reject(refusal));

		await issuer.signIns[0]?.succeed(tokens);
		await assert.rejects(issuer.signIns[0]?.result ?? Promise.resolve(), refusal);

		const ended = signIns.read(started.id);
		assert.deepEqual([ended.state, ended.accountId, ended.error], ['failed', null, refusal.message]);
	});

	it('ends what still waits when the pool closes', async () => {
		const started = await signIns.start('paste', () => Promise.resolve({ accountId: 'a', sentence: 'In.' }));

		signIns.cancelAll();
		await assert.rejects(issuer.signIns[0]?.result ?? Promise.resolve());

		assert.equal(signIns.read(started.id).state, 'failed');
	});

	it('remembers the last twenty and forgets the oldest that are over', async () => {
		const first = await signIns.start('browser', () => Promise.resolve({ accountId: 'a', sentence: 'In.' }));
		await issuer.signIns[0]?.succeed(tokens);
		await issuer.signIns[0]?.result;

		for (let more = 0; more < 20; more++) await signIns.start('browser', () => Promise.reject(new Error('unused')));

		assert.throws(() => signIns.read(first.id), { code: 'not_found' });
		signIns.cancelAll();
	});
});
