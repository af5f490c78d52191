import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { Output } from '../../src/cli/output.js';
import { Prompt } from '../../src/cli/prompt.js';
import { Keyboard, Terminal } from './terminal.js';

describe('Prompt', () => {
	it('is interactive with a person at both ends, and never with --json', () => {
		const [keyboard, terminal] = [new Keyboard(), new Terminal()];

		assert.ok(new Prompt(new Output(false, terminal), keyboard).isInteractive);
		assert.ok(!new Prompt(new Output(false, terminal), new PassThrough()).isInteractive);
		assert.ok(!new Prompt(new Output(false, new PassThrough()), keyboard).isInteractive);
		assert.ok(!new Prompt(new Output(true, terminal), keyboard).isInteractive);
	});

	for (const [typed, isYes] of [
		['y\r', true],
		[' YES \r', true],
		['\r', false],
		['yesterday\r', false],
		['\u0003', false],
		['\u0004', false],
	] as const) {
		it(`takes ${JSON.stringify(typed)} for ${isYes ? 'yes' : 'no'}`, async () => {
			const [keyboard, terminal] = [new Keyboard(), new Terminal()];
			const answer = new Prompt(new Output(false, terminal), keyboard).confirm('Go on?');
			await terminal.asks('Go on? [y/N] ');

			keyboard.write(typed);

			assert.equal(await answer, isYes);
		});
	}

	it('leaves the line of a question that nobody answers', async () => {
		const [keyboard, terminal] = [new Keyboard(), new Terminal()];
		const answer = new Prompt(new Output(false, terminal), keyboard).confirm('Go on?');
		await terminal.asks('Go on? [y/N] ');

		keyboard.write('\u0003');

		await answer;
		assert.match(terminal.written, /\n$/);
	});

	it('stops asking when its signal fires, or has fired', async () => {
		const asking = new AbortController();
		const prompt = new Prompt(new Output(false, new Terminal()), new Keyboard());
		const answer = prompt.ask('Address: ', asking.signal);

		asking.abort();

		assert.equal(await answer, undefined);
		assert.equal(await prompt.ask('Address: ', asking.signal), undefined);
	});

	it('reads lines of any length', async () => {
		const [keyboard, terminal] = [new Keyboard(), new Terminal()];
		const answer = new Prompt(new Output(false, terminal), keyboard).ask('Address: ');
		const long = 'x'.repeat(6_000);

		keyboard.write(`${long}\r`);

		assert.equal(await answer, long);
	});
});
