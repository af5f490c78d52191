import assert from 'node:assert/strict';
import { withoutMember, withValue } from '../../src/core/request/memberEdits.js';
import { JsonScanError } from '../../src/core/request/jsonScan.js';

describe('withoutMember', () => {
	const path = ['client_metadata', 'state'];
	const rows: readonly (readonly [text: string, left: string])[] = [
		['{"client_metadata":{"state":"x"},"n":1.0}', '{"client_metadata":{},"n":1.0}'],
		['{"client_metadata":{"state":"x", "b":2}}', '{"client_metadata":{"b":2}}'],
		['{"client_metadata":{"a":1, "state":"x"}}', '{"client_metadata":{"a":1}}'],
		['{"client_metadata":{"a":1,"state":{"state":1} , "b": 2 }}', '{"client_metadata":{"a":1 , "b": 2 }}'],
		['{"client_metadata":{"state":1,"a":1,"state":2}}', '{"client_metadata":{"a":1}}'],
		['{"client_metadata":{"a":1}}', '{"client_metadata":{"a":1}}'],
		['{"client_metadata":[1]}', '{"client_metadata":[1]}'],
		['{"state":"x"}', '{"state":"x"}'],
	];
	for (const [text, left] of rows) {
		it(`makes ${left} of ${text}`, () => {
			assert.equal(withoutMember(Buffer.from(text), path).toString('utf8'), left);
		});
	}

	it('gives the same bytes back when there is nothing to leave out', () => {
		const text = Buffer.from('{"a":1}');
		assert.equal(withoutMember(text, path), text);
	});

	it('refuses what is not JSON', () => {
		assert.throws(() => withoutMember(Buffer.from('[1'), path), JsonScanError);
	});
});

describe('withValue', () => {
	it('replaces one value and nothing else', () => {
		const text = Buffer.from('{"headers":{"x-models-etag" : "theirs", "n":1.0}}');
		const changed = withValue(text, ['headers', 'x-models-etag'], '"ours"');
		assert.equal(changed.toString('utf8'), '{"headers":{"x-models-etag" : "ours", "n":1.0}}');
	});

	it('adds nothing', () => {
		const text = Buffer.from('{"headers":{}}');
		assert.equal(withValue(text, ['headers', 'x'], '1'), text);
	});
});
