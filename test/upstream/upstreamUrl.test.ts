import assert from 'node:assert/strict';
import { isLoopbackHost } from '../../src/shared/loopbackHost.js';
import { parseIssuerUrl, parseUpstreamUrl } from '../../src/upstream/upstreamUrl.js';

describe('upstream addresses', () => {
	it('may be https anywhere and http on this machine, without a slash at the end', () => {
		const texts = [
			'https://chatgpt.com/backend-api',
			' https://chatgpt.com/backend-api// ',
			'http://127.0.0.1:8080',
			'http://localhost:8080/x/',
			'http://[::1]:8080/x',
		];

		const read = texts.map(text => parseUpstreamUrl(text).href);

		assert.deepEqual(read, [
			'https://chatgpt.com/backend-api',
			'https://chatgpt.com/backend-api',
			'http://127.0.0.1:8080/',
			'http://localhost:8080/x',
			'http://[::1]:8080/x',
		]);
	});

	it('are refused with a sentence that names the setting and flag but not the text', () => {
		const texts = [
			'',
			'chatgpt.com',
			'http://chatgpt.com',
			'http://127.0.0.1.evil.example',
			'http://[::2]',
			'ftp://127.0.0.1',
			'https://user:secret@chatgpt.com',
			'https://chatgpt.com/?key=secret',
			'https://chatgpt.com/?',
			'https://chatgpt.com/#secret',
		];

		for (const text of texts) {
			assert.throws(() => parseUpstreamUrl(text), {
				code: 'invalid_request',
				message: /^codexPool\.upstreamUrl \(--upstream\) (?!.*secret)/,
			});
		}
		assert.throws(() => parseIssuerUrl('nonsense'), { message: /^codexPool\.issuerUrl \(--issuer\) / });
	});

	it('know the loopback names of a parsed address', () => {
		const urls = [
			'http://127.1',
			'http://LOCALHOST',
			'http://[0:0:0:0:0:0:0:1]',
			'http://128.0.0.1',
			'http://127.0.0.1.x',
		];

		const found = urls.map(url => isLoopbackHost(new URL(url).hostname));

		assert.deepEqual(found, [true, true, true, false, false]);
	});
});
