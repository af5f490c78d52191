import assert from 'node:assert/strict';
import { changedSettings, checkSettings, type SettingName } from '../../src/editor/settingValues.js';

const { values: defaults } = checkSettings(() => undefined);

describe('checkSettings', () => {
	it('uses the defaults where nothing is set', () => {
		const { values, problems } = checkSettings(() => undefined);

		assert.equal(values.port, 2456);
		assert.equal(values.upstreamUrl, 'https://chatgpt.com/backend-api');
		assert.equal(values.issuerUrl, 'https://auth.openai.com');
		assert.equal(values.acceptOwnLogins, false);
		assert.deepEqual(values.prices, {});
		assert.deepEqual(problems, []);
	});

	it('takes a port in range and addresses that are safe to send tokens to', () => {
		const set: Partial<Record<SettingName, unknown>> = {
			port: 1024,
			upstreamUrl: 'http://127.0.0.1:9/backend-api/',
			issuerUrl: 'http://[::1]:8',
			prices: { 'gpt-5.5': { input: 1, output: 2 } },
		};

		const { values, problems } = checkSettings(name => set[name]);

		assert.deepEqual(values, {
			...defaults,
			port: 1024,
			upstreamUrl: 'http://127.0.0.1:9/backend-api',
			issuerUrl: 'http://[::1]:8',
			prices: { 'gpt-5.5': { input: 1, output: 2 } },
		});
		assert.deepEqual(problems, []);
	});

	it('refuses a format of the status bar that there is not, and says which there are', () => {
		const { values, problems } = checkSettings(name => (name === 'statusBar.format' ? 'huge' : undefined));

		assert.equal(values['statusBar.format'], 'headroom');
		assert.match(problems.join(), /must be one of headroom, pool, reset, compact, icon, hidden/);
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

	it('names a price that is wrong and keeps the others', () => {
		const raw = { 'gpt-5.5': { input: 1, output: 2 }, 'gpt-6': { input: 'much', output: 2 } };

		const { values, problems } = checkSettings(name => (name === 'prices' ? raw : undefined));

		assert.deepEqual(values.prices, { 'gpt-5.5': { input: 1, output: 2 } });
		assert.match(problems.join(), /^codexPool\.prices: The price of "gpt-6" is ignored: input: /);
	});
});

describe('changedSettings', () => {
	it('names what differs', () => {
		assert.deepEqual(changedSettings(defaults, defaults), []);
		assert.deepEqual(changedSettings(defaults, { ...defaults, port: 3000 }), ['port']);
	});

	it('looks into prices', () => {
		const priced = { ...defaults, prices: { 'gpt-5.5': { input: 1, output: 2 } } };

		assert.deepEqual(changedSettings(priced, structuredClone(priced)), []);
		assert.deepEqual(changedSettings(defaults, priced), ['prices']);
	});
});
