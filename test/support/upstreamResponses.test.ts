import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, deflate, gzip, zstdCompress } from 'node:zlib';
import type { SimulatedAccount } from './upstream/accounts.js';
import { listAt, objectAt, textAt, type JsonObject } from './upstream/json.js';
import { startUpstream, type Upstream } from './upstream/startUpstream.js';
import { readEvents, readItems, readText, send, sendTurn, turnBody, userMessage } from './upstream/turn.js';

describe('the simulated backend: responses', () => {
	let upstream: Upstream;
	let alice: SimulatedAccount;
	let bob: SimulatedAccount;

	beforeEach(async () => {
		upstream = await startUpstream();
		alice = upstream.addAccount({ plan: 'plus' });
		bob = upstream.addAccount({ plan: 'free' });
	});

	afterEach(() => upstream.close());

	const violationCodes = () => upstream.violations.map(violation => violation.code);

	describe('who may come in', () => {
		it('refuses a bearer beside the account id of another account, and says so', async () => {
			const headers = { ...alice.credentials, 'chatgpt-account-id': bob.chatgptAccountId };

			const answer = await send(`${upstream.backendUrl}/codex/responses`, { headers, body: turnBody('hi') });

			assert.equal(answer.status, 403);
			assert.deepEqual(violationCodes(), ['account_id_mismatch']);
		});

		it('refuses a bearer without an account id', async () => {
			const { authorization } = alice.credentials;

			const answer = await send(`${upstream.backendUrl}/wham/usage`, { headers: { authorization } });

			assert.equal(answer.status, 403);
			assert.deepEqual(violationCodes(), ['account_id_missing']);
		});

		it('tells an expired token from one that was rotated away and one that was revoked', async () => {
			const codeNow = async (credentials: Record<string, string>) => {
				const answer = await send(`${upstream.backendUrl}/wham/usage`, { headers: credentials });
				assert.equal(answer.status, 401);
				return textAt(objectAt(JSON.parse(answer.text), 'error'), 'code');
			};
			const old = alice.credentials;

			alice.expireAccess();
			assert.equal(await codeNow(old), 'token_expired');
			alice.rotateElsewhere();
			assert.equal(await codeNow(old), 'token_invalidated');
			alice.revokeAccess();
			assert.equal(await codeNow(alice.credentials), 'token_revoked');
			assert.equal(await codeNow({}), 'token_expired');
		});

		it('notices a pool key that reached the provider', async () => {
			const headers = { ...alice.credentials, 'x-api-key': 'cpk_secret' };

			await send(`${upstream.backendUrl}/wham/usage`, { headers });
			await send(`${upstream.backendUrl}/wham/usage`, { headers: { authorization: 'Bearer cpk_secret' } });

			assert.deepEqual(violationCodes(), ['pool_key_leaked', 'pool_key_leaked', 'unknown_bearer']);
		});

		it('notices two accounts on one connection', async () => {
			const agent = new Agent({ keepAlive: true, maxSockets: 1 });

			await sendTurn(upstream.backendUrl, alice, turnBody('hi'), { agent });
			await sendTurn(upstream.backendUrl, bob, turnBody('hi'), { agent });
			agent.destroy();

			assert.deepEqual(violationCodes(), ['connection_shared']);
		});

		it('notices cookies and routing that belong to somebody else', async () => {
			const headers = { cookie: '__cf_bm=from-the-client', 'x-openai-account-routing-override': 'us' };

			await sendTurn(upstream.backendUrl, alice, turnBody('hi'), { headers });

			assert.deepEqual(violationCodes(), ['foreign_cookie', 'foreign_routing_override']);
		});

		it('turns deactivated workspaces and users away', async () => {
			alice.standing = 'workspace_deactivated';
			bob.standing = 'user_deactivated';

			const workspace = await sendTurn(upstream.backendUrl, alice, turnBody('hi'));
			const user = await sendTurn(upstream.backendUrl, bob, turnBody('hi'));

			assert.equal(workspace.status, 402);
			assert.deepEqual(JSON.parse(workspace.text), { detail: { code: 'deactivated_workspace' } });
			assert.equal(user.status, 401);
		});
	});

	describe('what it refuses', () => {
		const refused: readonly (readonly [name: string, overrides: JsonObject, detail: RegExp])[] = [
			['a turn that does not stream', { stream: false }, /^Stream must be set to true$/],
			['a turn to be stored', { store: true }, /^Store must be set to false$/],
			['an output limit', { max_output_tokens: 10 }, /^Unsupported parameter: max_output_tokens$/],
			['a temperature', { temperature: 0.5 }, /^Unsupported parameter: temperature$/],
			['a previous response over HTTP', { previous_response_id: 'resp_1' }, /: previous_response_id$/],
			['an unknown model', { model: 'gpt-none' }, /'gpt-none' model is not supported/],
			['a model of another plan', { model: 'gpt-5.3-codex-spark' }, /model is not supported/],
			['an older model without instructions', { model: 'gpt-5.2-codex' }, /^Instructions are required$/],
			['a tier the plan has not', { service_tier: 'ultrafast' }, /^Unsupported service_tier: ultrafast$/],
			['text as input', { input: 'hi' }, /^Input must be a list$/],
			['untyped input items', { input: [{ role: 'user', content: 'hi' }] }, /must have a type/],
			['a system message', { input: [{ ...userMessage('hi'), role: 'system' }] }, /^System messages/],
		];

		for (const [name, overrides, detail] of refused) {
			it(`refuses ${name}`, async () => {
				const answer = await sendTurn(upstream.backendUrl, alice, turnBody('hi', overrides));

				assert.equal(answer.status, 400);
				assert.match(textAt(JSON.parse(answer.text), 'detail') ?? '', detail);
			});
		}

		it('refuses content of the wrong side and calls without their other half', async () => {
			const statuses = [];
			for (const item of [
				{ ...userMessage('hi'), role: 'assistant' },
				{ type: 'function_call_output', call_id: 'call_1', output: 'x' },
				{ type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
				{ type: 'item_reference', id: 'msg_1' },
			]) {
				const answer = await sendTurn(upstream.backendUrl, alice, turnBody('hi', { input: [item] }));
				statuses.push(answer.status);
			}

			assert.deepEqual(statuses, [400, 400, 400, 404]);
		});

		it('refuses bytes that are not what the headers say', async () => {
			const body = Buffer.from(JSON.stringify(turnBody('hi')));
			const headers = { ...alice.credentials, 'content-encoding': 'zstd' };

			const answer = await send(`${upstream.backendUrl}/codex/responses`, { headers, body });

			assert.equal(answer.status, 400);
		});

		it('answers upgrades with 426 unless it was told to take them', async () => {
			const headers = { ...alice.credentials, connection: 'upgrade', upgrade: 'websocket' };

			const answer = await send(`${upstream.backendUrl}/codex/responses`, { headers });

			assert.equal(answer.status, 426);
		});
	});

	describe('what it answers', () => {
		it('reads every encoding a client may use', async () => {
			const plain = Buffer.from(JSON.stringify(turnBody('packed')));
			const packings = {
				zstd: promisify<Buffer, Buffer>(zstdCompress),
				gzip: promisify<Buffer, Buffer>(gzip),
				br: promisify<Buffer, Buffer>(brotliCompress),
				deflate: promisify<Buffer, Buffer>(deflate),
			};

			for (const [encoding, pack] of Object.entries(packings)) {
				const headers = { ...alice.credentials, 'content-encoding': encoding };
				const body = await pack(plain);
				const answer = await send(`${upstream.backendUrl}/codex/responses`, { headers, body });
				assert.equal(readText(answer.text), 'Echo: packed', encoding);
			}
		});

		it('tells a complete story in numbered events', async () => {
			const body = turnBody('one two', { reasoning: { effort: 'low', summary: 'auto' } });

			const answer = await sendTurn(upstream.backendUrl, alice, body);

			const events = readEvents(answer.text);
			const numbered = events.filter(event => 'sequence_number' in event);
			assert.deepEqual(
				numbered.map(event => event['sequence_number']),
				numbered.map((_, index) => index),
			);
			assert.equal(events.at(0)?.['type'], 'response.created');
			assert.equal(events.at(2)?.['type'], 'codex.rate_limits');
			const completed = events.at(-1);
			assert.equal(completed?.['type'], 'response.completed');
			assert.deepEqual(listAt(objectAt(completed, 'response'), 'output'), readItems(answer.text));
			assert.equal(readText(answer.text), 'Echo: one two');
			assert.deepEqual(upstream.violations, []);
		});

		it('names the model, the catalogue and the turn in its headers', async () => {
			const models = await send(`${upstream.backendUrl}/codex/models?client_version=0.169.0`, {
				headers: alice.credentials,
			});

			const first = await sendTurn(upstream.backendUrl, alice, turnBody('hi'));
			const state = String(first.headers['x-codex-turn-state']);
			const followUp = await sendTurn(upstream.backendUrl, alice, turnBody('hi'), {
				headers: { 'x-codex-turn-state': state },
			});
			const next = await sendTurn(upstream.backendUrl, alice, turnBody('hi'));

			assert.equal(first.headers['openai-model'], 'gpt-5.5');
			assert.equal(first.headers['x-models-etag'], models.headers.etag);
			assert.equal(first.headers['x-reasoning-included'], 'true');
			assert.equal(followUp.headers['x-codex-turn-state'], state);
			assert.notEqual(next.headers['x-codex-turn-state'], state);
		});

		it('cuts the stream in the worst places without losing a byte', async () => {
			upstream.style.noise = true;
			upstream.style.chunking = 'torture';

			const answer = await sendTurn(upstream.backendUrl, alice, turnBody('größer ✓ 日本 🎉'));

			assert.equal(readText(answer.text), 'Echo: größer ✓ 日本 🎉');
			const endsInsideCharacter = answer.chunks.some(chunk => (chunk.at(-1) ?? 0) >= 0xc0);
			const endsInsideLineEnd = answer.chunks.some(chunk => chunk.at(-1) === 0x0d);
			assert.deepEqual(
				{ endsInsideCharacter, endsInsideLineEnd },
				{ endsInsideCharacter: true, endsInsideLineEnd: true },
			);
		});

		it('can send the same answer in one piece or in many', async () => {
			upstream.style.deltas = 40;
			upstream.style.chunking = 'whole';

			const answer = await sendTurn(upstream.backendUrl, alice, turnBody('hi'));

			const deltas = readEvents(answer.text).filter(event => event['type'] === 'response.output_text.delta');
			assert.equal(answer.chunks.length, 1);
			assert.equal(deltas.length, 40);
			assert.equal(readText(answer.text), 'Echo: hi');
		});
	});
});
