import { styleText } from 'node:util';
import type { Command } from 'commander';
import { poolHomeDir } from '../client/homeDir.js';
import { ChangeJournal } from '../configuration/changeJournal.js';
import { ClientConfiguration } from '../configuration/clientConfiguration.js';
import { clientPrograms } from '../configuration/clientPrograms.js';
import type { Check, CheckState, Remedy, RemedyAction } from '../setup/check.js';
import { checkSetup } from '../setup/checkSetup.js';
import { setupReport } from '../setup/setupReport.js';
import { coverEmails } from '../shared/coverEmails.js';
import { exitCodes } from './exitCode.js';
import { printedLabel } from './findAccount.js';
import { Output } from './output.js';
import { addPoolOptions, type PoolOptions } from './poolOptions.js';
import { programVersion } from './programVersion.js';
import { plainText } from './textTable.js';

const help = `
Ends with 1 when there is a problem. It changes nothing, and works without a pool;
--json leaves out e-mail addresses, for others to read.`;

const markColours = {
	ok: 'green',
	warning: 'yellow',
	problem: 'red',
	unknown: 'gray',
} as const satisfies Record<CheckState, string>;

const remedies: Readonly<Record<RemedyAction, (accountId: string) => string>> = {
	startPool: () => 'serve',
	choosePort: () => 'serve --port <number>',
	turnOn: () => 'enable',
	addAccount: () => 'accounts add',
	signInAgain: id => `accounts add --renew ${id}`,
	resumeAccount: id => `accounts resume ${id}`,
	useAccount: id => `enable ${id}`,
	refreshUsage: id => `accounts refresh ${id}`,
	chooseStrategy: () => 'routing --account <account>',
	manageKeys: () => 'keys list',
	configureCodex: () => 'configure codex',
	configureOpenCode: () => 'configure opencode',
};

/** `doctor`: one answer to "why does it not work?". */
export function addDoctorCommand(program: Command): void {
	addPoolOptions(
		program
			.command('doctor')
			.description('tell why it does not work: look at the pool, accounts, keys and clients')
			.addHelpText('after', help),
	).action(async ({ port, json }: PoolOptions, command: Command) => {
		// Said once, it has to be said to the remedies too.
		const otherPort = command.getOptionValueSource('port') === 'cli' ? port : null;
		const remedyOf = ({ remedy }: Check) => (remedy === undefined ? null : commandFor(remedy, otherPort));
		const output = new Output(json === true);
		const homeDir = poolHomeDir();
		const journal = ChangeJournal.ofPool(homeDir);
		const checks = await output.progress('Looking', () =>
			checkSetup({
				port,
				homeDir,
				version: programVersion,
				env: process.env,
				codex: new ClientConfiguration(clientPrograms.codex(), journal),
				openCode: new ClientConfiguration(clientPrograms.opencode(), journal),
				nameOf: printedLabel,
				problem: null,
				now: Date.now,
			}),
		);
		const documents = checks.map(check => ({
			name: check.name,
			state: check.state,
			sentence: coverEmails(check.sentence),
			remedy: remedyOf(check),
		}));
		output.print({ checks: documents }, () =>
			setupReport(checks.map(withPlainText), {
				remedyOf,
				styleMark: (mark, state) => styleText(markColours[state], mark, { stream: process.stdout }),
			}),
		);
		if (checks.some(({ state }) => state === 'problem')) process.exitCode = exitCodes.failure;
	});
}

function commandFor({ action, accountId = '' }: Remedy, port: number | null): string {
	const words = ['codex-pool', remedies[action](accountId).trim()];
	return [...words, ...(port === null || action === 'choosePort' ? [] : [`--port ${port}`])].join(' ');
}

/** Names in it are those of strangers. */
function withPlainText(check: Check): Check {
	return { ...check, sentence: plainText(check.sentence) };
}
