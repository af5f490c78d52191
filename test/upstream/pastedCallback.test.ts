import assert from 'node:assert/strict';
import { readPastedCallback } from '../../src/upstream/pastedCallback.js';

const callback = 'http://127.0.0.1:1455/auth/callback?code=ac_1&state=s1';

describe('readPastedCallback', () => {
	const understood = {
		'the whole address': callback,
		'an address under another name of this machine': 'http://localhost:1457/auth/callback?code=ac_1&state=s1',
		'an address without its scheme': '127.0.0.1:1455/auth/callback?code=ac_1&state=s1',
		'an address in quotes and spaces': `  "${callback}" \n`,
		'an address in angle brackets': `<${callback}>`,
		'an address that a terminal broke into lines': callback.replace('&', '\n  &'),
		'an address with a fragment': `${callback}#_=_`,
		'only the query': '?code=ac_1&state=s1',
		'only the query, without its mark': 'state=s1&code=ac_1',
	};
	for (const [what, pasted] of Object.entries(understood)) {
		it(`understands ${what}`, () => {
			const parameters = readPastedCallback(pasted, 's1');

			assert.deepEqual(Object.fromEntries(parameters), { code: 'ac_1', state: 's1' });
		});
	}

	it('understands a refusal', () => {
		const parameters = readPastedCallback('http://127.0.0.1:1455/auth/callback?error=access_denied&state=s1', 's1');

		assert.equal(parameters.get('error'), 'access_denied');
	});

	const refused = {
		nothing: '',
		'a code alone': 'ac_1',
		'an address without a code': 'http://127.0.0.1:1455/auth/callback?state=s1',
		'an address with an empty code': 'http://127.0.0.1:1455/auth/callback?code=&state=s1',
		'an address without a state': 'http://127.0.0.1:1455/auth/callback?code=ac_1',
		'another sign-in’s address': 'http://127.0.0.1:1455/auth/callback?code=ac_1&state=s2',
		'some other text': '\u0000%%%&&&=?=#',
	};
	for (const [what, pasted] of Object.entries(refused)) {
		it(`refuses ${what} without repeating it`, () => {
			assert.throws(() => readPastedCallback(pasted, 's1'), {
				code: 'invalid_request',
				message: /^This (is not the )?address (?!.*ac_1)/,
			});
		});
	}
});
