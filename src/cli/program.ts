import type { Command } from 'commander';
import { addAccountCommands } from './accountCommands.js';
import { addClientCommands } from './clientCommands.js';
import { addDoctorCommand } from './doctorCommand.js';
import { exitCodeHelp } from './exitCode.js';
import { addExplainCommand } from './explainCommand.js';
import { HelpfulCommand, helpStyle } from './helpfulCommand.js';
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
	const program = new HelpfulCommand('codex-pool')
		.description('One local endpoint for your own ChatGPT/Codex accounts.')
		.version(programVersion)
		.addHelpText('after', exitCodeHelp)
		.configureHelp(helpStyle)
		.exitOverride()
		// The reporter in cli.ts says it, as text or as JSON.
		.configureOutput({ outputError: () => undefined });
	addServeCommand(program);
	addPoolCommands(program);
	addRoutingCommand(program);
	addAccountCommands(program);
	addClientCommands(program);
	addDoctorCommand(program);
	addKeyCommands(program);
	addModelCommands(program);
	addSessionCommands(program);
	addExplainCommand(program);
	addUsageCommand(program);
	return program;
}
