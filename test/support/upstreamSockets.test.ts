import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { askSocket, createMessage, dialSocket, responseIdIn } from './modelSocket.js';
import type { SimulatedAccount } from './upstream/accounts.js';
import { objectAt, textAt, type JsonObject } from './upstream/json.js';
import { startUpstream, type Upstream } from './upstream/startUpstream.js';
import { turnBody } from './upstream/turn.js';

describe('the simulated backend: WebSocket', () => {
	let upstream: Upstream;
	let alice: SimulatedAccount;
	let bob: SimulatedAccount;

	beforeEach(async () => {
		upstream = await startUpstream({ sockets: true });
		[alice, bob] = [upstream.addAccount(), upstream.addAccount()];
	});
	afterEach(() => upstream.close());

	const socketUrl = () => `${upstream.backendUrl.replace('http', 'ws')}/codex/responses`;
	const socketTo = (headers: Readonly<Record<string, string>>): WebSocket => new WebSocket(socketUrl(), { headers });
	const dial = (account: SimulatedAccount): Promise<WebSocket> => dialSocket(socketUrl(), account.credentials);
	const refusal = (headers: Readonly<Record<string, string>>): Promise<number | undefined> =>
		new Promise(resolve => {
			const socket = socketTo(headers);
			socket.on('error', () => undefined);
			socket.once('unexpected-response', (_request, response) => resolve(response.statusCode));
		});
	const ask = (socket: WebSocket, text: string, fields: JsonObject = {}): Promise<JsonObject[]> =>
		askSocket(socket, createMessage(text, fields));
	const codeOf = (events: readonly JsonObject[]) => textAt(objectAt(events.at(-1), 'error'), 'code');

	it('lets in only a good bearer with its account id', async () => {
		assert.equal(await refusal({}), 401);
		assert.equal(await refusal({ ...alice.credentials, 'chatgpt-account-id': bob.chatgptAccountId }), 403);
		alice.expireAccess();
		assert.equal(await refusal(alice.credentials), 401);
		assert.deepEqual(
			upstream.violations.map(({ code }) => code),
			['account_id_mismatch'],
		);
	});

	it('remembers a conversation on its own connection only', async () => {
		const [one, other] = [await dial(alice), await dial(alice)];
		const warm = await ask(one, '', { input: [], generate: false });
		assert.deepEqual(
			warm.map(event => event['type']),
			['response.created', 'response.completed'],
		);
		const next = await ask(one, 'hi', { previous_response_id: responseIdIn(warm) });
		assert.equal(next.at(-1)?.['type'], 'response.completed');
		const lost = await ask(other, 'hi', { previous_response_id: responseIdIn(next) });
		assert.deepEqual([codeOf(lost), lost.at(-1)?.['status']], ['previous_response_not_found', 400]);
	});

	it('says in frames what it says over HTTP in statuses and headers', async () => {
		const socket = await dial(alice);
		upstream.sockets.style.statusField = 'status_code';
		alice.spend('5h', 100);
		const [frame] = await ask(socket, 'hi');
		assert.equal(frame?.['status_code'], 429);
		assert.equal(textAt(objectAt(frame, 'error'), 'type'), 'usage_limit_reached');
		assert.equal(textAt(objectAt(frame, 'headers'), 'x-codex-primary-used-percent'), '100');
	});

	it("refuses another account's turn state and encrypted content", async () => {
		const metadata = (await ask(await dial(bob), 'hi')).find(event => event['type'] === 'response.metadata');
		const state = textAt(objectAt(metadata, 'headers'), 'x-codex-turn-state') ?? '';
		const refused = await ask(await dial(alice), 'hi', { client_metadata: { 'x-codex-turn-state': state } });
		assert.equal(refused.at(-1)?.['status'], 400);
		assert.deepEqual(
			upstream.violations.map(({ code }) => code),
			['foreign_turn_state'],
		);
	});

	it('notices a second request while one is answered', async () => {
		upstream.style.thinkMs = 20;
		const socket = await dial(alice);
		const first = ask(socket, 'hi');
		socket.send(JSON.stringify({ type: 'response.create', ...turnBody('too early') }));
		await first;
		assert.deepEqual(
			upstream.violations.map(({ code }) => code),
			['two_responses_at_once'],
		);
	});

	it('closes, breaks and limits connections as it is told', async () => {
		upstream.sockets.style.turnLimit = 1;
		const socket = await dial(alice);
		await ask(socket, 'hi');
		assert.equal(codeOf(await ask(socket, 'hi')), 'websocket_connection_limit_reached');
		const closed = once(socket, 'close');
		upstream.sockets.connections[0]?.close(1012);
		assert.equal(((await closed) as [number])[0], 1012);
	});

	it('compresses when both sides want it', async () => {
		upstream.sockets.style.deflate = true;
		const socket = await dial(alice);
		assert.equal(socket.extensions, 'permessage-deflate');
		assert.equal((await ask(socket, 'hi')).at(-1)?.['type'], 'response.completed');
	});
});
