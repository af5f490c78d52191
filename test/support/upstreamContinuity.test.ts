import assert from 'node:assert/strict';
import type { SimulatedAccount } from './upstream/accounts.js';
import { listAt, objectAt, textAt, type JsonObject } from './upstream/json.js';
import { startUpstream, type Upstream } from './upstream/startUpstream.js';
import { readEvents, readItems, readText, send, sendTurn, turnBody, userMessage } from './upstream/turn.js';

describe('the simulated backend: what continues from one request to the next', () => {
	let upstream: Upstream;
	let alice: SimulatedAccount;
	let bob: SimulatedAccount;

	beforeEach(async () => {
		upstream = await startUpstream();
		alice = upstream.addAccount();
		bob = upstream.addAccount();
	});

	afterEach(() => upstream.close());

	const violationCodes = () => upstream.violations.map(violation => violation.code);

	it('calls the shell a client offers, once for each command, and then answers', async () => {
		const tools = [{ type: 'function', name: 'bash', parameters: { properties: { command: { type: 'string' } } } }];
		const question = userMessage('[[tool:echo one]] [[tool:echo two]]');
		const input: JsonObject[] = [question];
		const commands: (string | undefined)[] = [];

		for (let round = 0; round < 2; round += 1) {
			const answer = await sendTurn(upstream.backendUrl, alice, turnBody('', { tools, input }));
			const items = readItems(answer.text);
			const call = items.find(item => item['type'] === 'function_call');
			commands.push(textAt(JSON.parse(textAt(call, 'arguments') ?? '{}'), 'command'));
			const callId = textAt(call, 'call_id');
			input.push(...items, { type: 'function_call_output', call_id: callId, output: `ran ${round}` });
		}
		const last = await sendTurn(upstream.backendUrl, alice, turnBody('', { tools, input }));

		assert.deepEqual(commands, ['echo one', 'echo two']);
		assert.match(readText(last.text), /^Echo: .*tool: ran 1$/);
	});

	it('reads encrypted content only for the account and the item it was made for', async () => {
		const first = await sendTurn(upstream.backendUrl, alice, turnBody('hi'));
		const reasoning = readItems(first.text)[0] ?? {};
		const again = (item: JsonObject) => turnBody('', { input: [item, userMessage('and?')] });
		const withoutId = Object.fromEntries(Object.entries(reasoning).filter(([name]) => name !== 'id'));

		const own = await sendTurn(upstream.backendUrl, alice, again(reasoning));
		const unnamed = await sendTurn(upstream.backendUrl, alice, again(withoutId));
		const renamed = await sendTurn(upstream.backendUrl, alice, again({ ...reasoning, id: 'rs_other' }));
		const foreign = await sendTurn(upstream.backendUrl, bob, again(reasoning));
		upstream.strict = false;
		const lenient = await sendTurn(upstream.backendUrl, bob, again(reasoning));

		const statuses = [own, unnamed, renamed, foreign, lenient].map(answer => answer.status);
		assert.deepEqual(statuses, [200, 200, 400, 400, 200]);
		assert.match(foreign.text, /invalid_encrypted_content/);
	});

	it('refuses the turn state of another account', async () => {
		const first = await sendTurn(upstream.backendUrl, alice, turnBody('hi'));
		const headers = { 'x-codex-turn-state': String(first.headers['x-codex-turn-state']) };

		const answer = await sendTurn(upstream.backendUrl, bob, turnBody('hi'), { headers });

		assert.equal(answer.status, 400);
		assert.deepEqual(violationCodes(), ['foreign_turn_state']);
	});

	it('notices a named turn that is carried out again after it had said something', async () => {
		const body = turnBody('hi', { client_metadata: { turn_id: 'turn-1' } });

		await sendTurn(upstream.backendUrl, alice, body);
		await sendTurn(upstream.backendUrl, bob, body);

		assert.deepEqual(violationCodes(), ['turn_repeated_after_output']);
	});

	it('compacts on request, in a stream and at once', async () => {
		const input = [userMessage('long story'), { type: 'compaction_trigger' }];

		const streamed = await sendTurn(upstream.backendUrl, alice, turnBody('', { input }));
		const unary = await send(`${upstream.backendUrl}/codex/responses/compact`, {
			headers: alice.credentials,
			body: { model: 'gpt-5.5', input: [userMessage('long story')] },
		});

		assert.deepEqual(
			readItems(streamed.text).map(item => item['type']),
			['compaction'],
		);
		const kept = listAt(JSON.parse(unary.text), 'output').map(item => textAt(item, 'type'));
		assert.deepEqual(kept, ['message', 'compaction']);
	});

	it('finds a repeated prefix warm on the account that saw it, and only there', async () => {
		const body = turnBody('x'.repeat(4000));
		const cachedFor = async (account: SimulatedAccount) => {
			const answer = await sendTurn(upstream.backendUrl, account, body);
			const usage = objectAt(objectAt(readEvents(answer.text).at(-1), 'response'), 'usage');
			return Number(objectAt(usage, 'input_tokens_details')['cached_tokens']);
		};

		assert.equal(await cachedFor(alice), 0);
		assert.ok((await cachedFor(alice)) > 900);
		assert.equal(await cachedFor(bob), 0);
	});
});
