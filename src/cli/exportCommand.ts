import { Option, type Command } from 'commander';
import { resolve } from 'node:path';
import { exportShapeSchema, type ExportShape } from '../shared/accountApi.js';
import { expectConsent } from './consent.js';
import { printedLabel } from './findAccount.js';
import { accountArgument, addPoolOptions, withAccount, type PoolOptions } from './poolOptions.js';
import { expectFree, writeSecretFile } from './secretFile.js';
import { plainText } from './textTable.js';

interface ExportOptions extends PoolOptions {
	readonly shape: ExportShape;
	/** A path, or `-` for standard output. */
	readonly output: string;
	readonly force?: boolean;
	readonly yes?: boolean;
}

const warning =
	'The export holds live tokens: whoever reads it owns the account. Refresh tokens work once: two programs that ' +
	'refresh the same sign-in end it for both. Let one program alone use it.';

const examples = `
Examples:
  codex-pool accounts export Work --shape codex --output work.json
  codex-pool accounts export Work --shape opencode --output - --yes`;

export function addExportCommand(accounts: Command): void {
	addPoolOptions(
		accounts
			.command('export')
			.description('write the sign-in of an account as a file for another program')
			.argument('<account>', accountArgument)
			.addOption(
				new Option('--shape <shape>', 'whose auth.json to write')
					.choices(exportShapeSchema.options)
					.makeOptionMandatory(),
			)
			.requiredOption('--output <file>', 'the file, readable by you alone; "-" prints the tokens on standard output')
			.option('--force', 'replace the file if it exists')
			.option('--yes', 'go on without being asked')
			.addHelpText('after', `\n${warning}\n${examples}`),
	).action(async (wanted: string, { shape, output: target, force = false, yes = false, ...options }: ExportOptions) => {
		const path = target === '-' ? null : resolve(target);
		if (path !== null) await expectFree(path, force);
		await withAccount(wanted, options, async (account, pool, output) => {
			output.hint(
				`${warning}\nTo hand the account over, remove it here afterwards: codex-pool accounts remove ${plainText(account.id)}\n`,
			);
			if (!yes) {
				const where = path === null ? 'standard output' : plainText(path);
				const question = `Write the tokens of ${printedLabel(account)} to ${where}?`;
				await expectConsent({ question, matter: 'the export', declined: 'Nothing was exported.' }, output);
			}
			const document = await pool.exportAccount(account.id, shape);
			const done = { id: account.id, email: account.email, shape, warning };
			if (path === null) {
				output.print({ ...done, document }, () => document.trimEnd());
			} else {
				await writeSecretFile(path, document, force);
				output.print({ ...done, path }, () => `Wrote ${printedLabel(account)} to ${plainText(path)}.`);
			}
		});
	});
}
