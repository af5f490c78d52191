import assert from 'node:assert/strict';
import { PoolError } from '../../src/shared/poolError.js';

/** For `assert.rejects`: the error of the pool with this code. */
export function hasCode(code: PoolError['code']): (error: unknown) => boolean {
	return error => error instanceof PoolError && error.code === code;
}

/** Fails unless the work ends with this error of the pool. */
export async function rejectsWith(work: Promise<unknown>, code: PoolError['code'], message = /./): Promise<void> {
	await assert.rejects(work, error => {
		assert.ok(error instanceof PoolError, String(error));
		assert.equal(error.code, code);
		assert.match(error.message, message);
		return true;
	});
}
