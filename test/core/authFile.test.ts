import assert from 'node:assert/strict';
import { parseAuthFile } from '../../src/core/accounts/authFile.js';
import { exportAccount } from '../../src/core/accounts/exportAccount.js';
import { PoolError } from '../../src/shared/poolError.js';

const tokens = { id_token: 'id', access_token: 'access', refresh_token: 'refresh', account_id: 'workspace' };

describe('parseAuthFile', () => {
	const parse = (value: unknown) => parseAuthFile(JSON.stringify(value));

	it('reads the file that Codex writes', () => {
		const file = {
			auth_mode: 'chatgpt',
			OPENAI_API_KEY: null,
			tokens: { ...tokens, oauth_provenance: {} },
			last_refresh: 'x',
		};
		assert.deepEqual(parse(file), {
			tokens: { accessToken: 'access', refreshToken: 'refresh', idToken: 'id' },
			chatgptAccountId: 'workspace',
		});
	});

	it('reads camel case, and does without what it does not need', () => {
		assert.deepEqual(parse({ tokens: { accessToken: 'a', refreshToken: 'r' } }), {
			tokens: { accessToken: 'a', refreshToken: 'r', idToken: null },
			chatgptAccountId: undefined,
		});
		assert.equal(parse({ tokens: { ...tokens, account_id: null, id_token: null } }).chatgptAccountId, undefined);
	});

	it('reads tokens that stand alone, and a file with a mark of its encoding', () => {
		const expected = parse({ tokens });

		assert.deepEqual(parse(tokens), expected);
		assert.deepEqual(parseAuthFile(`\uFEFF${JSON.stringify({ tokens })}`), expected);
	});

	it('reads tokens with a line end that was copied along', () => {
		const file = { tokens: { ...tokens, access_token: 'access\n', account_id: ' workspace\r\n' } };

		assert.deepEqual(parse(file), parse({ tokens }));
	});

	it('reads the file of OpenCode, as the pool exports it', () => {
		const text = exportAccount('opencode', {
			tokens: { accessToken: 'access', refreshToken: 'refresh', idToken: 'id' },
			chatgptAccountId: 'workspace',
			savedAt: 0,
		});

		assert.deepEqual(parseAuthFile(text), {
			tokens: { accessToken: 'access', refreshToken: 'refresh', idToken: null },
			chatgptAccountId: 'workspace',
		});
	});

	const bad: readonly [string, string, RegExp][] = [
		['nothing', '', /not valid JSON/],
		['a file that was cut off', JSON.stringify({ tokens }).slice(0, -5), /not valid JSON/],
		['a list', '[]', /holds no account/],
		['a text', '"x"', /holds no account/],
		['null', 'null', /holds no account/],
		['an API key', '{"OPENAI_API_KEY":"sk-x","tokens":null}', /API key/],
		['an API key alone', '{"OPENAI_API_KEY":"sk-x"}', /API key/],
		['a signed-out file', '{"OPENAI_API_KEY":null,"tokens":null}', /signed out/],
		['an empty object', '{}', /signed out/],
		['an API key of OpenCode', '{"openai":{"type":"api","key":"sk-x"}}', /signed out/],
		['half a file of OpenCode', '{"openai":{"type":"oauth","access":"a"}}', /incomplete or damaged \(refresh_token\)/],
		[
			'tokens without a refresh token',
			JSON.stringify({ tokens: { access_token: 'a' } }),
			/incomplete or damaged \(refresh_token\)/,
		],
		[
			'empty tokens',
			JSON.stringify({ tokens: { ...tokens, access_token: '' } }),
			/incomplete or damaged \(access_token\)/,
		],
		[
			'a token with a header of its own in it',
			JSON.stringify({ tokens: { ...tokens, access_token: 'access\r\nx-evil: 1' } }),
			/damaged \(access_token\)/,
		],
		[
			'an account id that no header can carry',
			JSON.stringify({ tokens: { ...tokens, account_id: 'wörkspace' } }),
			/damaged \(account_id\)/,
		],
		[
			'a token that is larger than the headers that a server takes',
			JSON.stringify({ tokens: { ...tokens, access_token: 'a'.repeat(20_000) } }),
			/damaged \(access_token\)/,
		],
		['tokens that are a text', '{"tokens":"x"}', /incomplete/],
		['tokens that are a list', '{"tokens":[]}', /incomplete or damaged \(access_token, refresh_token\)/],
		[
			'an account id that is a number',
			JSON.stringify({ tokens: { ...tokens, account_id: 7 } }),
			/incomplete or damaged \(account_id\)/,
		],
	];
	for (const [what, text, sentence] of bad) {
		it(`refuses ${what} with a sentence that says what to do`, () => {
			assert.throws(
				() => parseAuthFile(text),
				(error: unknown) =>
					error instanceof PoolError &&
					error.code === 'invalid_account_file' &&
					sentence.test(error.message) &&
					error.message.endsWith('.'),
			);
		});
	}
});
