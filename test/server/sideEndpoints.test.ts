import assert from 'node:assert/strict';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { objectAt } from '../support/upstream/json.js';
import { send } from '../support/upstream/turn.js';

/** Everything a Codex client may ask of `chatgpt_base_url` that is not for the pool (protocol §1). */
const ofTheAccount = [
	'GET wham/rate-limit-reset-credits',
	'POST wham/rate-limit-reset-credits/consume',
	'GET wham/profiles/me',
	'GET wham/workspace-messages',
	'GET wham/settings/user',
	'GET wham/config/bundle',
	'GET wham/security-setup',
	'GET wham/tasks/list?limit=20',
	'POST wham/tasks',
	'GET wham/environments',
	'POST wham/usage/thread_usage/query',
	'POST wham/usage/thread-estimates/query',
	'POST wham/usage',
	'GET wham/agent-identities/jwks',
	'POST wham/accounts/send_add_credits_nudge_email',
	'GET wham/statsig/bootstrap',
	'GET ps/plugins/installed?limit=200&includeDownloadUrls=true',
	'GET ps/plugins/suggested/codex?scope=GLOBAL',
	'POST ps/mcp',
	'GET connectors/directory/list',
	'GET plugins/featured',
	'GET plugins/export/curated',
	'POST codex/analytics-events/events',
	'GET accounts/check/v4-2023-04-27',
] as const;
/** Beside models and turns, what it may ask of the provider's address that is not offered. */
const ofTheProvider = [
	'POST realtime/calls',
	'GET realtime',
	'POST responses/cancel',
	'GET responses/resp_1',
	'DELETE responses/resp_1',
	'POST models',
	'POST images/variations',
	'POST alpha/other',
	'POST memories/other',
	'POST files',
] as const;

describe('what Codex asks beside models and turns', () => {
	let pool: PoolUnderTest;

	before(async () => {
		pool = await PoolUnderTest.start({ accounts: 1 });
	});
	after(() => closeWithoutViolations(pool));

	const login = () => ({ ...pool.upstream.accounts[0]!.credentials });
	const ask = async (endpoint: string, base: string, headers: Readonly<Record<string, string>>) => {
		const [method = '', path = ''] = endpoint.split(' ');
		const body = method === 'POST' ? { redeem_request_id: 'a' } : undefined;
		const { status, headers: replied, text } = await send(base + path, { method, headers, ...(body && { body }) });
		assert.match(replied['content-type'] ?? '', /^application\/json/);
		return [status, objectAt(JSON.parse(text), 'error')['code']];
	};

	for (const endpoint of ofTheAccount) {
		it(`answers ${endpoint} with a 404 of its own, wherever the address leads, with a login or a key`, async () => {
			const key = { authorization: `Bearer ${pool.key}` };
			for (const headers of [login(), key, {}]) {
				for (const folder of ['/backend-api/', ...(endpoint.includes('accounts/check') ? [] : ['/'])]) {
					const path = folder === '/' ? endpoint.replace(' wham/', ' api/codex/') : endpoint;

					assert.deepEqual(await ask(path, pool.owner.baseUrl + folder, headers), [404, 'not_found'], folder);
				}
			}
			assert.deepEqual(pool.upstream.requests, []);
		});
	}

	for (const endpoint of ofTheProvider) {
		it(`answers ${endpoint} with a 404 of its own, to those who have a key`, async () => {
			const base = `${pool.owner.codexBaseUrl}/`;

			assert.deepEqual(await ask(endpoint, base, { authorization: `Bearer ${pool.key}` }), [404, 'not_found']);
			assert.deepEqual(await ask(endpoint, base, {}), [401, 'pool_key_rejected']);
			assert.deepEqual(pool.upstream.requests, []);
		});
	}
});
