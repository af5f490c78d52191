import type { Command } from 'commander';
import type { CreatedKey, KeyBudget, KeyView } from '../shared/keyApi.js';
import { budgetExamples, budgetWords, scopeWords } from '../shared/keyWords.js';
import { formatAgo, formatMoment } from './duration.js';
import { accountIdsOf, accountNames } from './findAccount.js';
import { addKeyLimitCommands } from './keyLimitCommands.js';
import { parseKeyBudget } from './optionParsers.js';
import type { Output } from './output.js';
import { accountArgument, addPoolOptions, keyArgument, withKey, withPool, type PoolOptions } from './poolOptions.js';
import { plainText } from './textTable.js';

interface CreateOptions extends PoolOptions {
	readonly name: string;
	readonly model?: string[] | null;
	readonly account?: string[] | null;
	readonly budget?: KeyBudget | null;
}

const createExamples = `
Examples:
  codex-pool keys create --name laptop
  codex-pool keys create --name ci --model gpt-5.5 gpt-6-sol --budget 2M/week
  codex-pool keys create --name work --account ada@example.com`;

/** `keys`: what lets clients in, and what each may use. */
export function addKeyCommands(program: Command): void {
	const keys = program.command('keys').description('create, limit, renew and revoke pool keys');
	addPoolOptions(
		keys.command('list', { isDefault: true }).description('list the keys and their limits, without their secrets'),
	).action((options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			const all = await pool.listKeys();
			const isNamed = all.some(({ accountIds }) => accountIds !== null);
			const names = accountNames(isNamed ? (await pool.state()).accounts : []);
			output.print({ keys: all }, () => keyTable(all, names, output));
		}),
	);
	addPoolOptions(
		keys
			.command('create')
			.description('create a key; it is printed on standard output, this once')
			.option('--name <name>', 'what the key is for', 'Command line')
			.option('--model <name...>', 'the only models and aliases that it may ask for')
			.option('--account <account...>', `the only accounts that may serve it: ${accountArgument}`)
			.option('--budget <tokens>', `what it may use: ${budgetExamples}`, parseKeyBudget)
			.addHelpText('after', createExamples),
	).action(({ name, model = null, account = null, budget = null, ...options }: CreateOptions) =>
		withPool(options, async (pool, output) => {
			const accountIds = account && accountIdsOf((await pool.state()).accounts, account);
			const created = await pool.createKey(name, { models: model, accountIds, budget });
			printSecret(created, output);
			output.hint(`Keep it now: the pool stores only its hash. Revoke it with "codex-pool keys revoke ${created.id}".`);
		}),
	);
	addPoolOptions(
		keys
			.command('rename')
			.description('call a key something else; clients do not notice')
			.argument('<key>', keyArgument)
			.argument('<name>', 'what the key is for'),
	).action((wanted: string, name: string, options: PoolOptions) =>
		withKey(wanted, options, async (key, pool, output) => {
			const renamed = await pool.changeKey(key.id, { name });
			output.print({ key: renamed }, () => `${plainText(key.name)} is called ${plainText(renamed.name)} now.`);
		}),
	);
	addPoolOptions(
		keys
			.command('rotate')
			.description('give a key a new secret, printed this once; clients with the old one are refused at once')
			.argument('<key>', keyArgument),
	).action((wanted: string, options: PoolOptions) =>
		withKey(wanted, options, async (key, pool, output) => {
			printSecret(await pool.rotateKey(key.id), output);
			output.hint(`Clients with the old secret of ${plainText(key.name)} are refused until they have this one.`);
		}),
	);
	addPoolOptions(
		keys
			.command('revoke')
			.description('revoke a key; clients that use it are refused at once')
			.argument('<key>', keyArgument),
	).action((wanted: string, options: PoolOptions) =>
		withKey(wanted, options, async ({ id, name }, pool, output) => {
			await pool.revokeKey(id);
			output.print({ id }, () => `Revoked ${plainText(name)}.`);
		}),
	);
	addKeyLimitCommands(keys);
}

function printSecret({ id, name, key }: CreatedKey, output: Output): void {
	output.print({ id, name, key }, () => key);
}

function keyTable(keys: readonly KeyView[], names: ReadonlyMap<string, string>, output: Output): string {
	if (keys.length === 0) return 'No keys. Create one with "codex-pool keys create".';
	const now = Date.now();
	return output.table(
		['Name', 'Key', 'Models', 'Accounts', 'Budget', 'Back at', 'Created', 'Last used', 'Id'].map(title => ({ title })),
		keys.map(({ id, name, prefix, models, accountIds, budget, createdAt, lastUsedAt }) => [
			name,
			prefix === null ? '–' : `${prefix}…`,
			scopeWords(models),
			// One that is gone is known by its id alone.
			scopeWords(accountIds && accountIds.map(each => names.get(each) ?? each)),
			budgetWords(budget),
			budget === null ? '–' : formatMoment(budget.resetsAt),
			formatAgo(createdAt, now),
			formatAgo(lastUsedAt, now),
			id,
		]),
	);
}
