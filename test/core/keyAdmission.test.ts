import assert from 'node:assert/strict';
import { zstdCompressSync } from 'node:zlib';
import { forwardRequest } from '../../src/core/forwardRequest.js';
import { KeyAdmission } from '../../src/core/keys/keyAdmission.js';
import { KeyBudgets } from '../../src/core/keys/keyBudgets.js';
import { PoolKeys } from '../../src/core/keys/poolKeys.js';
import type { ReceivedRequest } from '../../src/core/request/readRequest.js';
import type { CreateKey } from '../../src/shared/keyApi.js';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import { explainedRequest } from '../support/managementExamples.js';
import { RecordingReply } from '../support/recordingReply.js';

describe('a request with a key that has limits', () => {
	let pool: CorePool;
	let keys: PoolKeys;
	let admission: KeyAdmission;

	beforeEach(async () => {
		pool = await CorePool.of('a');
		const { store, vault, clock } = pool;
		const budgets = new KeyBudgets(store, clock);
		let made = 0;
		keys = new PoolKeys({
			store,
			vault,
			budgets,
			clock,
			newSecret: () => `cpk_secret-${++made}`,
			secretEnded: () => undefined,
		});
		admission = new KeyAdmission(keys, budgets, clock);
	});

	const keyWith = (limits: Omit<CreateKey, 'name'>, name = 'CI'): string => keys.create({ name, ...limits }).id;
	/** The answer to a request that is refused; undefined for one that goes to an account. */
	const refusal = async (change: Partial<ReceivedRequest>) => {
		const reply = new RecordingReply();
		void forwardRequest({ ...pool.context, keys: admission }, pool.request(change), reply);
		while (reply.state === 'open' && pool.asked.length === 0) await settle();
		if (pool.asked.length > 0) return undefined;
		const { error } = JSON.parse(reply.text) as { error: Record<string, unknown> };
		return { status: reply.status, headers: reply.headers, error, row: pool.store.requests.at(-1) };
	};
	const refuse = (change: Partial<ReceivedRequest>, client = new RecordingReply()) =>
		admission.admit(pool.request(change), client);
	const body = (model: string, rest = ''): Buffer => Buffer.from(`{"model":"${model}","stream":true${rest}}`);

	it('may ask for the models of its scope', async () => {
		const keyId = keyWith({ models: ['gpt-5.5', 'deep'] });
		assert.equal(await refusal({ keyId, body: body('gpt-5.5') }), undefined);
	});

	it('is told which models it may ask for when it asks for another', async () => {
		const keyId = keyWith({ models: ['gpt-5.5', 'deep'] });

		const refused = await refusal({ keyId, body: body('gpt-6-sol') });

		assert.equal(refused?.status, 400, 'the status at which Codex shows the sentence and stops');
		assert.equal(refused.error['code'], 'model_not_allowed');
		assert.equal(
			refused.error['message'],
			'The pool key "CI" may not use "gpt-6-sol". It may use: gpt-5.5, deep. Change that with "codex-pool keys scope".',
		);
		assert.deepEqual(
			[refused.row?.keyId, refused.row?.model, refused.row?.error],
			[keyId, 'gpt-6-sol', 'model_not_allowed'],
		);
	});

	for (const [name, change] of Object.entries({
		'names none': { body: Buffer.from('{"stream":true}') },
		'names one after another': { body: body('gpt-5.5', ',"model":"gpt-6-sol"') },
		'names one that is no text': { body: Buffer.from('{"model":["gpt-5.5"]}') },
		'spells the field in another way': { body: body('gpt-5.5', ',"mod\\u0065l":"gpt-6-sol"') },
		'hides one behind a header': {
			body: body('gpt-6-sol'),
			headers: { originator: 'codex_exec', 'x-codex-routing-hint': 'model=gpt-5.5' },
		},
		'hides one in a compressed body': {
			body: zstdCompressSync(body('gpt-6-sol')),
			encoding: 'zstd' as const,
			decode: () => Promise.resolve(body('gpt-6-sol')),
			headers: { originator: 'codex_exec', 'x-codex-routing-hint': 'model=gpt-5.5' },
		},
		'makes a picture with one': {
			route: '/v1/images/generations' as const,
			body: Buffer.from('{"prompt":"a cat","model":"gpt-image-2"}'),
		},
		'chats with one': {
			route: '/v1/chat/completions' as const,
			body: Buffer.from('{"model":"gpt-6-sol","messages":[{"role":"user","content":"hi"}]}'),
		},
	})) {
		it(`does not get beyond its scope when it ${name}`, async () => {
			const refused = await refusal({ keyId: keyWith({ models: ['gpt-5.5'] }), ...change });
			assert.equal(refused?.error['code'], 'model_not_allowed');
		});
	}

	it('may search, which is for no model', async () => {
		const keyId = keyWith({ models: ['gpt-5.5'] });
		const route = '/backend-api/codex/alpha/search';
		assert.equal(await refusal({ keyId, route, body: Buffer.from('{"query":"cats"}') }), undefined);
	});

	it('is told when its budget is back, in a form that nobody tries again', async () => {
		const keyId = keyWith({ budget: { tokens: 1_000, per: 'week' } });
		admission.count(spent(keyId, 999));
		const resetsAt = keys.list()[0]?.budget?.resetsAt ?? 0;
		await pool.clock.advance(resetsAt - pool.clock.now() - 2 * 86_400_000);
		admission.count(spent(keyId, 1));

		const refused = await refusal({ keyId });

		assert.equal(refused?.status, 429);
		assert.deepEqual(
			[refused.error['type'], refused.error['code'], refused.error['resets_at'], refused.error['resets_in_seconds']],
			['usage_limit_reached', 'key_budget_reached', resetsAt / 1000, 2 * 86_400],
		);
		assert.match(
			String(refused.error['message']),
			/^The pool key "CI" has used its budget of 1,000 tokens a week\. It can be used again from Monday, \w+ \d+, 00:00 local time\.$/,
		);
		assert.deepEqual([refused.headers['x-should-retry'], refused.headers['retry-after']], ['false', undefined]);
		assert.match(refused.headers['x-codex-promo-message'] ?? '', /^The pool key "CI" has used/);
		assert.equal(refused.row?.error, 'key_budget_reached');
	});

	it('may go on until the budget is used up, and again when that is back', async () => {
		const keyId = keyWith({ budget: { tokens: 1_000, per: 'day' } });
		admission.count(spent(keyId, 999));
		assert.equal(refuse({ keyId }), undefined);
		admission.count({ ...spent(keyId, 5_000), id: 'req_1' });
		assert.ok(refuse({ keyId }));

		await pool.clock.advance(86_400_000);

		assert.equal(refuse({ keyId }), undefined);
	});

	describe('at the edge of its budget', () => {
		let keyId: string;

		/** A request like the one before may just be paid; one is under way. */
		beforeEach(() => {
			keyId = keyWith({ budget: { tokens: 1_000, per: 'day' } });
			admission.count(spent(keyId, 500));
			assert.equal(refuse({ keyId, id: 'req_first' }), undefined);
		});

		it('waits for what runs, and begins when that has left enough', async () => {
			const waiting = refuse({ keyId, id: 'req_second' });
			assert.ok(waiting instanceof Promise);
			admission.count({ ...spent(keyId, 100), id: 'req_first' });
			assert.equal(await waiting, undefined);
		});

		it('waits for what runs, and is refused when that has used it up', async () => {
			const waiting = refuse({ keyId, id: 'req_second' });
			admission.count({ ...spent(keyId, 500), id: 'req_first' });
			assert.equal((await waiting)?.code, 'key_budget_reached');
		});

		it('begins one after the other, in the order of arrival', async () => {
			const begun: string[] = [];
			for (const id of ['req_second', 'req_third'])
				void Promise.resolve(refuse({ keyId, id })).then(() => begun.push(id));
			admission.count({ ...spent(keyId, 100), id: 'req_first' });
			await settle();
			assert.deepEqual(begun, ['req_second']);
			admission.count({ ...spent(keyId, 100), id: 'req_second' });
			await settle();
			assert.deepEqual(begun, ['req_second', 'req_third']);
		});

		it('begins all the same after a minute, as what runs may run for hours', async () => {
			const waiting = refuse({ keyId, id: 'req_second' });
			await pool.clock.advance(60_000);
			assert.equal(await waiting, undefined);
		});

		it('begins as soon as its user lifts the budget', async () => {
			const waiting = refuse({ keyId, id: 'req_second' });
			keys.change(keyId, { budget: null });
			admission.serve();
			assert.equal(await waiting, undefined);
		});

		it('leaves the line with its client', async () => {
			const client = new RecordingReply();
			const waiting = refuse({ keyId, id: 'req_second' }, client);
			client.leave();
			assert.equal(await waiting, undefined);
			admission.count({ ...spent(keyId, 100), id: 'req_first' });
			assert.equal(refuse({ keyId, id: 'req_third' }), undefined, 'nobody is before it');
		});

		it('keeps nobody waiting who has another key', () => {
			const other = keyWith({ budget: { tokens: 1_000, per: 'day' } }, 'Other');
			assert.equal(refuse({ keyId: other, id: 'req_second' }), undefined);
		});
	});

	it('is asked to wait by itself when the budget is back within a minute', async () => {
		const keyId = keyWith({ budget: { tokens: 1, per: 'day' } });
		const resetsAt = keys.list()[0]?.budget?.resetsAt ?? 0;
		await pool.clock.advance(resetsAt - pool.clock.now() - 30_000);
		admission.count(spent(keyId, 1));

		const refused = await refusal({ keyId });

		assert.deepEqual([refused?.headers['retry-after'], refused?.headers['x-should-retry']], ['30', undefined]);
	});

	it('has a name that no header can hold, and is refused all the same', async () => {
		const keyId = keyWith({ budget: { tokens: 1, per: 'day' } }, 'Schlüssel 🔑');
		admission.count(spent(keyId, 1));

		const refused = await refusal({ keyId });

		assert.match(String(refused?.error['message']), /^The pool key "Schlüssel 🔑"/);
		assert.match(refused?.headers['x-codex-promo-message'] ?? '', /^This pool key has used/);
	});

	it('is refused when the key was revoked while its body was on the way', async () => {
		const keyId = keyWith({});
		keys.revoke(keyId);
		const refused = await refusal({ keyId });
		assert.deepEqual([refused?.status, refused?.error['code']], [401, 'pool_key_rejected']);
	});

	const spent = (keyId: string, tokens: number) =>
		explainedRequest({ keyId, startedAt: pool.clock.now(), inputTokens: tokens, outputTokens: 0 });
});
