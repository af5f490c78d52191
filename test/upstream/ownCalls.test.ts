import assert from 'node:assert/strict';
import { UpstreamFixture } from './upstreamFixture.js';

const access = { accountId: 'a', chatgptAccountId: 'workspace-1', accessToken: 'token-1' };

describe('the own calls of DispatchUpstream', () => {
	const fixture = new UpstreamFixture();

	afterEach(() => fixture.close());

	it('read usage with the account’s credentials and our own name', async () => {
		let seen: unknown;
		const server = await fixture.serve((incoming, response) => {
			const { authorization, originator, accept } = incoming.headers;
			const account = incoming.headers['chatgpt-account-id'];
			seen = [incoming.url, authorization, account, incoming.headers['user-agent'], originator, accept];
			response.setHeader('x-request-id', 'r1');
			response.end('{"plan_type":"plus"}');
		});

		const reply = await fixture.upstreamAt(server.url).readUsage(access);

		assert.deepEqual([reply.status, reply.body, reply.headers['x-request-id']], [200, { plan_type: 'plus' }, 'r1']);
		assert.deepEqual(seen, [
			'/wham/usage',
			'Bearer token-1',
			'workspace-1',
			'codex-account-pool/1.2.3',
			'codex_account_pool',
			'application/json',
		]);
	});

	it('read the models that a client version may see', async () => {
		const server = await fixture.serve((incoming, response) => response.end(JSON.stringify({ url: incoming.url })));
		const upstream = fixture.upstreamAt(new URL('/backend-api', server.url));

		const reply = await upstream.readModels(access, '0.169.0&x=1');

		assert.deepEqual(reply.body, { url: '/backend-api/codex/models?client_version=0.169.0%26x%3D1' });
	});

	it('list banked resets, and redeem one under the id of the wish, once', async () => {
		const seen: unknown[] = [];
		const server = await fixture.serve((incoming, response) => {
			let body = '';
			incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
			incoming.on('end', () => {
				seen.push([incoming.method, incoming.url, incoming.headers['content-type'], body]);
				if (incoming.method === 'POST') incoming.socket.destroy();
				else response.end('{"credits":[]}');
			});
		});
		const upstream = fixture.upstreamAt(new URL('/backend-api', server.url));

		assert.deepEqual((await upstream.readResetCredits(access)).body, { credits: [] });
		await assert.rejects(upstream.redeemReset(access, 'wish-1'), { code: 'upstream_failed' });

		assert.deepEqual(seen, [
			['GET', '/backend-api/wham/rate-limit-reset-credits', undefined, ''],
			[
				'POST',
				'/backend-api/wham/rate-limit-reset-credits/consume',
				'application/json',
				'{"redeem_request_id":"wish-1"}',
			],
		]);
	});

	it('return the status without a body when the answer is not JSON', async () => {
		const server = await fixture.serve((_incoming, response) =>
			response.writeHead(403).end('<html>Just a moment…</html>'),
		);

		const reply = await fixture.upstreamAt(server.url).readUsage(access);

		assert.deepEqual([reply.status, reply.body], [403, undefined]);
	});

	it('refuse an answer beyond reason', async () => {
		const server = await fixture.serve((_incoming, response) => response.end(`"${'x'.repeat(3_000_000)}"`));

		const reading = fixture.upstreamAt(server.url).readUsage(access);

		await assert.rejects(reading, { code: 'upstream_failed', cause: { kind: 'reset', code: 'REPLY_TOO_LARGE' } });
	});
});
