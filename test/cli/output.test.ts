import assert from 'node:assert/strict';
import { Output } from '../../src/cli/output.js';
import { Terminal } from './terminal.js';

describe('Output.progress', () => {
	it('shows what it waits for on a terminal', async () => {
		const terminal = new Terminal(80);

		const result = await new Output(false, terminal).progress('Waiting', () => Promise.resolve(7));

		assert.equal(result, 7);
		assert.ok(terminal.written.includes('Waiting'));
	});

	it('is silent with --json', async () => {
		const terminal = new Terminal(80);

		await new Output(true, terminal).progress('Waiting', () => Promise.resolve());

		assert.equal(terminal.written, '');
	});

	it('is silent on a terminal without a width, which a spinner would never finish clearing', async () => {
		const terminal = new Terminal(0);

		await new Output(false, terminal).progress('Waiting', () => Promise.resolve());

		assert.equal(terminal.written, '');
	});

	it('ends with the failure of the work', async () => {
		const terminal = new Terminal(80);

		await assert.rejects(
			new Output(false, terminal).progress('Waiting', () => Promise.reject(new Error('no'))),
			/no/,
		);
	});
});
