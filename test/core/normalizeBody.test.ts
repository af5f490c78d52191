import assert from 'node:assert/strict';
import fc from 'fast-check';
import { normalizeBody } from '../../src/core/request/normalizeBody.js';
import { PoolError } from '../../src/shared/poolError.js';

const refused = [
	'frequency_penalty',
	'max_completion_tokens',
	'max_output_tokens',
	'max_tokens',
	'metadata',
	'presence_penalty',
	'prompt_cache_options',
	'prompt_cache_retention',
	'safety_identifier',
	'seed',
	'temperature',
	'top_logprobs',
	'top_p',
	'truncation',
	'user',
];

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same rules over objects, as plainly as they can be said. */
function expected(body: Json): Json {
	const kept = Object.entries(body).filter(([key]) => !refused.includes(key));
	const out: Json = { ...Object.fromEntries(kept), stream: true, store: false };
	if (out['service_tier'] === 'fast') out['service_tier'] = 'priority';
	if (out['service_tier'] === 'auto' || out['service_tier'] === 'default') delete out['service_tier'];
	if (typeof body['input'] === 'string') {
		out['input'] = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: body['input'] }] }];
	} else if (Array.isArray(body['input'])) {
		out['input'] = body['input'].map(expectedItem);
	}
	return out;
}

function expectedItem(item: unknown): unknown {
	if (!isObject(item) || !('role' in item)) return item;
	if ('type' in item && item['type'] !== 'message') return item;
	const isAssistant = item['role'] === 'assistant';
	const content = item['content'];
	const out: Json = { type: 'message', ...item };
	if (item['role'] === 'system') out['role'] = 'developer';
	if (typeof content === 'string')
		out['content'] = [{ type: isAssistant ? 'output_text' : 'input_text', text: content }];
	if (isAssistant && Array.isArray(content)) {
		out['content'] = content.map((part: unknown) =>
			isObject(part) && part['type'] === 'input_text' ? { ...part, type: 'output_text' } : part,
		);
	}
	return out;
}

const normalize = (text: string) => normalizeBody(Buffer.from(text));
const reparse = (body: Json): unknown => JSON.parse(normalize(JSON.stringify(body)).body.toString('utf8'));

const text = fc.string({ unit: 'binary', maxLength: 30 });
const part = fc.oneof(
	fc.record({ type: fc.constantFrom('input_text', 'output_text', 'input_image'), text }),
	fc.jsonValue({ maxDepth: 1 }),
);
const item = fc.oneof(
	fc.record(
		{
			id: text,
			type: fc.constantFrom('message', 'reasoning'),
			role: fc.constantFrom('user', 'assistant', 'system', 'developer'),
			content: fc.oneof(text, fc.array(part, { maxLength: 3 }), fc.constant(null)),
			extra: fc.jsonValue({ maxDepth: 2 }),
		},
		{ requiredKeys: [] },
	),
	fc.jsonValue({ maxDepth: 2 }),
);
const anyBody: fc.Arbitrary<Json> = fc.record(
	{
		model: fc.oneof(text, fc.constant(null)),
		input: fc.oneof(text, fc.array(item, { maxLength: 4 }), fc.constant(null)),
		stream: fc.oneof(fc.boolean(), fc.constant(null)),
		store: fc.oneof(fc.boolean(), fc.constant(null)),
		service_tier: fc.constantFrom('fast', 'auto', 'default', 'priority', 'flex', null),
		reasoning: fc.oneof(fc.record({ effort: text }), fc.constant(null), fc.constant('high')),
		tools: fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 2 }),
		...Object.fromEntries(refused.map(key => [key, fc.jsonValue({ maxDepth: 1 })])),
	},
	{ requiredKeys: [] },
);

