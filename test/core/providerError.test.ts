import assert from 'node:assert/strict';
import { errorOf } from '../../src/core/attempt/providerError.js';

describe('errorOf', () => {
	it('reads a detail text as the message', () =>
		assert.equal(errorOf({ detail: 'Store must be set to false' }).message, 'Store must be set to false'));
	it('reads an error that is only a text', () =>
		assert.equal(errorOf({ error: 'invalid_grant' }).message, 'invalid_grant'));
	it('takes the type of a flat event for the name of the event, not of the error', () =>
		assert.deepEqual(
			[errorOf({ type: 'error', code: 'server_error' }).type, errorOf({ type: 'usage_limit_reached' }).type],
			[undefined, 'usage_limit_reached'],
		));
});
