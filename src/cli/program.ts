import { Command } from 'commander';
import { addAccountCommands } from './accountCommands.js';
import { exitCodeHelp } from './exitCode.js';
import { addExplainCommand } from './explainCommand.js';
import { addKeyCommands } from './keyCommands.js';
import { addModelCommands } from './modelCommands.js';
import { addPoolCommands } from './poolCommands.js';
import { programVersion } from './programVersion.js';
import { addRoutingCommand } from './routingCommand.js';
import { addServeCommand } from './serveCommand.js';
import { addSessionCommands } from './sessionCommands.js';
import { addUsageCommand } from './usageCommand.js';

/** The whole command line. Nothing in it exits or reports errors: `parseAsync` rejects, and cli.ts decides. */
export function createProgram(): Command {
	const program = new Command('codex-pool')
		.description('One local endpoint for your own ChatGPT/Codex accounts.')
		.version(programVersion)
		.addHelpText('after', exitCodeHelp)
		.exitOverride()
		// The reporter in cli.ts says it, as text or as JSON.
		.configureOutput({ outputError: () => undefined });
	addServeCommand(program);
	addPoolCommands(program);
	addRoutingCommand(program);
	addAccountCommands(program);
	addKeyCommands(program);
	addModelCommands(program);
	addSessionCommands(program);
	addExplainCommand(program);
	addUsageCommand(program);
	return program;
}