describe('normalizeBody', () => {
	it('gives what the plain rules over objects give', () => {
		const property = fc.property(anyBody, fc.constantFrom(undefined, 1, '\t'), (body, space) => {
			const result = normalize(JSON.stringify(body, null, space));
			assert.deepEqual(JSON.parse(result.body.toString('utf8')), JSON.parse(JSON.stringify(expected(body))));
			assert.equal(result.stream, body['stream'] === true);
			assert.deepEqual(new Set(result.dropped), new Set(Object.keys(body).filter(key => refused.includes(key))));
			assert.equal(result.model, typeof body['model'] === 'string' ? body['model'] : null);
		});
		fc.assert(property, { numRuns: 400 });
	});

	for (const [name, value, remedy] of [
		['previous_response_id', '"resp_1"', /whole conversation/],
		['conversation', '{"id":"conv_1"}', /whole conversation/],
		['background', 'true', /Leave "background" out/],
	] as const) {
		it(`says what to do instead of ${name}, which takes a backend that keeps responses`, () => {
			assert.throws(
				() => normalize(`{"model":"m","${name}":${value},"input":"Go on"}`),
				(error: PoolError) => error.code === 'invalid_request' && remedy.test(error.message),
			);
			const { body, dropped } = normalize(`{"model":"m","${name}":null,"stream":true,"store":false}`);
			assert.deepEqual([body.toString(), dropped], ['{"model":"m","stream":true,"store":false}', []]);
		});
	}

	it('hands a body that fits already on as the same bytes', () => {
		const body = Buffer.from(
			' { "model":"m", "stream" : true,"store":false , "input":[{"type":"message","role":"user","content":[]}] }\n',
		);
		assert.equal(normalizeBody(body).body, body);
	});

	it('keeps the digits of numbers and the spelling of strings', () => {
		const inner = '"tools":[{"big":12345678901234567890123, "small":1.10e-400,"text":"\\u00e9\\/"}]';
		const { body } = normalize(`{"stream":false,${inner},"temperature":1}`);
		assert.ok(body.includes(inner));
	});

	for (const name of refused) {
		it(`leaves out ${name} and says so`, () => {
			const result = normalize(`{"${name}":{"nested":[1,{"${name}":2}]},"model":"m","input":[]}`);
			assert.deepEqual(JSON.parse(result.body.toString('utf8')), { model: 'm', input: [], stream: true, store: false });
			assert.deepEqual(result.dropped, [name]);
		});
	}

	it('touches parameters only at the top', () => {
		const tools = [{ type: 'function', parameters: { temperature: 1, stream: false, store: true, input: 'x' } }];
		assert.deepEqual(reparse({ tools, input: [] }), { tools, input: [], stream: true, store: false });
	});

	it('asks for a stream without storing, whatever the caller asked for', () => {
		for (const body of ['{}', '{"stream":false}', '{"store":true,"stream":null}', '{"temperature":1}']) {
			const result = normalize(body);
			assert.deepEqual(JSON.parse(result.body.toString('utf8')), { stream: true, store: false }, body);
			assert.equal(result.stream, false);
		}
	});

	it('makes a list out of a text', () => {
		assert.deepEqual(reparse({ input: 'Say "hi"\n✓' }), {
			input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Say "hi"\n✓' }] }],
			stream: true,
			store: false,
		});
	});

	it('leaves items alone that are not messages, also when they have a role', () => {
		const input = [
			{ type: 'function_call_output', call_id: 'c', output: 'x' },
			{ type: 'additional_tools', role: 'system', tools: [] },
			{ type: 'compaction', role: 'assistant', content: 'x', encrypted_content: 'y' },
			{ id: 'item_1' },
		];
		assert.deepEqual((reparse({ input }) as Json)['input'], input);
	});

	it('goes by the last of several members with the same name, as JSON readers do', () => {
		const parse = (json: string): Json => JSON.parse(normalize(json).body.toString('utf8')) as Json;
		assert.equal(parse('{"stream":true,"stream":false}')['stream'], true);
		assert.equal(normalize('{"stream":true,"stream":false}').stream, false);
		assert.deepEqual(parse('{"input":[],"input":"b"}')['input'], [
			{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'b' }] },
		]);
		const item = (members: string): unknown =>
			(parse(`{"input":[{"type":"message",${members}}]}`)['input'] as unknown[])[0];
		assert.deepEqual(item('"role":"user","role":"system"'), { type: 'message', role: 'developer' });
		assert.deepEqual(item('"role":"system","role":"user"'), { type: 'message', role: 'user' });
		assert.equal(normalize('{"reasoning":{"effort":"low","effort":"high"}}').effort, 'high');
	});

	it('says what the request asks for', () => {
		const { model, effort, tier, promptCacheKey } = normalize(
			'{"prompt_cache_key":"k","model":"gpt-5.5","reasoning":{"effort":"high"},"service_tier":"fast"}',
		);
		assert.deepEqual([model, effort, tier, promptCacheKey], ['gpt-5.5', 'high', 'priority', 'k']);
	});

	describe('refuses with a sentence', () => {
		for (const body of [
			'',
			'[]',
			'"x"',
			'{"a":}',
			'{"input":[1,}',
			'{"a":1}}',
			'{"a":1} {"b":2}',
			'{"stream":true,"store":false} x',
			'{"input":"',
		]) {
			it(JSON.stringify(body), () =>
				assert.throws(
					() => normalize(body),
					(error: unknown) =>
						error instanceof PoolError && error.code === 'invalid_request' && /not valid JSON/.test(error.message),
				),
			);
		}
	});
});
