import assert from 'node:assert/strict';
import { portableBody } from '../../src/core/request/portableBody.js';

const reasoning = '{"type":"reasoning","id":"rs_1","encrypted_content":"gAAAA"}';
const message = '{"type":"message", "role":"user","content":[{"type":"input_text","text":"reasoning"}],"n":1.0}';

describe('portableBody', () => {
	const portable = (input: string): string | undefined =>
		portableBody(Buffer.from(`{"model":"m","input":${input}, "store":false}`))?.toString('utf8');

	it('leaves out reasoning and keeps every other byte', () => {
		assert.equal(
			portable(`[${reasoning},${message} , ${reasoning}]`),
			`{"model":"m","input":[${message}], "store":false}`,
		);
	});

	it('has nothing to offer when there is no reasoning', () => assert.equal(portable(`[${message}]`), undefined));

	it('does not break a history that only its account can read', () => {
		const compaction = '{"type":"compaction","id":"cmp_1","encrypted_content":"gAAAA"}';
		assert.equal(portable(`[${compaction},${reasoning}]`), undefined);
	});

	it('gives up on what it cannot read', () => {
		for (const body of ['', '[]', '{}', '{"input":"text"}', '{"input":[1]}', '{"input":[{]}']) {
			assert.equal(portableBody(Buffer.from(body)), undefined);
		}
	});
});
