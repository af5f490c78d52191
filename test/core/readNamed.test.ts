import assert from 'node:assert/strict';
import type { ResolvedName } from '../../src/core/models/modelOffer.js';
import { readNamed, type ModelNames } from '../../src/core/request/readNamed.js';
import type { ReceivedRequest } from '../../src/core/request/readRequest.js';

const deep: ResolvedName = { model: 'gpt-5.5', effort: 'high', tier: null, verbosity: null, entry: undefined };
const names: ModelNames = {
	resolve: name => (name === 'deep' ? Promise.resolve(deep) : undefined),
	fitEffort: (_model, effort) => Promise.resolve(effort === 'minimal' ? 'low' : effort),
};

function request(body: object, change: Partial<ReceivedRequest> = {}): ReceivedRequest {
	return {
		id: 'req_1',
		route: '/v1/responses',
		keyId: 'key_1',
		headers: {},
		body: Buffer.from(JSON.stringify(body)),
		encoding: null,
		decoded: false,
		receivedAt: 0,
		...change,
	};
}

describe('reading a request with the names of the pool', () => {
	it('waits for nothing when it names a model and an effort that every model takes', () => {
		for (const effort of [undefined, 'low', 'high']) {
			const read = readNamed(request({ model: 'gpt-5.5', reasoning: { effort }, input: [] }), names);

			assert.equal(read instanceof Promise, false);
		}
	});

	it('fits the body of an SDK to the backend under any name', async () => {
		const { request: read, facts } = await readNamed(request({ model: 'deep', input: 'hello' }), names);

		assert.deepEqual(JSON.parse(facts.body.toString()), {
			model: 'gpt-5.5',
			reasoning: { effort: 'high' },
			input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] }],
			stream: true,
			store: false,
		});
		assert.deepEqual([facts.model, facts.alias, facts.effort], ['gpt-5.5', 'deep', 'high']);
		assert.equal(read.decode, undefined, 'a lighter copy is made of what goes upstream');
	});

	it('puts another effort in place of one that the model does not take', async () => {
		const { facts } = await readNamed(request({ model: 'gpt-5.5', reasoning: { effort: 'minimal' } }), names);

		assert.deepEqual([facts.effort, facts.effortIsFitted], ['low', true]);
		assert.match(facts.body.toString(), /"effort":"low"/);
	});

	it('unpacks a compressed body of Codex for such a name, for good', async () => {
		const plain = Buffer.from('{"model":"deep","input":[]}');
		const packed = request(
			{},
			{
				route: '/backend-api/codex/responses',
				headers: { 'x-codex-routing-hint': 'model=deep', originator: 'codex_exec' },
				encoding: 'zstd',
				decode: () => Promise.resolve(plain),
			},
		);

		const { request: read, facts } = await readNamed(packed, names);

		assert.equal(facts.body.toString(), '{"model":"gpt-5.5","reasoning":{"effort":"high"},"input":[]}');
		assert.deepEqual([read.encoding, read.decoded], [null, true]);
		assert.deepEqual(await read.decode?.(), facts.body);
	});

	it('leaves the efforts of Codex alone', () => {
		const codex = { headers: { originator: 'codex_exec' } };

		const read = readNamed(request({ model: 'gpt-5.5', reasoning: { effort: 'minimal' } }, codex), names);

		assert.equal(read instanceof Promise, false);
	});

	it('says what is wrong with a body that it cannot change', async () => {
		const broken = request(
			{},
			{ headers: { originator: 'codex_exec' }, body: Buffer.from('{"model":"deep","input":[}') },
		);

		await assert.rejects(async () => readNamed(broken, names), { code: 'invalid_request', message: /not valid JSON/ });
	});
});
