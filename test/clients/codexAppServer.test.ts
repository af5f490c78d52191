import assert from 'node:assert/strict';
import type { CodexAppServer } from '../support/codexAppServer.js';
import { bearerSetup, CodexClient, overWebSocket } from '../support/codexClient.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { isMessage, isSocketFollowUp, isTurn, isUpgrade } from '../support/turns.js';
import type { Fault, FaultMatch } from '../support/upstream/faults.js';
import { isJsonObject, listAt, textAt, type JsonObject } from '../support/upstream/json.js';

describe('the Codex extension over WebSocket', function () {
	this.timeout(40_000);

	let pool: PoolUnderTest;
	let codex: CodexClient;
	let server: CodexAppServer;
	let threadId: string;

	beforeEach(async () => {
		pool = await PoolUnderTest.start({ sockets: true });
		codex = await CodexClient.create(pool, overWebSocket(bearerSetup(pool)));
		server = await codex.appServer();
		threadId = await server.startThread(codex.workspace);
	});
	afterEach(async () => {
		await server.close();
		await codex.dispose();
		await closeWithoutViolations(pool);
	});

	const answers = () => pool.upstream.requests.filter(request => isMessage(request) && request.answer.status === 200);
	const servedBy = () => answers().map(({ account }) => account);
	const posts = () => pool.upstream.requests.filter(isTurn);
	const said = (turn: JsonObject): string =>
		listAt(turn, 'items')
			.map(item => textAt(item, 'text') ?? '')
			.join('');
	/** The answer to what was said, and what the user is shown beside it. */
	const say = async (text: string): Promise<string> => {
		const turn = await server.turn(threadId, text);
		assert.deepEqual([turn['status'], turn['error']], ['completed', null]);
		return said(turn);
	};
	/** Errors, warnings and notes of another model: whatever interrupts a conversation. */
	const shown = () =>
		server.notices.filter(
			({ method, params }) =>
				method !== 'configWarning' &&
				(/error|warning|rerout|deprecat/i.test(method) || (isJsonObject(params['error']) && method !== 'error')),
		);

	it('goes on with another account between two turns, without a word', async () => {
		const first = await say('please [[tool:echo pool-works]]');
		const account = servedBy().at(-1);
		assert.ok(account);
		await pool.control.changeAccount(await pool.accountId(account), { selected: false });

		const second = await say('and once more [[tool:echo still-works]]');

		assert.match(first, /pool-works$/);
		assert.match(second, /still-works$/);
		assert.deepEqual(shown(), []);
		assert.equal(new Set(servedBy()).size, 2);
		assert.notEqual(servedBy().at(-1), account);
		assert.deepEqual([pool.upstream.requests.filter(isUpgrade).length, posts().length], [2, 0]);
	});

	const faults: readonly (readonly [name: string, fault: Fault, match: FaultMatch])[] = [
		[
			'resets the connection before any output',
			{ kind: 'cut', after: 'lead', how: 'reset' },
			{ when: isSocketFollowUp },
		],
		[
			'resets the connection in the middle of an answer',
			{ kind: 'cut', after: 'output', how: 'reset' },
			{ when: isSocketFollowUp },
		],
		['refuses the connection', { kind: 'reply', status: 503, body: '<html>busy</html>' }, { when: isUpgrade }],
		[
			'is overloaded',
			{ kind: 'reply', status: 503, body: { error: { code: 'server_is_overloaded', message: 'Busy' } } },
			{ when: isSocketFollowUp },
		],
		[
			'has reached a limit',
			{ kind: 'reply', status: 429, body: { error: { type: 'usage_limit_reached', resets_in_seconds: 3600 } } },
			{ when: isSocketFollowUp },
		],
	];
	for (const [name, fault, match] of faults) {
		it(`finishes its turn when the provider ${name}`, async () => {
			const scripted = pool.upstream.script(fault, match);

			const first = await say('please [[tool:echo pool-works]]');
			const second = await say('and once more');

			assert.equal(scripted.hits, 1);
			assert.match(first, /pool-works$/);
			assert.match(second, /^Echo: and once more/);
			assert.deepEqual(shown(), []);
			assert.equal(posts().length, 0);
		});
	}
});
