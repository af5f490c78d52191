import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { gzip, zstdCompress } from 'node:zlib';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import { askSocket, createMessage, dialSocket, responseIdIn, saidIn } from '../support/modelSocket.js';
import { codexHeaders, codexTurn } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { completed, created, delta, whole } from '../support/scriptedUpstream.js';
import { isMessage, isTurn } from '../support/turns.js';
import { failedStream } from '../support/upstream/faults.js';
import { listAt, objectAt, textAt, type JsonObject } from '../support/upstream/json.js';
import { readEvents, readText, send, turnBody } from '../support/upstream/turn.js';

const pack = { zstd: promisify<Buffer, Buffer>(zstdCompress), gzip: promisify<Buffer, Buffer>(gzip) } as const;
const always = { times: 1_000 };

/** One short direct proof for each line; the files beside this one look at them closely. */
describe('what a proxy must never break (protocol §17)', () => {
	let pool: PoolUnderTest;

	beforeEach(async () => {
		pool = await PoolUnderTest.start({ sockets: true });
	});
	afterEach(() => closeWithoutViolations(pool));

	const turns = () => pool.upstream.requests.filter(isTurn);
	const json = (text: string): unknown => JSON.parse(text);
	const errorIn = (text: string): JsonObject => objectAt(json(text), 'error');
	const bearer = () => ({ authorization: `Bearer ${pool.key}` });
	const dial = () =>
		dialSocket(`ws://127.0.0.1:${pool.owner.port}/backend-api/codex/responses`, { ...bearer(), ...codexHeaders });
	const ask = (path: string, headers: Readonly<Record<string, string>> = bearer(), method = 'GET') =>
		send(`${pool.owner.baseUrl}${path}`, { method, headers });

	it('1: no two accounts serve one chain; a client that moves is asked for everything', async () => {
		const socket = await dial();
		const first = await askSocket(socket, createMessage('one'));
		const [message] = pool.upstream.requests.filter(isMessage);
		assert.ok(message?.account);
		await pool.control.changeAccount(await pool.accountId(message.account), { selected: false });

		const [told] = await askSocket(socket, createMessage('two', { previous_response_id: responseIdIn(first) }));
		const again = await askSocket(socket, createMessage('one, two'));
		socket.terminate();

		assert.equal(objectAt(told, 'error')['code'], 'previous_response_not_found');
		assert.equal(saidIn(again), 'Echo: one, two');
		const [, moved, ...rest] = pool.upstream.requests.filter(isMessage);
		assert.notEqual(moved?.account, message.account);
		assert.deepEqual([textAt(moved?.body, 'previous_response_id'), rest], [undefined, []]);
	});

	it('2: nothing is carried out again once output has reached the client, and before that it is', async () => {
		pool.upstream.script({ kind: 'cut', after: 'output', how: 'reset' }, { when: isTurn });
		const broken = await codexTurn(pool);
		assert.deepEqual([broken.isWhole, turns().length], [false, 1]);

		pool.upstream.script({ kind: 'cut', after: 'lead', how: 'reset' }, { when: isTurn });
		const whole = await codexTurn(pool, 'another');
		assert.deepEqual([whole.isWhole, readText(whole.text), turns().length], [true, 'Echo: hello from another', 3]);
	});

	it('3: a usage limit is told as HTTP 429 or as the frame that says the same, whatever it came in', async () => {
		pool.upstream.script(failedStream('usage_limit_reached'), { when: request => isTurn(request), ...always });
		const answer = await codexTurn(pool);
		assert.deepEqual([answer.status, errorIn(answer.text)['type']], [429, 'usage_limit_reached']);

		const socket = await dial();
		const [frame] = await askSocket(socket, createMessage('hello'));
		socket.terminate();
		assert.deepEqual([frame?.['status'], objectAt(frame, 'error')['type']], [429, 'usage_limit_reached']);
	});

	it('4: a 429 that passes says when to come back, and an upgrade is never answered with one', async () => {
		const limited = { error: { code: 'rate_limit_exceeded', message: 'Try again in 20s' } };
		pool.upstream.script({ kind: 'reply', status: 429, body: limited }, { when: isTurn, ...always });
		const answer = await codexTurn(pool);
		assert.deepEqual([answer.status, Number(answer.headers['retry-after']) > 0], [429, true]);

		for (const account of pool.upstream.accounts) account.spend('5h', 100);
		const socket = await dial();
		socket.terminate();
	});

	it('5: bearer and account id are the account’s, and what is the client’s own stays here', async () => {
		await codexTurn(pool, 't', {
			headers: {
				'chatgpt-account-id': 'their-own',
				cookie: 'a=b',
				te: 'trailers',
				'x-openai-account-routing-override': 'us',
				'x-openai-fedramp': 'true',
				'x-codex-turn-state': 'ts_of_nobody',
			},
		});

		const [turn] = turns();
		const credentials = turn?.account?.credentials;
		assert.deepEqual(
			[turn?.header('authorization'), turn?.header('chatgpt-account-id'), turn?.header('host')],
			[credentials?.authorization, credentials?.['chatgpt-account-id'], new URL(pool.upstream.backendUrl).host],
		);
		for (const name of ['cookie', 'te', 'x-openai-account-routing-override', 'x-openai-fedramp', 'x-codex-turn-state'])
			assert.equal(turn?.header(name), undefined, name);
	});

	it('6: bodies, identity and events pass as they are, unknown ones too, and uncompressed', async () => {
		const own = {
			'user-agent': 'codex_vscode/0.169.0 (x)',
			originator: 'codex_vscode',
			version: '0.169.0',
			'openai-beta': 'x',
			'session-id': 's',
			'x-codex-window-id': 's:0',
			'x-codex-brand-new': '1',
		};
		const unknown = { type: 'response.brand_new', of: 'größer 🎉' };
		pool.upstream.script({ kind: 'insert', after: 'output', events: [unknown] }, { when: isTurn });
		const body = Buffer.from(
			JSON.stringify(turnBody('größer', { brand_new: 1.5, client_metadata: { a: 'b' } }), null, 1),
		);

		const answer = await codexTurn(pool, 't', { body, headers: { ...own, 'accept-encoding': 'gzip, br' } });

		const [turn] = turns();
		assert.deepEqual(turn?.bytes, body);
		for (const [name, value] of Object.entries(own)) assert.equal(turn.header(name), value, name);
		assert.deepEqual(
			readEvents(answer.text).find(event => event['type'] === unknown.type),
			unknown,
		);
		assert.equal(answer.headers['content-encoding'], undefined);
	});

	it('7: compressed bytes go on as they are, and decoded ones no longer claim to be compressed', async () => {
		const plain = Buffer.from(JSON.stringify(turnBody('packed')));
		const zstd = await pack.zstd(plain);
		await codexTurn(pool, 't', { body: zstd, headers: { 'content-encoding': 'zstd' } });
		await codexTurn(pool, 't', { body: await pack.gzip(plain), headers: { 'content-encoding': 'gzip' } });

		assert.deepEqual(
			turns().map(turn => [turn.bytes, turn.header('content-encoding'), turn.header('content-length')]),
			[
				[zstd, 'zstd', String(zstd.length)],
				[plain, undefined, String(plain.length)],
			],
		);
	});

	it('8: what the provider says of model, reasoning and request is kept; the etag is that of our catalogue', async () => {
		const { headers } = await ask('/backend-api/codex/models?client_version=0.169.0');
		const answer = await codexTurn(pool);

		const upstream = turns()[0]?.answer.headers ?? {};
		for (const name of ['openai-model', 'x-reasoning-included', 'x-request-id'])
			assert.equal(answer.headers[name], upstream[name] ?? 'missing', name);
		assert.equal(answer.headers['x-models-etag'], headers.etag);

		pool.upstream.script(
			{ kind: 'reply', status: 400, headers: { 'retry-after': '3' }, body: { detail: 'No' } },
			{ when: isTurn },
		);
		assert.equal((await codexTurn(pool)).headers['retry-after'], '3');
	});

	it('9: headers, events and report speak of one and the same quota', async () => {
		const [first, second] = pool.upstream.accounts;
		first?.spend('5h', 20);
		second?.spend('5h', 40);
		for (const { id } of (await pool.control.state()).accounts) await pool.control.refreshAccount(id);
		const answers = [await codexTurn(pool, 'one')];
		first?.spend('5h', 70);
		answers.push(await codexTurn(pool, 'one'), await codexTurn(pool, 'two'));

		const report = await ask('/backend-api/wham/usage');
		const told = answers.map(({ headers, text }) => {
			const event = readEvents(text).find(({ type }) => type === 'codex.rate_limits');
			const inEvent = objectAt(objectAt(event, 'rate_limits'), 'primary')['used_percent'];
			return [Number(headers['x-codex-primary-used-percent']), inEvent];
		});
		assert.deepEqual(told, [
			[20, 20],
			[40, 40],
			[40, 40],
		]);
		assert.equal(objectAt(objectAt(json(report.text), 'rate_limit'), 'primary_window')['used_percent'], 40);
		assert.equal(new Set(turns().map(({ account }) => account)).size, 2);
	});

	it('10: the workspace check binds a client to no other origin', async () => {
		const own = { authorization: 'Bearer own', 'chatgpt-account-id': 'own-1' };
		const refused = await ask('/backend-api/wham/accounts/check', own);
		assert.equal(refused.status, 400, 'both its addresses would have the same origin');

		const { status, text } = await ask('/backend-api/wham/accounts/check', { ...own, host: 'localhost' });

		const [workspace, ...others] = listAt(json(text), 'accounts');
		assert.deepEqual([status, textAt(workspace, 'id'), others], [200, 'own-1', []]);
		assert.equal(textAt(workspace, 'account_routing_override'), 'NO_CONSTRAINT');
		// The client applies it only to a provider of the same origin as the address it asked here.
		assert.equal(textAt(workspace, 'workspace_backend_origin'), 'https://chatgpt.com');
	});

	it('11: a client that leaves ends the request upstream, and an answer that breaks off looks broken', async () => {
		pool.upstream.script({ kind: 'silence', after: 'output' }, { when: isTurn });
		const leaving = new AbortController();
		const left = codexTurn(pool, 't', { signal: leaving.signal }).catch(() => undefined);
		const turn = await pool.upstream.waitForRequest(isTurn);
		leaving.abort();
		await Promise.all([left, turn.settled]);
		assert.equal(turn.answer.outcome, 'client_left');

		pool.upstream.script({ kind: 'cut', after: 'output', how: 'end' }, { when: isTurn });
		assert.equal((await codexTurn(pool)).isWhole, false);
	});

	it('12: five minutes of silence and 60 MB end nothing', async () => {
		const core = await CorePool.of('a');
		const { reply, done } = core.start();
		while (core.upstream.calls.length === 0) await settle();
		const call = core.upstream.last.head(200, { 'content-type': 'text/event-stream' });
		call.chunk(created + delta);
		await core.clock.advance(300_000);
		call.chunk(completed);
		call.end();
		await done;
		assert.equal(reply.text, whole);

		const body = Buffer.from(JSON.stringify(turnBody('x', { padding: 'x'.repeat(60 * 1024 * 1024) })));
		assert.equal((await codexTurn(pool, 't', { body })).status, 200);
		assert.equal(turns()[0]?.bytes.length, body.length);
	});

	it('13: only this machine comes in, with a key and without a foreign Host or Origin; the log tells nothing', async () => {
		const statuses = await Promise.all([
			ask('/v1/models', {}),
			ask('/v1/models', { ...bearer(), host: 'evil.example' }),
			ask('/v1/models', { ...bearer(), origin: 'https://evil.example' }),
			ask('/v1/models'),
		]);
		assert.deepEqual(
			statuses.map(({ status }) => status),
			[401, 403, 403, 200],
		);
		const elsewhere = Object.values(networkInterfaces())
			.flatMap(addresses => addresses ?? [])
			.find(({ internal, family }) => !internal && family === 'IPv4');
		if (elsewhere) {
			const url = `http://${elsewhere.address}:${pool.owner.port}/v1/models`;
			await assert.rejects(send(url, { headers: bearer() }), { code: 'ECONNREFUSED' });
		}

		await codexTurn(pool, 't', { body: turnBody('a-secret-question') });
		const log = pool.logLines.join('\n');
		const token = pool.upstream.accounts[0]?.credentials.authorization.slice('Bearer '.length) ?? '';
		for (const secret of ['a-secret-question', pool.key, token]) assert.ok(!log.includes(secret));
	});

	it('14: a refresh token is spent by one request only, and its successor is saved before it is used', async () => {
		for (const account of pool.upstream.accounts) account.revokeAccess();
		const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(at => codexTurn(pool, `thread-${at}`)));

		assert.ok(answers.every(({ status }) => status === 200));
		const refreshes = pool.upstream.requests.filter(({ path }) => path === '/oauth/token');
		const spent = refreshes.map(({ body }) => textAt(body, 'refresh_token'));
		assert.equal(new Set(spent).size, spent.length);
		await pool.restart();
		assert.equal((await codexTurn(pool)).status, 200, 'with what the vault holds');
	});

	it('15: an unknown path is a 404 in JSON and reaches nobody', async () => {
		pool.upstream.clearRecord();
		const paths = ['ps/plugins/installed', 'wham/settings/user', 'codex/unknown', 'codex/analytics-events/events'];
		for (const path of [...paths, 'wham/rate-limit-reset-credits/consume']) {
			const answer = await ask(`/backend-api/${path}`, bearer(), 'POST');
			assert.equal(answer.status, 404, path);
			assert.equal(errorIn(answer.text)['code'], 'not_found');
		}
		assert.deepEqual(pool.upstream.requests, []);
	});
});
