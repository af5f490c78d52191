import assert from 'node:assert/strict';
import { codexTurn } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { send } from '../support/upstream/turn.js';

describe('the model routes', () => {
	let pool: PoolUnderTest;

	beforeEach(async () => {
		pool = await PoolUnderTest.start();
	});
	afterEach(() => closeWithoutViolations(pool));

	const get = async (path: string, headers: Record<string, string> = {}) => {
		const answer = await send(`${pool.owner.baseUrl}${path}`, {
			headers: { authorization: `Bearer ${pool.key}`, ...headers },
		});
		return {
			...answer,
			body: JSON.parse(answer.text) as { models?: { slug: string }[]; data?: { id: string }[]; object?: string },
		};
	};

	it('give Codex the catalogue as the provider writes it, under both paths', async () => {
		const one = await get('/backend-api/codex/models?client_version=0.169.0');
		const two = await get('/v1/models?client_version=0.169.0');
		assert.deepEqual(one.body, two.body);
		assert.ok(one.body.models?.some(({ slug }) => slug === 'gpt-5.5'));
		assert.equal(one.headers.etag, two.headers.etag);
	});

	it('give everyone else a list as OpenAI writes it', async () => {
		const { body } = await get('/v1/models');
		assert.equal(body.object, 'list');
		assert.ok(body.data?.some(({ id }) => id === 'gpt-5.5'));
	});

	it('put the etag of our own catalogue on answers, so that Codex does not read it again', async () => {
		const { headers } = await get('/backend-api/codex/models?client_version=0.169.0');
		await get('/v1/models');
		const turn = await codexTurn(pool);
		assert.equal(turn.headers['x-models-etag'], headers.etag);
	});

	it('give clients of two versions lists of their own, and have neither read its own again for the other', async () => {
		const read = async (version: string) => get(`/backend-api/codex/models?client_version=${version}`);
		const counts = [await read('0.169.0'), await read('0.100.0')].map(({ body }) => body.models?.length);
		assert.notEqual(counts[0], counts[1]);

		const told = (await codexTurn(pool)).headers['x-models-etag'];
		for (const version of ['0.169.0', '0.100.0', '0.169.0']) {
			assert.equal((await read(version)).headers.etag, told);
			assert.equal((await codexTurn(pool)).headers['x-models-etag'], told);
		}
	});

	it('go on when one account cannot tell', async () => {
		pool.upstream.script({ kind: 'reply', status: 500 }, { path: '/codex/models' });
		const { status, body } = await get('/v1/models');
		assert.equal(status, 200);
		assert.ok((body.data?.length ?? 0) > 0);
	});
});
