import { CommanderError, type Command } from 'commander';
import type { KeyBudget } from '../shared/keyApi.js';
import { budgetExamples, budgetWords, scopeWords } from '../shared/keyWords.js';
import { formatMoment } from './duration.js';
import { accountIdsOf, printedLabel } from './findAccount.js';
import { parseKeyBudget } from './optionParsers.js';
import { accountArgument, addPoolOptions, keyArgument, withKey, type PoolOptions } from './poolOptions.js';
import { plainText } from './textTable.js';

const scopeExamples = `
Examples:
  codex-pool keys scope laptop gpt-5.5 gpt-6-sol
  codex-pool keys scope laptop --all`;

const accountsHelp = `
It holds from the next request on, in sessions that are under way too. What is
removed from the pool stays with the key: one whose accounts are all gone serves
nobody, until you choose others.

Examples:
  codex-pool keys accounts laptop ada@example.com Work
  codex-pool keys accounts laptop --all`;

/** `keys scope`, `keys accounts` and `keys budget`: what a key may ask for, of whom, and how much. */
export function addKeyLimitCommands(keys: Command): void {
	addPoolOptions(
		keys
			.command('scope')
			.description('choose the only models that a key may ask for, and is shown')
			.argument('<key>', keyArgument)
			.argument('[model...]', 'names of models, aliases or variants, as clients say them')
			.option('--all', 'let it ask for every model again')
			.addHelpText('after', scopeExamples),
	).action(
		(wanted: string, models: string[], { all = false, ...options }: PoolOptions & { readonly all?: boolean }) => {
			if (all === models.length > 0) {
				throw new CommanderError(2, 'codexPool.noScope', 'Name the models that the key may ask for, or use --all.');
			}
			return withKey(wanted, options, async ({ id }, pool, output) => {
				const key = await pool.changeKey(id, { models: all ? null : models });
				output.print({ key }, () =>
					key.models === null
						? `${plainText(key.name)} may ask for every model.`
						: `${plainText(key.name)} may ask for ${scopeWords(key.models)} and nothing else.`,
				);
			});
		},
	);
	addPoolOptions(
		keys
			.command('accounts')
			.description('choose the only accounts that may serve a key, and whose models and quota it is told')
			.argument('<key>', keyArgument)
			.argument('[account...]', accountArgument)
			.option('--all', 'let every account serve it again, later ones too')
			.addHelpText('after', accountsHelp),
	).action(
		(wanted: string, accounts: string[], { all = false, ...options }: PoolOptions & { readonly all?: boolean }) => {
			if (all === accounts.length > 0) {
				throw new CommanderError(2, 'codexPool.noAccounts', 'Name the accounts that may serve the key, or use --all.');
			}
			return withKey(wanted, options, async ({ id }, pool, output) => {
				const known = (await pool.state()).accounts;
				const chosen = all ? null : accountIdsOf(known, accounts);
				const key = await pool.changeKey(id, { accountIds: chosen });
				const labels = known.filter(account => chosen?.includes(account.id)).map(printedLabel);
				output.print({ key }, () =>
					chosen === null
						? `${plainText(key.name)} may be served by every account.`
						: `${plainText(key.name)} may be served by ${scopeWords(labels)} and no other account.`,
				);
			});
		},
	);
	addPoolOptions(
		keys
			.command('budget')
			.description('limit the tokens that a key may use')
			.argument('<key>', keyArgument)
			.argument('<tokens>', `${budgetExamples}, or none`, parseKeyBudget)
			.addHelpText(
				'after',
				`
Input and output count, cached input in full. A day is the local day, a week
begins on Monday. When the budget is used up, clients are told when it is back;
what is running then comes to its end.

Examples:
  codex-pool keys budget laptop 500k/day
  codex-pool keys budget laptop none`,
			),
	).action((wanted: string, budget: KeyBudget | null, options: PoolOptions) =>
		withKey(wanted, options, async ({ id }, pool, output) => {
			const key = await pool.changeKey(id, { budget });
			output.print({ key }, () =>
				key.budget === null
					? `${plainText(key.name)} may use as many tokens as it likes.`
					: `${plainText(key.name)} has used ${budgetWords(key.budget)}; the next begins ${formatMoment(key.budget.resetsAt)}.`,
			);
		}),
	);
}
