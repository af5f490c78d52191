import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import type { SimulatedAccount } from './upstream/accounts.js';
import { failedStream, htmlReply, incompleteStream } from './upstream/faults.js';
import type { RecordedRequest } from './upstream/record.js';
import { startUpstream, type Upstream } from './upstream/startUpstream.js';
import { readEvents, readText, send, sendTurn, turnBody } from './upstream/turn.js';

describe('the simulated backend: faults and the record', () => {
	let upstream: Upstream;
	let alice: SimulatedAccount;
	let bob: SimulatedAccount;

	beforeEach(async () => {
		upstream = await startUpstream({ accounts: [{ email: 'alice@example.com' }, { email: 'bob@example.com' }] });
		[alice, bob] = upstream.accounts as [SimulatedAccount, SimulatedAccount];
	});

	afterEach(() => upstream.close());

	const types = (text: string) => readEvents(text).map(event => event['type']);

	it('strikes only what it is meant for, as often as it is told', async () => {
		const fault = upstream.script(
			{
				kind: 'reply',
				status: 503,
				headers: { 'retry-after': '3' },
				body: { error: { code: 'server_is_overloaded' } },
			},
			{ account: alice, path: '/responses', times: 2 },
		);

		const statuses = [];
		for (const account of [bob, alice, alice, alice]) {
			statuses.push((await sendTurn(upstream.backendUrl, account, turnBody('hi'))).status);
		}

		assert.deepEqual(statuses, [200, 503, 503, 200]);
		assert.equal(fault.hits, 2);
	});

	it('answers with HTML where a stream was expected', async () => {
		upstream.script(htmlReply(200));

		const answer = await sendTurn(upstream.backendUrl, alice, turnBody('hi'));

		assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
		assert.match(answer.text, /^<!DOCTYPE html>/);
	});

	it('ends a stream early, cleanly or not', async () => {
		const results = [];
		for (const how of ['end', 'close', 'reset'] as const) {
			upstream.script({ kind: 'cut', after: 'output', how });
			const answer = await sendTurn(upstream.backendUrl, alice, turnBody('one two'));
			results.push({ how, isWhole: answer.isWhole, last: types(answer.text).at(-1) });
		}

		assert.deepEqual(results, [
			{ how: 'end', isWhole: true, last: 'response.output_text.delta' },
			{ how: 'close', isWhole: false, last: 'response.output_text.delta' },
			{ how: 'reset', isWhole: false, last: 'response.output_text.delta' },
		]);
		assert.deepEqual(
			upstream.requests.map(({ answer }) => answer.outcome),
			['cut', 'cut', 'cut'],
		);
	});

	it('fails inside a stream before anything is visible', async () => {
		upstream.script(failedStream('server_is_overloaded'));

		const answer = await sendTurn(upstream.backendUrl, alice, turnBody('hi'));

		assert.deepEqual(types(answer.text), [
			'response.created',
			'response.in_progress',
			'codex.rate_limits',
			'response.failed',
		]);
		assert.equal(upstream.requests[0]?.answer.events, 4);
	});

	it('gives up in the middle of the answer', async () => {
		upstream.script(incompleteStream('max_output_tokens'));

		const answer = await sendTurn(upstream.backendUrl, alice, turnBody('hi'));

		assert.deepEqual(types(answer.text).slice(-2), ['response.output_text.delta', 'response.incomplete']);
		assert.match(answer.text, /"reason":"max_output_tokens"/);
	});

	it('adds events of any size to a stream', async () => {
		const padding = 'x'.repeat(3_000_000);
		upstream.script({ kind: 'insert', after: 2, events: [{ type: 'response.unheard_of', padding }] });

		const answer = await sendTurn(upstream.backendUrl, alice, turnBody('hi'));

		assert.equal(types(answer.text)[2], 'response.unheard_of');
		assert.equal(readText(answer.text), 'Echo: hi');
	});

	it('falls silent in the middle until it is told to go on', async () => {
		const { promise: until, resolve: goOn } = Promise.withResolvers<undefined>();
		upstream.script({ kind: 'silence', after: 'lead', until });

		const answering = sendTurn(upstream.backendUrl, alice, turnBody('hi'));
		const request = await upstream.waitForRequest(({ path }) => path.endsWith('/responses'));
		const outcomeWhileSilent = request.answer.outcome;
		goOn(undefined);
		const answer = await answering;

		assert.equal(outcomeWhileSilent, 'pending');
		assert.equal(readText(answer.text), 'Echo: hi');
	});

	it('holds back the first byte', async () => {
		const { promise: wait, resolve: goOn } = Promise.withResolvers<undefined>();
		upstream.script({ kind: 'slow', wait });

		const answering = sendTurn(upstream.backendUrl, alice, turnBody('hi'));
		const request = await upstream.waitForRequest(() => true);
		const statusWhileHeld = request.answer.status;
		goOn(undefined);

		assert.equal(statusWhileHeld, undefined);
		assert.equal((await answering).status, 200);
	});

	it('breaks a connection before the answer, having done the work or not', async () => {
		const before = alice.refreshToken;
		upstream.script({ kind: 'refuse' }, { path: '/responses' });
		upstream.script({ kind: 'lose' }, { path: '/oauth/token' });
		const body = {
			grant_type: 'refresh_token',
			refresh_token: before,
			client_id: 'app_EMoamEEZ73f0CkXaXp7hrann',
		};

		await assert.rejects(sendTurn(upstream.backendUrl, alice, turnBody('hi')), { code: 'ECONNRESET' });
		await assert.rejects(send(`${upstream.issuerUrl}/oauth/token`, { body }), { code: 'ECONNRESET' });

		assert.notEqual(alice.refreshToken, before);
	});

	it('notices that the client left', async () => {
		upstream.script({ kind: 'silence', after: 'output' });
		const leaving = new AbortController();

		const answering = sendTurn(upstream.backendUrl, alice, turnBody('hi'), { signal: leaving.signal });
		const request = await upstream.waitForRequest(() => true);
		leaving.abort();
		await Promise.allSettled([answering, request.settled]);

		assert.equal(request.answer.outcome, 'client_left');
	});

	it('remembers what came over which connection', async () => {
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		const headers = { 'X-Odd-Case': 'kept' };

		await sendTurn(upstream.backendUrl, alice, turnBody('hi'), { agent, headers });
		await sendTurn(upstream.backendUrl, alice, turnBody('ho'), { agent });
		await sendTurn(upstream.backendUrl, bob, turnBody('hi'));
		agent.destroy();

		assert.equal(upstream.requests.length, 3);
		const [first, second, third] = upstream.requests as [RecordedRequest, RecordedRequest, RecordedRequest];
		assert.equal(first.connectionId, second.connectionId);
		assert.notEqual(first.connectionId, third.connectionId);
		assert.deepEqual(first.body, turnBody('hi'));
		assert.deepEqual(
			first.headers.find(([name]) => name === 'X-Odd-Case'),
			['X-Odd-Case', 'kept'],
		);
		assert.equal(third.account, bob);
		assert.equal(third.answer.outcome, 'complete');
	});
});
