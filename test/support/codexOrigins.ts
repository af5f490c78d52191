import assert from 'node:assert/strict';

/** Where `chatgpt_base_url` has the origin of the provider's address, a signed-in Codex goes around the pool. */
export function assertTwoOrigins(config: string): void {
	const addresses = [...config.matchAll(/^\s*(\w*base_url)\s*=\s*"([^"]+)"/gm)].map(([, name, address = '']) => ({
		isChatGpt: name === 'chatgpt_base_url',
		origin: new URL(address).origin,
	}));
	const chatGpt = addresses.filter(({ isChatGpt }) => isChatGpt).map(({ origin }) => origin);
	const provider = addresses.filter(({ isChatGpt }) => !isChatGpt).map(({ origin }) => origin);
	assert.ok(provider.length > 0, 'It has no address of a provider');
	assert.deepEqual(
		provider.filter(origin => chatGpt.includes(origin)),
		[],
	);
}
