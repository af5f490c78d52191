import assert from 'node:assert/strict';
import { changedSettings, checkSettings } from '../../src/editor/settingValues.js';

const defaults = {
	port: 2456,
	upstreamUrl: 'https://chatgpt.com/backend-api',
	issuerUrl: 'https://auth.openai.com',
};

describe('checkSettings', () => {
	it('uses the defaults where nothing is set', () => {
		assert.deepEqual(
			checkSettings(() => undefined),
			{ values: defaults, problems: [] },
		);
	});

	it('takes a port in range and addresses that are safe to send tokens to', () => {
		const set = { port: 1024, upstreamUrl: 'http://127.0.0.1:9/backend-api/', issuerUrl: 'http://[::1]:8' };

		const { values, problems } = checkSettings(name => set[name]);

		assert.deepEqual(values, {
			port: 1024,
			upstreamUrl: 'http://127.0.0.1:9/backend-api',
			issuerUrl: 'http://[::1]:8',
		});
		assert.deepEqual(problems, []);
	});

	for (const port of [80, 65_536, 2456.5, '2456', null]) {
		it(`refuses ${JSON.stringify(port)} as a port, and says so`, () => {
			const { values, problems } = checkSettings(name => (name === 'port' ? port : undefined));

			assert.equal(values.port, 2456);
			assert.match(problems.join(), /codexPool\.port must be a port from 1024 to 65535/);
		});
	}

	for (const url of [
		'http://chatgpt.com/backend-api',
		'http://127.0.0.1.example.com',
		'https://user:secret@chatgpt.com',
		'file:///etc/passwd',
		'nonsense',
	]) {
		it(`refuses to send tokens to ${url}`, () => {
			const { values, problems } = checkSettings(name => (name === 'upstreamUrl' ? url : undefined));

			assert.equal(values.upstreamUrl, defaults.upstreamUrl);
			assert.equal(problems.length, 1);
		});
	}
});

describe('changedSettings', () => {
	it('names what differs', () => {
		assert.deepEqual(changedSettings(defaults, defaults), []);
		assert.deepEqual(changedSettings(defaults, { ...defaults, port: 3000 }), ['port']);
	});
});
