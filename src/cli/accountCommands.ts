import type { Command } from 'commander';
import type { PoolClient } from '../client/poolClient.js';
import type { AccountView } from '../shared/managementApi.js';
import { readAccountFiles } from './accountFiles.js';
import { accountTable } from './accountTable.js';
import { accountLabel, findAccount } from './findAccount.js';
import type { Output } from './output.js';
import { addPoolOptions, withPool, type PoolOptions } from './poolOptions.js';
import { signIn } from './signIn.js';
import { plainText } from './textTable.js';

export function addAccountCommands(program: Command): void {
	const accounts = program.command('accounts').description('list, add, import and remove accounts');

	addPoolOptions(accounts.command('list').description('list the accounts of the pool')).action((options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			const { accounts: all } = await pool.state();
			output.print({ accounts: all }, () => accountTable(all, output, Date.now()));
		}),
	);
	addPoolOptions(
		accounts
			.command('add')
			.description('sign in with the browser; prints the address to open on standard error and waits'),
	).action((options: PoolOptions) => withPool(options, addBySignIn));
	addPoolOptions(
		accounts
			.command('import')
			.description('add accounts from auth.json files of Codex, all of them or none')
			.argument('<file...>', 'auth.json files'),
	).action(async (paths: string[], options: PoolOptions) => {
		const documents = await readAccountFiles(paths);
		await withPool(options, async (pool, output) => {
			const added = await output.progress('Importing accounts', () => pool.importAccounts(documents));
			output.print({ accounts: added.map(brief) }, () => accountTable(added, output, Date.now()));
		});
	});
	addPoolOptions(
		accounts
			.command('remove')
			.description('remove an account and forget its tokens; its usage history stays')
			.argument('<account>', 'id, e-mail or name of the account'),
	).action((wanted: string, options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			const account = findAccount((await pool.state()).accounts, wanted);
			await pool.removeAccount(account.id);
			output.print({ id: account.id, email: account.email }, () => `Removed ${plainText(accountLabel(account))}.`);
		}),
	);
}

async function addBySignIn(pool: PoolClient, output: Output): Promise<void> {
	const accountId = await signIn(pool, output);
	const added = (await pool.state()).accounts.filter(account => account.id === accountId);
	output.print({ accounts: added.map(brief) }, () => accountTable(added, output, Date.now()));
}

function brief({ id, email, plan, state }: AccountView): Pick<AccountView, 'id' | 'email' | 'plan' | 'state'> {
	return { id, email, plan, state };
}
