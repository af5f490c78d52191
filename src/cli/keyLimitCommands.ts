import { CommanderError, type Command } from 'commander';
import type { KeyBudget } from '../shared/keyApi.js';
import { budgetExamples, budgetWords, scopeWords } from '../shared/keyWords.js';
import { formatMoment } from './duration.js';
import { parseKeyBudget } from './optionParsers.js';
import { addPoolOptions, keyArgument, withKey, type PoolOptions } from './poolOptions.js';
import { plainText } from './textTable.js';

/** `keys scope` and `keys budget`: what a key may ask for, and how much. */
export function addKeyLimitCommands(keys: Command): void {
	addPoolOptions(
		keys
			.command('scope')
			.description('choose the only models that a key may ask for, and is shown')
			.argument('<key>', keyArgument)
			.argument('[model...]', 'names of models, aliases or variants, as clients say them')
			.option('--all', 'let it ask for every model again'),
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
			.command('budget')
			.description('limit the tokens that a key may use')
			.argument('<key>', keyArgument)
			.argument('<tokens>', `${budgetExamples}, or none`, parseKeyBudget)
			.addHelpText(
				'after',
				`
Input and output count, cached input in full. A day is the local day, a week begins on Monday. When the budget is used
up, clients are told when it is back; what is running then comes to its end.`,
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
