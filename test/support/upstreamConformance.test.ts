import assert from 'node:assert/strict';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import { askSocket, createMessage, dialSocket, responseIdIn } from './modelSocket.js';
import { SettableClock } from './settableClock.js';
import type { SimulatedAccount } from './upstream/accounts.js';
import { failedStream } from './upstream/faults.js';
import { listAt, objectAt, textAt, type JsonObject } from './upstream/json.js';
import { startUpstream, type Upstream } from './upstream/startUpstream.js';
import { readEvents, readText, send, sendTurn, turnBody, userMessage } from './upstream/turn.js';

const zstd = promisify<Buffer, Buffer>(zstdCompress);

/** One short direct proof for each demand; the files beside this one look at them closely. */
describe('what a faithful simulator must do (protocol §16)', () => {
	const clock = new SettableClock();
	let upstream: Upstream;
	let alice: SimulatedAccount;
	let bob: SimulatedAccount;

	beforeEach(async () => {
		upstream = await startUpstream({ sockets: true, clock });
		[alice, bob] = [upstream.addAccount(), upstream.addAccount()];
	});
	afterEach(() => upstream.close());

	const turn = (fields: JsonObject = {}, account = alice, headers: Readonly<Record<string, string>> = {}) =>
		sendTurn(upstream.backendUrl, account, turnBody('hello', fields), { headers });
	const read = (path: string, headers: Readonly<Record<string, string>> = alice.credentials) =>
		send(`${upstream.backendUrl}${path}`, { headers });
	const codeIn = (text: string) => objectAt(JSON.parse(text), 'error')['code'];
	const dial = (account: SimulatedAccount) =>
		dialSocket(`${upstream.backendUrl.replace('http', 'ws')}/codex/responses`, account.credentials);

	it('1: serves backend and issuer, HTTP and WebSocket on one port, and tells accounts apart', async () => {
		assert.equal((await turn()).status, 200);
		(await dial(alice)).terminate();
		assert.equal(new URL(upstream.backendUrl).host, new URL(upstream.issuerUrl).host);
		const mixed = { ...alice.credentials, 'chatgpt-account-id': bob.chatgptAccountId };
		assert.equal((await read('/wham/usage', mixed)).status, 403);
	});

	it('2: reads compressed bodies, and refuses what it cannot read', async () => {
		const post = (body: Buffer) =>
			send(`${upstream.backendUrl}/codex/responses`, {
				method: 'POST',
				headers: { ...alice.credentials, 'content-encoding': 'zstd' },
				body,
			});
		const plain = Buffer.from(JSON.stringify(turnBody('packed')));
		assert.equal(readText((await post(await zstd(plain))).text), 'Echo: packed');
		assert.equal((await post(plain)).status, 400);
		assert.equal((await post(await zstd(Buffer.from('no JSON')))).status, 400);
	});

	it('3: is as strict about bodies and bearers as the real edge', async () => {
		const wrong: readonly JsonObject[] = [
			{ stream: false },
			{ store: true },
			{ temperature: 1 },
			{ previous_response_id: 'resp_1' },
			{ model: 'gpt-0' },
		];
		for (const fields of wrong) {
			const { status, text } = await turn(fields);
			assert.deepEqual([status, typeof textAt(JSON.parse(text), 'detail')], [400, 'string'], text);
		}
		alice.expireAccess();
		const expired = await turn();
		assert.deepEqual([expired.status, codeIn(expired.text)], [401, 'token_expired']);
	});

	it('4: tells a whole story in numbered events, with others between them and cut in bad places', async () => {
		Object.assign(upstream.style, { chunking: 'torture', noise: true });
		const events = readEvents((await turn()).text);
		const numbers = events.flatMap(event =>
			typeof event['sequence_number'] === 'number' ? [event['sequence_number']] : [],
		);
		assert.deepEqual(numbers, [...numbers.keys()]);
		assert.deepEqual([events[0]?.['type'], events.at(-1)?.['type']], ['response.created', 'response.completed']);
		assert.ok(events.some(({ type }) => type === 'codex.rate_limits'));
	});

	it('5: names model, catalogue and request, and binds turn states to their account', async () => {
		const { headers } = await turn();
		assert.equal(headers['openai-model'], 'gpt-5.5');
		for (const name of ['x-models-etag', 'x-reasoning-included', 'x-request-id']) assert.ok(headers[name], name);
		const state = String(headers['x-codex-turn-state']);
		assert.equal((await turn({}, bob, { 'x-codex-turn-state': state })).status, 400);
		assert.deepEqual(
			upstream.violations.map(({ code }) => code),
			['foreign_turn_state'],
		);
	});

	it('6: reads encrypted content and response ids only for whom they were made', async () => {
		const events = readEvents((await turn()).text);
		const [reasoning] = listAt(objectAt(events.at(-1), 'response'), 'output');
		const input = [userMessage('hello'), reasoning, userMessage('again')];
		assert.equal((await turn({ input })).status, 200);
		const foreign = await turn({ input }, bob);
		assert.deepEqual([foreign.status, codeIn(foreign.text)], [400, 'invalid_encrypted_content']);
	});

	it('7: holds conversations over WebSocket, each on its own connection', async () => {
		const [one, other] = [await dial(alice), await dial(alice)];
		const warm = await askSocket(one, createMessage('', { input: [], generate: false }));
		const chained = { previous_response_id: responseIdIn(warm) };
		assert.equal((await askSocket(one, createMessage('go on', chained))).at(-1)?.['type'], 'response.completed');
		const [told] = await askSocket(other, createMessage('go on', chained));
		assert.deepEqual([told?.['status'], objectAt(told, 'error')['code']], [400, 'previous_response_not_found']);
		upstream.sockets.isOffered = false;
		await assert.rejects(dial(alice), /426/);
		for (const socket of [one, other]) socket.terminate();
	});

	it('8: moves usage with tokens, the same everywhere, and is spent until the window resets', async () => {
		alice.spend('5h', 37);
		const { headers } = await turn();
		const window = objectAt(objectAt(JSON.parse((await read('/wham/usage')).text), 'rate_limit'), 'primary_window');
		assert.deepEqual([headers['x-codex-primary-used-percent'], window['used_percent']], ['37', 37]);
		alice.spend('5h', 100);
		const spent = await turn();
		assert.deepEqual([spent.status, objectAt(JSON.parse(spent.text), 'error')['type']], [429, 'usage_limit_reached']);
		clock.time += 5 * 3_600_000;
		assert.equal((await turn()).status, 200);
	});

	it('9: rotates refresh tokens and refuses those that were spent', async () => {
		const refresh = (token: string) =>
			send(`${upstream.issuerUrl}/oauth/token`, {
				method: 'POST',
				body: { client_id: 'app_EMoamEEZ73f0CkXaXp7hrann', grant_type: 'refresh_token', refresh_token: token },
			});
		const spent = textAt(objectAt(alice.authFile(), 'tokens'), 'refresh_token') ?? '';
		const rotated = await refresh(spent);
		assert.equal(rotated.status, 200);
		assert.notEqual(textAt(JSON.parse(rotated.text), 'refresh_token'), spent);
		const again = await refresh(spent);
		assert.deepEqual([again.status, codeIn(again.text)], [401, 'refresh_token_reused']);
	});

	it('10: fails as it is told: statuses, pages, silence, broken streams', async () => {
		upstream.script({ kind: 'reply', status: 429, headers: { 'retry-after': '2' }, body: {} });
		upstream.script({ kind: 'reply', status: 200, body: '<html>' });
		upstream.script({ kind: 'cut', after: 'output', how: 'reset' });
		upstream.script(failedStream('server_is_overloaded'));
		const answers = [await turn(), await turn(), await turn(), await turn()];
		assert.deepEqual(
			answers.map(({ status, isWhole, headers }) => [status, isWhole, headers['retry-after']]),
			[
				[429, true, '2'],
				[200, true, undefined],
				[200, false, undefined],
				[200, true, undefined],
			],
		);
		assert.match(answers[3]?.text ?? '', /response\.failed.*server_is_overloaded/s);
	});

	it('11: lists workspaces and models by plan and version, and knows no other side endpoint', async () => {
		const { text } = await read('/wham/accounts/check');
		assert.match(text, /"account_routing_override":"NO_CONSTRAINT"/);
		const models = async (version: string) => {
			const list = await read(`/codex/models?client_version=${version}`);
			assert.ok(list.headers.etag);
			return listAt(JSON.parse(list.text), 'models').length;
		};
		assert.ok((await models('0.169.0')) > (await models('0.60.0')));
		assert.equal((await read('/wham/settings/user')).status, 404);
	});

	it('12: remembers every request as it came, and who broke which rule', async () => {
		const socket = await dial(alice);
		const closed = once(socket, 'close');
		await turn({}, alice, { 'X-Odd': 'Spelling' });
		socket.terminate();
		await closed;
		await read('/wham/usage', { ...alice.credentials, authorization: 'Bearer cpk_of_the_pool' });

		const [upgrade, request] = upstream.requests;
		assert.ok(request);
		assert.notEqual(upgrade?.connectionId, request.connectionId);
		assert.ok(request.headers.some(([name, value]) => name === 'X-Odd' && value === 'Spelling'));
		assert.deepEqual([request.account, textAt(request.body, 'model')], [alice, 'gpt-5.5']);
		assert.ok(upstream.violations.some(({ code }) => code === 'pool_key_leaked'));
	});
});
