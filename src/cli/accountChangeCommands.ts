import { CommanderError, type Command } from 'commander';
import type { AccountView } from '../shared/accountApi.js';
import { PoolError } from '../shared/poolError.js';
import { accountNotes } from './accountNotes.js';
import { accountTable, stateWords } from './accountTable.js';
import { findAccount, printedLabel } from './findAccount.js';
import { accountArgument, addPoolOptions, withAccount, withPool, type PoolOptions } from './poolOptions.js';

const renameExamples = `
Examples:
  codex-pool accounts rename ada@example.com Work
  codex-pool accounts rename Work --clear`;

const orderExamples = `
Examples:
  codex-pool accounts order grace@example.com Work`;

/** What is done to accounts that are in the pool. */
export function addAccountChangeCommands(accounts: Command): void {
	addPause(accounts, 'pause', 'let an account rest until it is resumed; what it is working on goes on');
	addPause(accounts, 'resume', 'let a paused account work again');
	addRename(accounts);
	addOrder(accounts);
	addRemove(accounts);
}

function addPause(accounts: Command, name: 'pause' | 'resume', description: string): void {
	const paused = name === 'pause';
	addPoolOptions(accounts.command(name).description(description).argument('<account>', accountArgument)).action(
		(wanted: string, options: PoolOptions) =>
			withAccount(wanted, options, async ({ id }, pool, output) => {
				const account = await pool.changeAccount(id, { paused });
				if (paused ? account.state !== 'paused' : isBlocked(account)) throw stuck(account, name);
				output.print({ account }, () => `${printedLabel(account)} is ${stateWords[account.state]}.`);
			}),
	);
}

/** Neither pausing nor resuming helps these. */
function isBlocked({ state }: AccountView): boolean {
	return state === 'needs_sign_in' || state === 'disabled';
}

function stuck(account: AccountView, verb: string): PoolError {
	const notes = accountNotes(account, Date.now()).join('\n');
	return new PoolError('invalid_request', `There is nothing to ${verb}. ${notes}`);
}

interface RenameOptions extends PoolOptions {
	readonly clear?: boolean;
}

function addRename(accounts: Command): void {
	addPoolOptions(
		accounts
			.command('rename')
			.description('give an account a name of your own')
			.argument('<account>', accountArgument)
			.argument('[name]', 'the new name')
			.option('--clear', 'go back to the e-mail')
			.addHelpText('after', renameExamples),
	).action(async (wanted: string, name: string | undefined, { clear = false, ...options }: RenameOptions) => {
		const newName = name?.trim() ? name : null;
		if ((newName !== null) === clear) {
			throw new CommanderError(2, 'codexPool.name', 'Give the new name, or --clear to go back to the e-mail.');
		}
		await withAccount(wanted, options, async (before, pool, output) => {
			const account = await pool.changeAccount(before.id, { name: newName });
			output.print({ account }, () => `${printedLabel(before)} is now called ${printedLabel(account)}.`);
		});
	});
}

function addOrder(accounts: Command): void {
	addPoolOptions(
		accounts
			.command('order')
			.description('show these accounts first, in this order; the others follow as they were')
			.argument('<account...>', 'ids, e-mails or names of accounts')
			.addHelpText('after', orderExamples),
	).action((wanted: string[], options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			const { accounts: known } = await pool.state();
			const first = new Set(wanted.map(each => findAccount(known, each).id));
			const all = await pool.orderAccounts([...first]);
			output.print({ accounts: all }, () => accountTable(all, output, Date.now(), { isNumbered: true }));
		}),
	);
}

interface RemoveOptions extends PoolOptions {
	readonly revoke?: boolean;
	readonly forgetUsage?: boolean;
}

function addRemove(accounts: Command): void {
	addPoolOptions(
		accounts
			.command('remove')
			.description('remove an account and forget its tokens')
			.argument('<account>', accountArgument)
			.option('--revoke', 'also end its sign-in at the provider, for every program that uses the same one')
			.option('--forget-usage', 'also forget its requests and totals, which stay otherwise'),
	).action((wanted: string, { revoke = false, forgetUsage = false, ...options }: RemoveOptions) =>
		withAccount(wanted, options, async (account, pool, output) => {
			await output.progress('Removing the account', () => pool.removeAccount(account.id, { revoke, forgetUsage }));
			const { id, email } = account;
			output.print({ id, email, revoked: revoke, forgotUsage: forgetUsage }, () =>
				[
					`Removed ${printedLabel(account)}.`,
					...(revoke ? ['Its sign-in was ended at the provider.'] : []),
					...(forgetUsage ? ['Its usage was forgotten.'] : []),
				].join(' '),
			);
		}),
	);
}
