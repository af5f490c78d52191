import assert from 'node:assert/strict';
import { SettableClock } from './settableClock.js';
import type { SimulatedAccount } from './upstream/accounts.js';
import { listAt, objectAt, textAt, type JsonObject } from './upstream/json.js';
import { startUpstream, type Upstream } from './upstream/startUpstream.js';
import { readEvents, send, sendTurn, turnBody, type WholeAnswer } from './upstream/turn.js';

describe('the simulated backend: usage, models and workspaces', () => {
	let clock: SettableClock;
	let upstream: Upstream;

	beforeEach(async () => {
		clock = new SettableClock();
		upstream = await startUpstream({ clock });
	});

	afterEach(() => upstream.close());

	const read = async (account: SimulatedAccount, path: string): Promise<unknown> => {
		const answer = await send(`${upstream.backendUrl}${path}`, { headers: account.credentials });
		assert.equal(answer.status, 200);
		return JSON.parse(answer.text);
	};
	const turn = (account: SimulatedAccount, model = 'gpt-5.5'): Promise<WholeAnswer> =>
		sendTurn(upstream.backendUrl, account, turnBody('hi', { model }));

	it('says the same in headers, event and usage report', async () => {
		const account = upstream.addAccount({
			usage: { windows: [{ minutes: 300, usedPercent: 37 }, { minutes: 10_080 }] },
		});

		const answer = await turn(account);

		const event = readEvents(answer.text).find(each => each['type'] === 'codex.rate_limits');
		const inEvent = objectAt(objectAt(event, 'rate_limits'), 'primary');
		const inReport = objectAt(objectAt(await read(account, '/wham/usage'), 'rate_limit'), 'primary_window');
		assert.equal(answer.headers['x-codex-primary-used-percent'], '37');
		assert.equal(answer.headers['x-codex-primary-window-minutes'], '300');
		assert.equal(inEvent['used_percent'], 37);
		assert.equal(inReport['used_percent'], 37);
		assert.equal(inReport['limit_window_seconds'], 18_000);
		assert.equal(answer.headers['x-codex-primary-reset-at'], String(inReport['reset_at']));
		assert.equal(inEvent['reset_at'], inReport['reset_at']);
	});

	it('moves with the tokens that are used', async () => {
		const account = upstream.addAccount({ usage: { windows: [{ minutes: 300, capacityTokens: 1000 }] } });

		const first = await turn(account);
		const second = await turn(account);

		const used = [first, second].map(answer => Number(answer.headers['x-codex-primary-used-percent']));
		assert.ok((used[0] ?? 0) > 0 && (used[1] ?? 0) > (used[0] ?? 0), String(used));
	});

	it('refuses a spent account until its window resets', async () => {
		const account = upstream.addAccount();
		account.spend('5h', 100);

		const refused = await turn(account);
		clock.time += 300 * 60_000;
		const accepted = await turn(account);

		const error = objectAt(JSON.parse(refused.text), 'error');
		assert.equal(refused.status, 429);
		assert.equal(error['type'], 'usage_limit_reached');
		assert.equal(error['resets_in_seconds'], 18_000);
		assert.equal(error['plan_type'], 'plus');
		assert.equal(refused.headers['x-codex-primary-used-percent'], '100');
		assert.equal(refused.headers['retry-after'], undefined);
		assert.equal(accepted.status, 200);
		assert.equal(accepted.headers['x-codex-primary-used-percent'], '0');
	});

	it('gives the later reset when both windows are spent', async () => {
		const account = upstream.addAccount();
		account.spend('5h', 100);
		account.spend('weekly', 100);

		const refused = await turn(account);

		assert.equal(objectAt(JSON.parse(refused.text), 'error')['limit_window_minutes'], 10_080);
	});

	it('reports a weekly window alone as the live provider does', async () => {
		const account = upstream.addAccount({ usage: { windows: [{ minutes: 10_080, usedPercent: 22 }] } });

		const { headers } = await turn(account);

		assert.equal(headers['x-codex-primary-window-minutes'], '10080');
		assert.equal(headers['x-codex-secondary-window-minutes'], '0');
		assert.equal(headers['x-codex-secondary-reset-at'], '');
		assert.equal(headers['x-codex-credits-unlimited'], 'False');
		const limit = objectAt(await read(account, '/wham/usage'), 'rate_limit');
		assert.equal(limit['secondary_window'], null);
	});

	it('lets an account with credits go on', async () => {
		const account = upstream.addAccount({
			usage: { credits: { hasCredits: true, unlimited: false, balance: '12.5' } },
		});
		account.spend('5h', 100);

		const answer = await turn(account);

		assert.equal(answer.status, 200);
		assert.equal(answer.headers['x-codex-credits-balance'], '12.5');
	});

	it('names the workspace when its owner set a cap', async () => {
		const account = upstream.addAccount();
		account.usage.spendControl = { limit: '10', used: '10', reached: true };

		const answer = await turn(account);

		assert.equal(answer.status, 429);
		assert.equal(answer.headers['x-codex-rate-limit-reached-type'], 'workspace_member_usage_limit_reached');
	});

	it('counts some models on a limit of their own', async () => {
		const spark = {
			name: 'GPT-5.3-Codex-Spark',
			feature: 'codex_bengalfox',
			models: ['gpt-5.3-codex-spark'],
			windows: [{ minutes: 300, usedPercent: 100 }],
		};
		const account = upstream.addAccount({ plan: 'pro', usage: { additionalLimits: [spark] } });

		const refused = await turn(account, 'gpt-5.3-codex-spark');
		const accepted = await turn(account);

		assert.equal(refused.status, 429);
		assert.equal(refused.headers['x-codex-active-limit'], 'codex_bengalfox');
		assert.equal(refused.headers['x-codex-bengalfox-primary-used-percent'], '100');
		assert.equal(accepted.status, 200);
		const [listed] = listAt(await read(account, '/wham/usage'), 'additional_rate_limits');
		assert.equal(textAt(listed, 'metered_feature'), 'codex_bengalfox');
		assert.equal(objectAt(listed, 'rate_limit')['limit_reached'], true);
	});

	describe('models', () => {
		const slugs = async (account: SimulatedAccount, version: string) =>
			listAt(await read(account, `/codex/models?client_version=${version}`), 'models').map(model =>
				textAt(model, 'slug'),
			);

		it('lists what the plan has and the client is new enough for', async () => {
			const pro = upstream.addAccount({ plan: 'pro' });
			const free = upstream.addAccount({ plan: 'free' });

			assert.ok((await slugs(pro, '0.169.0')).includes('gpt-5.3-codex-spark'));
			assert.ok(!(await slugs(free, '0.169.0')).includes('gpt-6-sol'));
			assert.ok(!(await slugs(pro, '0.150.0')).includes('gpt-6-sol'));
			assert.deepEqual(await slugs(pro, 'dev'), []);
		});

		it('changes the ETag with the catalogue', async () => {
			const account = upstream.addAccount();
			const etag = async () => (await turn(account)).headers['x-models-etag'];

			const before = await etag();
			upstream.catalogue.replace([{ slug: 'gpt-5.5', priority: 1, minimalClientVersion: '0.1.0' }]);

			assert.notEqual(await etag(), before);
		});
	});

	describe('workspaces', () => {
		it('lists every workspace of the user, in either form', async () => {
			const account = upstream.addAccount({ userId: 'user-1' });
			const other = upstream.addAccount({ userId: 'user-1', plan: 'team' });
			upstream.addAccount();

			const list = await read(account, '/wham/accounts/check');
			account.routing.form = 'map';
			const map = await read(account, '/wham/accounts/check');

			const ids = [account.chatgptAccountId, other.chatgptAccountId];
			assert.deepEqual(
				listAt(list, 'accounts').map(entry => textAt(entry, 'id')),
				ids,
			);
			assert.deepEqual(Object.keys(objectAt(map, 'accounts')), ids);
		});

		it('can lose, double or reroute a workspace', async () => {
			const account = upstream.addAccount();
			const count = async () => listAt(await read(account, '/wham/accounts/check'), 'accounts').length;

			account.routing.workspace = 'missing';
			assert.equal(await count(), 0);
			account.routing.workspace = 'duplicate';
			account.routing.override = 'us';
			assert.equal(await count(), 2);
			const [entry] = listAt(await read(account, '/wham/accounts/check'), 'accounts');
			assert.equal(textAt(entry, 'account_routing_override'), 'us');
		});

		it('knows no other side endpoints', async () => {
			const { credentials: headers } = upstream.addAccount();

			assert.equal((await send(`${upstream.backendUrl}/wham/settings/user`, { headers })).status, 404);
		});
	});

	describe('banked resets', () => {
		const redeem = async (account: SimulatedAccount, body: JsonObject) => {
			const url = `${upstream.backendUrl}/wham/rate-limit-reset-credits/consume`;
			const answer = await send(url, { headers: account.credentials, body });
			return { status: answer.status, body: JSON.parse(answer.text) as unknown };
		};
		const id = '11111111-1111-4111-8111-111111111111';
		const codeOf = async (account: SimulatedAccount, redeemRequestId = id) =>
			textAt((await redeem(account, { redeem_request_id: redeemRequestId })).body, 'code');

		it('are counted beside usage, and listed with the one that expires first in front', async () => {
			const account = upstream.addAccount({
				usage: { resetCredits: [{ title: 'Later' }, { title: 'Soon', expiresInMs: 1000 }] },
			});

			const usage = objectAt(await read(account, '/wham/usage'), 'rate_limit_reset_credits');
			const listed = listAt(await read(account, '/wham/rate-limit-reset-credits'), 'credits');

			assert.deepEqual(usage, { available_count: 2, applicable_available_count: 0 });
			assert.deepEqual(
				listed.map(each => textAt(each, 'title')),
				['Soon', 'Later'],
			);
		});

		it('empty the windows once for each id', async () => {
			const account = upstream.addAccount({ usage: { resetCredits: [{}] } });
			account.usage.resetCredits.confirm();
			assert.equal(await codeOf(account), 'nothing_to_reset');
			account.spend('5h', 100);
			account.usage.resetCredits.confirm();

			assert.deepEqual((await redeem(account, { redeem_request_id: id })).body, { code: 'reset', windows_reset: 1 });
			assert.equal(await codeOf(account), 'already_redeemed');
			account.usage.resetCredits.confirm();
			assert.equal(await codeOf(account, id.replaceAll('1', '2')), 'no_credit');

			assert.equal(account.usage.window('5h').usedPercent, 0);
			assert.deepEqual(upstream.violations, []);
		});

		it('are noted when nobody wished to redeem one, and refused without a proper id', async () => {
			const account = upstream.addAccount({ usage: { resetCredits: [{}] } });

			for (const body of [{}, { redeem_request_id: 'x' }, { redeem_request_id: id, credit_id: 'crd_1' }])
				assert.equal((await redeem(account, body)).status, 400);
			await codeOf(account);

			assert.deepEqual(
				upstream.violations.map(({ code }) => code),
				['reset_credit_consumed'],
			);
		});
	});
});
