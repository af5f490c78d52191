import type { Command } from 'commander';
import type { AccountView } from '../shared/accountApi.js';
import { PoolError } from '../shared/poolError.js';
import { redeemWarning } from '../shared/resetWords.js';
import { accountNotes } from './accountNotes.js';
import { accountTable, windowTable } from './accountTable.js';
import { expectConsent } from './consent.js';
import { formatMoment } from './duration.js';
import { findAccount, printedLabel } from './findAccount.js';
import type { Output } from './output.js';
import { accountArgument, addPoolOptions, withAccount, withPool, type PoolOptions } from './poolOptions.js';
import { quotaLines } from './quotaLines.js';
import { readUsage } from './readUsage.js';

/** `accounts refresh`, `test` and `redeem-reset`: what the provider says of the quota of accounts. */
export function addQuotaCommands(accounts: Command): void {
	addRefresh(accounts);
	addTest(accounts);
	addRedeem(accounts);
}

function addRefresh(accounts: Command): void {
	addPoolOptions(
		accounts
			.command('refresh')
			.description('ask the provider for the usage of an account, or of all one after the other; spends no quota')
			.argument('[account]', accountArgument),
	).action((wanted: string | undefined, options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			if (wanted !== undefined) {
				const { id } = findAccount((await pool.state()).accounts, wanted);
				const account = await output.progress('Asking the provider', () => readUsage(pool, id));
				output.print({ account }, () => quotaReport(account, output, Date.now()));
				return;
			}
			const refreshed = await output.progress('Asking the provider', () => pool.refreshAccounts());
			output.print(refreshed, () => accountTable(refreshed.accounts, output, Date.now(), { isNumbered: true }));
			for (const account of refreshed.accounts.filter(({ id }) => refreshed.failedIds.includes(id)))
				output.hint(`The figures of ${printedLabel(account)} could not be read just now; the log has the reason.`);
		}),
	);
}

function addTest(accounts: Command): void {
	addPoolOptions(
		accounts
			.command('test')
			.description('ask the provider for the usage of an account, which proves its sign-in and spends no quota')
			.argument('<account>', accountArgument),
	).action((wanted: string, options: PoolOptions) =>
		withAccount(wanted, options, async ({ id }, pool, output) => {
			const account = await output.progress('Asking the provider', () => readUsage(pool, id));
			output.print({ account }, () => quotaReport(account, output, Date.now(), [`${printedLabel(account)} answers.`]));
		}),
	);
}

function quotaReport(account: AccountView, output: Output, now: number, heading: readonly string[] = []): string {
	const notes = [...heading, ...accountNotes(account, now)];
	const lines = quotaLines(account, now);
	return [
		...notes,
		...(notes.length > 0 ? [''] : []),
		account.windows.length === 0 ? 'The provider names no usage windows.' : windowTable(account.windows, output, now),
		...(lines.length > 0 ? ['', ...lines] : []),
	].join('\n');
}

interface RedeemOptions extends PoolOptions {
	readonly yes?: boolean;
}

function addRedeem(accounts: Command): void {
	addPoolOptions(
		accounts
			.command('redeem-reset')
			.description('spend a banked reset of an account, so that its usage windows begin anew')
			.argument('<account>', accountArgument)
			.option('--yes', 'go on without being asked'),
	).action((wanted: string, { yes = false, ...options }: RedeemOptions) =>
		withAccount(wanted, options, async ({ id }, pool, output) => {
			// Nobody should decide on old figures.
			const account = await output.progress('Asking the provider', () => readUsage(pool, id));
			const name = printedLabel(account);
			if (!account.resetCredits || account.resetCredits.available === 0)
				throw new PoolError('invalid_request', `${name} has no banked reset to redeem.`);
			output.hint(redeemWarning(account.resetCredits, formatMoment));
			const question = `Redeem a reset of ${name}?`;
			if (!yes) await expectConsent({ question, matter: 'the redemption', declined: 'Nothing was redeemed.' }, output);
			const redeemed = await output.progress('Redeeming the reset', () => pool.redeemReset(id));
			output.print(redeemed, () => `${name}: ${redeemed.sentence}`);
		}),
	);
}
