import assert from 'node:assert/strict';
import { codexConfig } from '../../src/configuration/codexConfig.js';
import { openCodeConfig } from '../../src/configuration/openCodeConfig.js';
import type { Check } from '../../src/setup/check.js';
import { checkClient, type ClientFacts, type PoolFacts } from '../../src/setup/checkClient.js';
import { keyView } from '../support/managementExamples.js';

const secret = 'cpk_abcdefgh';
const pool: PoolFacts = { port: 2456, keys: [keyView({ name: 'Default', prefix: 'cpk_abcd' })], env: {} };
const target = { port: 2456, key: secret };

function check(route: ClientFacts['route'], facts: Partial<ClientFacts & PoolFacts> = {}): Check {
	const client = { name: 'Codex', problem: null, obstacle: null, remedy: { action: 'configureCodex' } } as const;
	const found = checkClient({ ...client, route, ...facts }, { ...pool, ...facts });
	assert.ok(!JSON.stringify(found).includes(secret), 'no key is shown');
	return found;
}

function expect(found: Check, state: Check['state'], sentence: RegExp, isMended: boolean): void {
	assert.equal(found.state, state, found.sentence);
	assert.match(found.sentence, sentence);
	assert.equal(found.remedy?.action, isMended ? 'configureCodex' : undefined);
}

describe('checkClient, for Codex', () => {
	const configured = codexConfig.plan('', target).text;
	const read = (text: string): ClientFacts['route'] => codexConfig.readRoute(text);
	const provider = (lines: string): string =>
		`model_provider = "mine"\n[model_providers.mine]\nbase_url = "http://127.0.0.1:2456/v1"\n${lines}`;

	it('finds what we have written', () => {
		expect(check(read(configured)), 'ok', /^Codex uses the pool with the key "Default"\.$/, false);
	});

	it('tells of a file that is not there, that leads elsewhere, or that cannot be read', () => {
		expect(check(null), 'unknown', /has no configuration/, true);
		expect(check(read('model = "gpt-5.5"\n')), 'warning', /does not lead to the pool/, true);
		expect(check(null, { problem: 'It is not TOML.' }), 'problem', /^It is not TOML\.$/, false);
	});

	it('tells of another port, but only of a pool', () => {
		const elsewhere = configured.replaceAll('2456', '9999');

		expect(check(read(elsewhere)), 'problem', /configured for port 9999, and the pool is on port 2456/, true);
		expect(check(read(elsewhere.replace(secret, 'other'))), 'warning', /does not lead to the pool/, true);
	});

	it('tells of a profile that chooses another provider', () => {
		const text = `profile = "work"\n${configured}\n[profiles.work]\nmodel_provider = "ollama"\n`;

		expect(check(read(text)), 'problem', /^The profile "work" chooses its own provider/, false);
	});

	it('tells of a choice that stands below a table', () => {
		const [choice = '', ...rest] = configured.split('\n');
		const text = `[tui]\nx = 1\n${choice}\n${rest.join('\n')}`;

		expect(check(read(text)), 'problem', /^`model_provider` stands below \[tui\]/, true);
	});

	it('tells of the way around the pool, which only a login takes', () => {
		const head = 'chatgpt_base_url = "http://127.0.0.1:2456/backend-api/"\n';
		const header = `http_headers = { "x-codex-pool-key" = "${secret}" }\n`;
		const withLogin = provider(`requires_openai_auth = true\n${header}`);

		expect(check(read(head + withLogin)), 'problem', /^`chatgpt_base_url` and the base URL have the same host/, false);
		expect(check(read(head.replace('127.0.0.1', 'localhost') + withLogin)), 'ok', /uses the pool/, false);
		expect(check(read(head + configured)), 'ok', /uses the pool/, false);
		const builtIn = 'openai_base_url = "http://127.0.0.1:2456/backend-api/codex"\n';
		expect(check(read(head + builtIn)), 'problem', /same host/, false);
	});

	it('tells of a key that the pool does not know', () => {
		const strange = codexConfig.plan('', { port: 2456, key: 'cpk_zzzzzzzz' }).text;

		expect(check(read(strange)), 'problem', /sends a key that the pool does not know/, true);
		expect(check(read(strange), { keys: [keyView({ prefix: null })] }), 'unknown', /could not be found out/, false);
		expect(check(read(configured), { keys: null }), 'unknown', /could not be found out/, false);
	});

	it('looks for a key where the client does', () => {
		const text = provider('env_key = "POOL_KEY"\n');

		expect(check(read(text)), 'warning', /takes its key from the variable POOL_KEY, which is not set here/, false);
		expect(check(read(text), { env: { POOL_KEY: secret } }), 'ok', /uses the pool/, false);
		expect(check(read(text), { env: { POOL_KEY: 'cpk_zzzzzzzz' } }), 'problem', /does not know/, false);
		expect(check(read(provider(''))), 'unknown', /without a pool key/, false);
	});
});

describe('checkClient, for OpenCode', () => {
	const configured = openCodeConfig.plan('', target).text;
	const read = (text: string): ClientFacts['route'] => openCodeConfig.readRoute(text);

	it('finds what we have written, and what came since', () => {
		expect(check(read(configured)), 'ok', /uses the pool/, false);
		expect(check(read('{}')), 'warning', /does not lead to the pool/, true);
		expect(check(read(configured), { obstacle: 'It is signed in itself.' }), 'problem', /signed in itself/, false);
		expect(check(read('{ "disabled_providers": ["openai"] }')), 'warning', /does not lead to the pool/, true);
		const off = configured.replace('{', '{ "disabled_providers": ["openai"],');
		expect(check(read(off)), 'problem', /openai provider is switched off/, false);
	});

	it('looks for a key in the environment', () => {
		const text = configured.replace(secret, '{env:POOL_KEY}');

		expect(check(read(text), { env: { POOL_KEY: secret } }), 'ok', /uses the pool/, false);
	});

	it('does not judge a key that lies elsewhere', () => {
		for (const key of ['{file:~/.pool-key}', undefined]) {
			const provider = { openai: { options: { baseURL: 'http://127.0.0.1:2456/v1', apiKey: key } } };
			expect(check(read(JSON.stringify({ provider }))), 'unknown', /could not be found out/, false);
		}
	});
});
