import assert from 'node:assert/strict';
import { IssuerConnection } from '../../src/upstream/issuerConnection.js';
import { IssuerKeys } from '../../src/upstream/issuerKeys.js';
import { FakeClock } from '../support/fakeClock.js';
import type { JsonObject } from '../support/upstream/json.js';
import { publishedKeys } from '../support/upstream/jwt.js';
import { startLocalServer, type LocalServer } from './localServer.js';
import { direct } from './upstreamFixture.js';

const minute = 60_000;
const [published] = publishedKeys().keys;
const named = (kid: string): JsonObject => ({ ...published, kid });

describe('IssuerKeys', () => {
	let server: LocalServer;
	let issuer: IssuerConnection;
	let clock: FakeClock;
	let keys: IssuerKeys;
	let asked: string[];
	let reply: { status: number; body: unknown };

	beforeEach(async () => {
		asked = [];
		reply = { status: 200, body: { keys: [named('first')] } };
		server = await startLocalServer((request, response) => {
			asked.push(`${request.method} ${request.url}`);
			response.writeHead(reply.status).end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
		});
		issuer = new IssuerConnection({ url: server.url, network: direct, version: '1.2.3' });
		clock = new FakeClock();
		keys = new IssuerKeys(issuer, clock);
	});
	afterEach(async () => {
		await issuer.close();
		await server.close();
	});

	const has = async (keyId: string): Promise<boolean> => (await keys.find(keyId)) !== undefined;

	it('reads them where the issuer publishes them, once', async () => {
		assert.deepEqual([await has('first'), await has('first')], [true, true]);
		assert.deepEqual(asked, ['GET /.well-known/jwks.json']);
	});

	it('finds a key that is new, once a minute has passed', async () => {
		await has('first');
		reply.body = { keys: [named('first'), named('second')] };

		assert.equal(await has('second'), false);
		await clock.advance(minute);
		assert.equal(await has('second'), true);
		assert.equal(asked.length, 2);
	});

	it('asks no more than once a minute for keys that somebody makes up', async () => {
		for (let second = 0; second < 120; second++) {
			await has(`made-up-${second}`);
			await clock.advance(1000);
		}

		assert.equal(asked.length, 2);
	});

	it('trusts a key that has been withdrawn for an hour at most', async () => {
		await has('first');
		reply.body = { keys: [named('second')] };

		await clock.advance(59 * minute);
		assert.equal(await has('first'), true);
		await clock.advance(minute);
		assert.equal(await has('first'), false);
	});

	it('asks anew after the clock was set back: nobody knows how old its keys are', async () => {
		const rightTime = clock.now();
		clock.set(rightTime + 365 * 24 * 60 * minute);
		await has('first');
		reply.body = { keys: [named('second')] };

		clock.set(rightTime);

		assert.deepEqual([await has('second'), await has('first')], [true, false]);
	});

	it('asks again at once when the failure was at a time that lies ahead now', async () => {
		const rightTime = clock.now();
		clock.set(rightTime + 365 * 24 * 60 * minute);
		reply.status = 503;
		await assert.rejects(has('first'));
		reply.status = 200;

		clock.set(rightTime);

		assert.equal(await has('first'), true);
	});

	it('leaves out keys of other kinds and for other uses', async () => {
		const others = [
			{ kty: 'oct', kid: 'shared', k: 'c2VjcmV0', alg: 'HS256' },
			{ ...named('encryption'), use: 'enc' },
			{ ...named('other-hash'), alg: 'RS512' },
			{ kty: 'EC', kid: 'curve', crv: 'P-256', x: 'a', y: 'b' },
			'nonsense',
		];
		reply.body = { keys: [...others, named('first')] };

		const found = await Promise.all(['first', 'shared', 'encryption', 'other-hash', 'curve'].map(has));

		assert.deepEqual(found, [true, false, false, false, false]);
		assert.equal(asked.length, 1);
	});

	const failures: readonly (readonly [name: string, reply: { status: number; body: unknown }])[] = [
		['fails', { status: 500, body: { error: 'busy' } }],
		['sends a page', { status: 200, body: '<html>Just a moment</html>' }],
		['has no key', { status: 200, body: { keys: [] } }],
		['sends something else', { status: 200, body: { issuer: 'x' } }],
	];
	for (const [name, failure] of failures) {
		it(`says that nothing can be checked when the issuer ${name}, and asks again after a pause`, async () => {
			reply = failure;
			await assert.rejects(keys.find('first'), { code: 'issuer_unreachable', status: 503 });
			reply = { status: 200, body: { keys: [named('first')] } };

			await assert.rejects(keys.find('first'), { code: 'issuer_unreachable' });
			assert.equal(asked.length, 1);
			await clock.advance(5_000);
			assert.equal(await has('first'), true);
		});
	}

	it('says so too when nobody answers at all', async () => {
		await server.close();

		await assert.rejects(keys.find('first'), { code: 'issuer_unreachable' });
	});

	it('goes on with the keys it has while the issuer does not answer', async () => {
		await has('first');
		reply = { status: 503, body: '' };
		await clock.advance(2 * minute);

		await assert.rejects(keys.find('second'), { code: 'issuer_unreachable' });
		assert.equal(await has('first'), true);
	});
});
