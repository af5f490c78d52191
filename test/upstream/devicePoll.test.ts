import assert from 'node:assert/strict';
import { devicePollOf, type DevicePoll } from '../../src/upstream/devicePoll.js';

describe('devicePollOf', () => {
	const replied = (status: number, body: unknown): DevicePoll =>
		devicePollOf({
			kind: 'replied',
			status,
			headers: {},
			text: typeof body === 'string' ? body : JSON.stringify(body),
		});

	it('finds the code and its verifier in an approval', () => {
		const poll = replied(200, { authorization_code: 'ac_1', code_challenge: 'c', code_verifier: 'v' });

		assert.deepEqual(poll, { kind: 'approved', code: 'ac_1', codeVerifier: 'v' });
	});

	const asks: Record<string, [DevicePoll['kind'], number, unknown]> = {
		'again while the code is not typed in': ['pending', 403, { error: { code: 'authorization_pending' } }],
		'again while the login is unknown': ['pending', 404, { error: { code: 'not_found' } }],
		'again after a standard "not yet"': ['pending', 400, { error: 'authorization_pending' }],
		'again after a challenge page': ['pending', 403, '<html>Just a moment…</html>'],
		'again after a gateway’s page': ['pending', 502, '<html>Bad gateway</html>'],
		'again after a gateway’s good page': ['pending', 200, '<html>Welcome to this hotel</html>'],
		'again after a refusal by a gateway': ['pending', 400, '<html>Bad request</html>'],
		'again after a server error': ['pending', 500, { error: { code: 'server_error' } }],
		'again after half an answer': ['pending', 200, '{"authorization_code":"ac'],
		'more slowly when told so': ['slowDown', 400, { error: 'slow_down' }],
		'more slowly when told so beside "not yet"': ['slowDown', 403, { error: { code: 'slow_down' } }],
		'more slowly after 429': ['slowDown', 429, ''],
		'more slowly after 503': ['slowDown', 503, '<html>'],
		'no more after the code has expired': ['over', 400, { error: { code: 'expired_token' } }],
		'no more after the user declined': ['over', 403, { error: 'access_denied' }],
		'no more after another refusal': ['over', 401, { error: 'invalid_client' }],
		'no more after a nameless refusal': ['over', 400, {}],
		'no more after an approval without a code': ['over', 200, { code_verifier: 'v' }],
		'no more after an approval that is none': ['over', 200, 'null'],
	};
	for (const [what, [kind, status, body]] of Object.entries(asks)) {
		it(`asks ${what}`, () => {
			const poll = replied(status, body);

			assert.equal(poll.kind, kind);
		});
	}

	it('asks again when the connection broke', () => {
		const poll = devicePollOf({ kind: 'failed', fault: { kind: 'offline', code: 'ENOTFOUND' }, sent: false });

		assert.deepEqual(poll, { kind: 'pending' });
	});
});
