import { Argument, type Command } from 'commander';
import { normalPriority } from '../shared/accountApi.js';
import { printedLabel } from './findAccount.js';
import { parsePriority, parseReserve } from './optionParsers.js';
import { accountArgument, addPoolOptions, withAccount, type PoolOptions } from './poolOptions.js';

const priorityExamples = `
Examples:
  codex-pool accounts priority ada@example.com first
  codex-pool accounts priority Work 7`;

const reserveExamples = `
Examples:
  codex-pool accounts reserve Work 20
  codex-pool accounts reserve Work 0`;

/** `accounts priority` and `accounts reserve`: how much the pool may lean on an account. */
export function addAccountUseCommands(accounts: Command): void {
	addPoolOptions(
		accounts
			.command('priority')
			.description('use an account before or after others, whatever the strategy')
			.argument('<account>', accountArgument)
			.addArgument(
				new Argument(
					'<priority>',
					'1 (first) is used up before all others, 5 is normal, 9 (last) is kept to the end',
				).argParser(parsePriority),
			)
			.addHelpText('after', priorityExamples),
	).action((wanted: string, priority: number, options: PoolOptions) =>
		withAccount(wanted, options, async ({ id }, pool, output) => {
			const account = await pool.changeAccount(id, { priority });
			output.print(
				{ account },
				() => `${printedLabel(account)} has priority ${priority}: it ${priorityWords(priority)}.`,
			);
		}),
	);
	addPoolOptions(
		accounts
			.command('reserve')
			.description('leave the last per cent of every usage window of an account to yourself')
			.argument('<account>', accountArgument)
			.addArgument(new Argument('<percent>', 'from 0 (the pool may use it up) to 90').argParser(parseReserve))
			.addHelpText('after', reserveExamples),
	).action((wanted: string, reservePercent: number, options: PoolOptions) =>
		withAccount(wanted, options, async ({ id }, pool, output) => {
			const account = await pool.changeAccount(id, { reservePercent });
			output.print({ account }, () =>
				reservePercent === 0
					? `The pool may use ${printedLabel(account)} up.`
					: `The pool leaves the last ${reservePercent} % of each window of ${printedLabel(account)} to you.`,
			);
		}),
	);
}

function priorityWords(priority: number): string {
	if (priority === normalPriority) return 'shares the load as the strategy says';
	return priority < normalPriority
		? 'is used before accounts with a higher number'
		: 'is kept until no account with a lower number can serve';
}
