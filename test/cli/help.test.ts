import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError, type Command } from 'commander';
import { createProgram } from '../../src/cli/program.js';
import { PoolError } from '../../src/shared/poolError.js';

/** Every command of the program, groups and the program itself too. */
function allCommands(command: Command): Command[] {
	return [command, ...command.commands.flatMap(allCommands)];
}

/** All of the help of a command, as a terminal of so many columns shows it. */
function helpOf(command: Command, columns = 80): string {
	let text = '';
	command.configureOutput({ writeOut: piece => (text += piece), getOutHelpWidth: () => columns });
	command.outputHelp();
	return text;
}

/** The commands that a help text shows, as far as they are ours. */
function examplesIn(help: string): string[][] {
	return [...help.matchAll(/^ {2}(?:.*\| )?codex-pool (.*?)(?: {2,}.*| >.*)?$/gm)].map(([, words = '']) =>
		words.split(' '),
	);
}

describe('the help of codex-pool', () => {
	const program = createProgram();
	const commands = allCommands(program);
	let homeDir: string;

	before(async () => {
		homeDir = await mkdtemp(join(tmpdir(), 'pool-help-'));
		process.env['CODEX_POOL_HOME'] = homeDir;
	});
	after(async () => {
		delete process.env['CODEX_POOL_HOME'];
		await rm(homeDir, { recursive: true });
	});

	it('fits a terminal of 80 columns, what each command does beside it', () => {
		for (const command of commands.filter(({ commands: inner }) => inner.length > 0)) {
			const tooLong = helpOf(command)
				.split('\n')
				.filter(line => line.length > 80);

			assert.deepEqual(tooLong, [], command.name());
		}
	});

	it('describes every argument and option', () => {
		for (const command of commands) {
			for (const { description } of [...command.registeredArguments, ...command.options]) assert.ok(description);
		}
	});

	it('shows examples that are right usage', async () => {
		const examples = commands
			.flatMap(command => examplesIn(helpOf(command)))
			// One would run a pool, one needs none, and one reads our own standard input.
			.filter(([name, , file]) => name !== 'serve' && name !== 'doctor' && file !== '-');

		assert.ok(examples.length >= 20);
		for (const words of examples) {
			const isRun = createProgram().parseAsync([...words, '--port', '1'], { from: 'user' });
			await assert.rejects(isRun, (thrown: unknown) => {
				assert.ok(!(thrown instanceof CommanderError), `${words.join(' ')}: ${String(thrown)}`);
				return thrown instanceof PoolError;
			});
		}
	});
});
