import { Option, type Command } from 'commander';
import { signInMethodSchema, type SignInMethod } from '../shared/signInApi.js';
import type { AccountView } from '../shared/accountApi.js';
import { addAccountUseCommands } from './accountUseCommands.js';
import { addAccountChangeCommands } from './accountChangeCommands.js';
import { readAccountFiles } from './accountFiles.js';
import { accountNotes, sharingNotes } from './accountNotes.js';
import { accountTable } from './accountTable.js';
import { addExportCommand } from './exportCommand.js';
import { findAccount } from './findAccount.js';
import type { Output } from './output.js';
import { addPoolOptions, withPool, type PoolOptions } from './poolOptions.js';
import { addQuotaCommands } from './quotaCommands.js';
import { signIn } from './signIn.js';

const addExamples = `
Examples:
  codex-pool accounts add
  codex-pool accounts add --device
  codex-pool accounts add --paste --renew ada@example.com`;

const importExamples = `
Examples:
  codex-pool accounts import ~/.codex/auth.json
  ssh laptop cat .codex/auth.json | codex-pool accounts import -`;

export function addAccountCommands(program: Command): void {
	const accounts = program
		.command('accounts')
		.description('add, list, order, refresh, test, export and remove accounts');
	addListCommand(accounts);
	addSignInCommand(accounts);
	addImportCommand(accounts);
	addAccountChangeCommands(accounts);
	addAccountUseCommands(accounts);
	addQuotaCommands(accounts);
	addExportCommand(accounts);
}

function addListCommand(accounts: Command): void {
	addPoolOptions(
		accounts
			.command('list', { isDefault: true })
			.description('list the accounts in their order, and what those that rest wait for'),
	).action((options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			const { accounts: all } = await pool.state();
			output.print({ accounts: all }, () => accountList(all, output, Date.now()));
		}),
	);
}

type SignInOptions = PoolOptions & { readonly [M in SignInMethod]?: true } & { readonly renew?: string };

function addSignInCommand(accounts: Command): void {
	const way = (method: SignInMethod, description: string): Option =>
		new Option(`--${method}`, description).conflicts(signInMethodSchema.options.filter(other => other !== method));
	addPoolOptions(
		accounts
			.command('add')
			.description('sign in to an account; the address to open is printed on standard error')
			.addOption(way('browser', 'sign in with a browser on this machine (default)'))
			.addOption(way('device', 'sign in on any device, by a code'))
			.addOption(way('paste', 'sign in with any browser; standard input brings the address that it ended on'))
			.option('--renew <account>', 'sign in again to this account (id, e-mail or name) and to no other')
			.addHelpText('after', addExamples),
	).action(({ renew, ...options }: SignInOptions) =>
		withPool(options, async (pool, output) => {
			const accountId = renew === undefined ? undefined : findAccount((await pool.state()).accounts, renew).id;
			const chosen = signInMethodSchema.options.find(method => options[method]);
			if (chosen === undefined && isProbablyRemote(process.env)) {
				output.hint('If your browser is on another machine, --device or --paste suits better.\n');
			}
			const signedInId = await signIn(
				pool,
				{ method: chosen ?? 'browser', ...(accountId !== undefined && { accountId }) },
				output,
			);
			const account = findAccount((await pool.state()).accounts, signedInId);
			output.print({ account: brief(account) }, () => accountTable([account], output, Date.now()));
		}),
	);
}

function addImportCommand(accounts: Command): void {
	addPoolOptions(
		accounts
			.command('import')
			.description('add accounts from auth.json files of Codex, all of them or none')
			.argument('<file...>', 'auth.json files; "-" reads standard input')
			.addHelpText('after', importExamples),
	).action(async (paths: string[], options: PoolOptions) => {
		const documents = await readAccountFiles(paths);
		await withPool(options, async (pool, output) => {
			const added = await output.progress('Importing accounts', () => pool.importAccounts(documents));
			output.print({ accounts: added.map(brief) }, () => accountTable(added, output, Date.now()));
		});
	});
}

function accountList(accounts: readonly AccountView[], output: Output, now: number): string {
	const table = accountTable(accounts, output, now, { isNumbered: true });
	const notes = [...accounts.flatMap(account => accountNotes(account, now)), ...sharingNotes(accounts)];
	return notes.length === 0 ? table : [table, '', ...notes].join('\n');
}

/** Where the browser is likely on another machine than this command. */
function isProbablyRemote(env: NodeJS.ProcessEnv): boolean {
	return !process.stdin.isTTY || !process.stdout.isTTY || Boolean(env['SSH_CONNECTION']);
}

function brief({ id, email, plan, state }: AccountView): Pick<AccountView, 'id' | 'email' | 'plan' | 'state'> {
	return { id, email, plan, state };
}
