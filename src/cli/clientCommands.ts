import { Argument, type Command } from 'commander';
import { poolHomeDir } from '../client/homeDir.js';
import { ChangeJournal } from '../configuration/changeJournal.js';
import { ClientConfiguration } from '../configuration/clientConfiguration.js';
import { clientPrograms } from '../configuration/clientPrograms.js';
import type { PreparedChange } from '../configuration/configuredFile.js';
import { hideKeys } from '../configuration/poolKeyText.js';
import { changedLines } from './changedLines.js';
import { expectConsent } from './consent.js';
import { Output } from './output.js';
import { addPoolOptions, withPool, type PoolOptions } from './poolOptions.js';
import { plainText } from './textTable.js';

type ClientName = keyof typeof clientPrograms;

interface ConfigureOptions extends PoolOptions {
	readonly yes?: true;
}

/** `configure` and `undo`: what the editor's commands of these names do to a client's configuration, and how. */
export function addClientCommands(program: Command): void {
	addPoolOptions(
		program
			.command('configure')
			.description('make Codex or OpenCode use the pool: show the change to its configuration, ask, and write it')
			.addArgument(clientArgument())
			.option('--yes', 'write it without asking'),
	).action((name: ClientName, { yes, ...options }: ConfigureOptions) =>
		withPool(options, async (pool, output) => {
			const configuration = configurationOf(name);
			const { key } = await pool.revealDefaultKey();
			const change = await configuration.prepare({ port: pool.port, key });
			const changed = change.before !== change.after;
			if (changed && !yes) await confirm(change, configuration.client.consequence, output);
			if (changed) await change.apply();
			const { path, caveat } = change;
			const client = configuration.client.name;
			const told = changed ? `${client} uses the pool from its next start on.` : `${client} already uses the pool.`;
			const warned = caveat !== null && changed ? `Written. ${caveat}` : caveat;
			output.print({ client: name, path, changed, caveat }, () => warned ?? told);
			if (changed) output.hint(`The way back: codex-pool undo ${name}`);
		}),
	);
	program
		.command('undo')
		.description('bring the configuration of Codex or OpenCode back as it was before "configure", here or in VS Code')
		.addArgument(clientArgument())
		.option('--json', 'machine-readable output')
		.action(async (name: ClientName, { json }: { readonly json?: true }) => {
			const configuration = configurationOf(name);
			const changed = await configuration.undo();
			const client = configuration.client.name;
			new Output(json === true).print({ client: name, changed }, () =>
				changed ? `${client} no longer uses the pool.` : `${client} was not using the pool; nothing was changed.`,
			);
		});
}

function clientArgument(): Argument {
	return new Argument('<client>', 'the program').choices(Object.keys(clientPrograms));
}

function configurationOf(name: ClientName): ClientConfiguration {
	return new ClientConfiguration(clientPrograms[name](), ChangeJournal.ofPool(poolHomeDir()));
}

async function confirm(change: PreparedChange, consequence: string | null, output: Output): Promise<void> {
	const lines = changedLines(hideKeys(change.before), hideKeys(change.after));
	output.hint([...lines.map(plainLine), '', ...(consequence === null ? [] : [consequence])].join('\n'));
	const question = `Write this change to ${change.path}?`;
	await expectConsent({ question, matter: 'the change', declined: 'Nothing was written.' }, output);
}

function plainLine(line: string): string {
	const spaced = line.replaceAll('\t', '  ');
	return ' '.repeat(spaced.search(/\S|$/)) + plainText(spaced);
}
