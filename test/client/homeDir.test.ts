import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { poolHomeDir } from '../../src/client/homeDir.js';

describe('poolHomeDir', () => {
	it('is a folder of the user', () => {
		assert.equal(poolHomeDir({}), join(homedir(), '.codex-pool'));
		assert.equal(poolHomeDir({ CODEX_POOL_HOME: '' }), join(homedir(), '.codex-pool'));
	});

	it('is moved by CODEX_POOL_HOME', () => {
		assert.equal(poolHomeDir({ CODEX_POOL_HOME: 'elsewhere' }), resolve('elsewhere'));
	});
});
