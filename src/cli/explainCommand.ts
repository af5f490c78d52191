import { Argument, type Command } from 'commander';
import { explanation } from './explanation.js';
import { accountNames } from './findAccount.js';
import { parseWords } from './optionParsers.js';
import { addPoolOptions, withPool, type PoolOptions } from './poolOptions.js';

export function addExplainCommand(program: Command): void {
	addPoolOptions(
		program
			.command('explain')
			.description('tell why a request went where it went: the choices, the attempts and the outcome')
			.addArgument(
				new Argument('[request]', 'id of the request (x-codex-pool-request of its answer) or its beginning')
					.argParser(parseWords)
					.default('latest'),
			),
	).action((wanted: string, options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			const request = await pool.explainRequest(wanted);
			const names = output.json ? new Map<string, string>() : accountNames((await pool.state()).accounts);
			output.print({ request }, () => explanation(request, names, output));
		}),
	);
}
