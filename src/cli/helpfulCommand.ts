import { Command, type ErrorOptions, type Help } from 'commander';

/** A command that says in a sentence what is wrong with its words, and where the right ones are told. */
export class HelpfulCommand extends Command {
	override createCommand(name?: string): HelpfulCommand {
		return new HelpfulCommand(name);
	}

	override error(message: string, options?: ErrorOptions): never {
		const group = this.parent;
		// Nobody has asked for the default command of a group whose word too many is a command that there is not.
		if (options?.code === 'commander.excessArguments' && group && group.args[0] !== this.name()) {
			const names = group.commands.map(command => command.name()).join(', ');
			return super.error(`Unknown command '${this.args[0] ?? ''}'. ${pathOf(group)} has: ${names}.`, options);
		}
		return super.error(`${sentence(message)} See "${pathOf(this)} --help".`, options);
	}
}

/** Options come with nearly every command: naming them in a list of commands costs the room for what each does. */
export const helpStyle = {
	minWidthToWrap: 20,
	subcommandTerm: command => `${command.name()} ${command.usage()}`.replace(' [options]', ''),
} satisfies Partial<Help>;

/** "error: unknown option '--prot'\n(Did you mean --port?)" as "Unknown option '--prot'. Did you mean --port?" */
function sentence(message: string): string {
	const [said = '', suggestion] = message.replace(/^error: /, '').split('\n');
	const closed = /[.?]$/.test(said) ? said : `${said}.`;
	const asked = suggestion === undefined ? '' : ` ${suggestion.replace(/^\((.*)\)$/, '$1')}`;
	return closed.charAt(0).toUpperCase() + closed.slice(1) + asked;
}

function pathOf(command: Command): string {
	return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
