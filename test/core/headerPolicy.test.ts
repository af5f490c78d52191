import assert from 'node:assert/strict';
import {
	inboundHeaders,
	isCodexClient,
	outboundHeaders,
	type OutboundOptions,
} from '../../src/core/request/headerPolicy.js';
import type { HeaderMap } from '../../src/core/ports.js';

const access = { accountId: 'a', chatgptAccountId: 'workspace-a', accessToken: 'token-a' };

function outbound(headers: HeaderMap, options: Partial<OutboundOptions> = {}): Record<string, string> {
	const flat = outboundHeaders(headers, {
		access,
		isCodex: true,
		passTurnState: true,
		decoded: false,
		accept: 'text/event-stream',
		userAgent: 'codex-account-pool/1.0.0',
		...options,
	});
	const names = flat.filter((_, index) => index % 2 === 0);
	assert.equal(new Set(names).size, names.length, 'a header is sent twice');
	return Object.fromEntries(names.map((name, index) => [name, flat[index * 2 + 1] ?? '']));
}

/** As Codex 0.169 sends them. */
const codex: HeaderMap = {
	authorization: 'Bearer cpk_client',
	host: '127.0.0.1:2456',
	'content-length': '99',
	connection: 'keep-alive',
	accept: 'text/event-stream',
	'content-type': 'application/json',
	'content-encoding': 'zstd',
	originator: 'codex_exec',
	'user-agent': 'codex_exec/0.169.0 (Debian 12.0.0; x86_64)',
	version: '0.169.0',
	'session-id': 's',
	'thread-id': 't',
	'x-client-request-id': 's',
	'x-codex-window-id': 't:0',
	'x-codex-turn-metadata': '{}',
	'x-codex-turn-state': 'ts',
	'x-codex-beta-features': 'remote_compaction_v2',
	'x-openai-internal-codex-residency': 'us',
	'x-openai-internal-codex-responses-lite': 'true',
	'x-openai-subagent': 'review',
};

describe('outboundHeaders', () => {
	it("puts the account's bearer and workspace in place of the client's credential", () => {
		const out = outbound({ ...codex, 'chatgpt-account-id': 'workspace-of-the-client' });
		assert.deepEqual([out['authorization'], out['chatgpt-account-id']], ['Bearer token-a', 'workspace-a']);
	});

	it("passes a Codex client's own headers unchanged", () => {
		const own = Object.entries(codex).filter(
			([name]) => !['authorization', 'host', 'content-length', 'connection'].includes(name),
		);
		const out = outbound(codex);
		for (const [name, value] of own) assert.equal(out[name], value, name);
		assert.equal(Object.keys(out).length, own.length + 2);
	});

	it('leaves behind credentials, cookies, hop-by-hop headers and what only the provider may say', () => {
		const names = [
			'authorization',
			'cookie',
			'host',
			'connection',
			'keep-alive',
			'transfer-encoding',
			'te',
			'upgrade',
			'proxy-authorization',
			'content-length',
			'x-forwarded-for',
			'forwarded',
			'cf-connecting-ip',
			'x-openai-account-routing-override',
			'x-openai-fedramp',
			'origin',
			'referer',
			'x-api-key',
			'x-codex-pool-key',
		];
		const out = outbound(Object.fromEntries(names.map(name => [name, 'mark'])));
		assert.deepEqual(
			Object.entries(out).filter(([, value]) => value === 'mark'),
			[],
		);
	});

	it('keeps a turn state from an account that did not issue it', () => {
		assert.equal(outbound(codex, { passTurnState: false })['x-codex-turn-state'], undefined);
	});

	it('drops the encoding of a body that goes out decoded', () => {
		assert.equal(outbound(codex, { decoded: true })['content-encoding'], undefined);
	});

	it('says honestly who we are for a client that is not Codex', () => {
		const sdk = {
			'user-agent': 'OpenAI/JS 6.49.0',
			'x-stainless-os': 'Linux',
			accept: 'application/json',
			originator: 'mine',
			version: '9',
		};
		assert.deepEqual(outbound(sdk, { isCodex: false }), {
			authorization: 'Bearer token-a',
			'chatgpt-account-id': 'workspace-a',
			accept: 'text/event-stream',
			'content-type': 'application/json',
			'user-agent': 'codex-account-pool/1.0.0',
			originator: 'codex_account_pool',
		});
	});
});

describe('inboundHeaders', () => {
	it('passes what clients read and nothing of the connection or its cookies', () => {
		const passed = {
			'content-type': 'text/event-stream',
			'openai-model': 'm',
			'x-models-etag': 'e',
			'x-reasoning-included': 'true',
			'x-codex-turn-state': 'ts',
			'x-codex-safety-buffering-enabled': 'true',
			'x-codex-brand-new': '1',
			'retry-after': '3',
			'x-request-id': 'r',
			'cf-ray': 'x',
		};
		const held = {
			'set-cookie': 'x',
			connection: 'close',
			'transfer-encoding': 'chunked',
			'content-length': '5',
			'content-encoding': 'gzip',
			server: 'x',
			'alt-svc': 'h3',
			'access-control-allow-origin': '*',
			'x-codex-pool-account': 'forged',
		};
		assert.deepEqual(inboundHeaders({ ...passed, ...held }, {}), passed);
	});

	it('puts what clients are told of the quota in the place of what one account was told', () => {
		const ofTheAccount = [
			'x-codex-primary-used-percent',
			'x-codex-secondary-reset-after-seconds',
			'x-codex-primary-over-secondary-limit-percent',
			'x-codex-bengalfox-primary-used-percent',
			'x-codex-bengalfox-secondary-window-minutes',
			'x-codex-bengalfox-limit-name',
			'x-codex-active-limit',
			'x-codex-plan-type',
			'x-codex-credits-has-credits',
			'x-codex-credits-unlimited',
			'x-codex-credits-balance',
			'x-codex-promo-message',
			'x-codex-rate-limit-reached-type',
		];
		const upstream = Object.fromEntries(ofTheAccount.map(name => [name, '1']));
		const quota = { 'x-codex-primary-used-percent': '40', 'x-codex-plan-type': 'pro' };
		assert.deepEqual(inboundHeaders({ ...upstream, 'x-request-id': 'r' }, quota), { 'x-request-id': 'r', ...quota });
	});
});

describe('isCodexClient', () => {
	it('knows Codex by its originator or user agent', () => {
		assert.ok(isCodexClient({ originator: 'codex_vscode' }));
		assert.ok(isCodexClient({ originator: 'Codex Desktop' }));
		assert.ok(isCodexClient({ 'user-agent': 'codex-tui/0.169.0' }));
		assert.ok(!isCodexClient({ 'user-agent': 'opencode/1.18.33', originator: 'opencode' }));
		assert.ok(!isCodexClient({}));
	});
});
