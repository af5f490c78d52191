import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codexConfig } from '../../src/configuration/codexConfig.js';
import { assertTwoOrigins } from '../support/codexOrigins.js';

const target = { port: 2456, key: 'cpk_secret' };

describe('the configurations that we give to Codex', () => {
	it('lead around the pool in no case that README shows', async () => {
		const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8');
		const configs = [...readme.matchAll(/^```toml\n([^]*?)^```$/gm)].map(([, config = '']) => config);

		assert.ok(configs.length > 0);
		configs.forEach(assertTwoOrigins);
	});

	for (const before of ['', 'model = "gpt-5.5"\n', 'chatgpt_base_url = "http://localhost:2456/backend-api/"\n']) {
		it(`lead around the pool in no file that is written for the user, given ${JSON.stringify(before)}`, () => {
			assertTwoOrigins(codexConfig.plan(before, target).text);
		});
	}

	it('show no login, so that even a file with one origin in both addresses leads to the pool', () => {
		const before = 'chatgpt_base_url = "http://127.0.0.1:2456/backend-api/"\n';

		const { text } = codexConfig.plan(before, target);

		// Without it Codex does not ask for its workspace, and changes no address.
		assert.doesNotMatch(text, /requires_openai_auth/);
	});
});
