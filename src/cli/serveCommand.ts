import { Option, type Command } from 'commander';
import { defaultRetention } from '../shared/retention.js';
import { defaultIssuerUrl, defaultUpstreamUrl } from '../shared/runtimeMessages.js';
import { parseAddress, parseHistoryDays, parseHistoryRows } from './optionParsers.js';
import { addPoolOptions, type PoolOptions } from './poolOptions.js';

export interface ServeOptions extends PoolOptions {
	readonly data?: string;
	readonly upstream: string;
	readonly issuer: string;
	readonly prices?: string;
	readonly acceptOwnLogins?: true;
	readonly historyDays: number;
	readonly historyRows: number;
}

const priceHelp = `
A price file gives models their prices, in US dollars for a million tokens. Each
takes the place of the pool's own:
  {"gpt-5.5": {"input": 5, "cachedInput": 0.5, "output": 30, "priority": 2.5}}
"priority" and "flex" are what a tier multiplies the rates by; "longContext" is
what a long input does:
  {"above": 272000, "input": 2, "output": 1.5}`;

export function addServeCommand(program: Command): void {
	addPoolOptions(
		program
			.command('serve')
			.description('run a pool in this process until it is signalled; a second signal ends it at once')
			.option('--data <folder>', 'where accounts, usage and secrets rest (default: the folder "data" of ~/.codex-pool)')
			.addOption(address('--upstream <url>', 'address of the ChatGPT backend', defaultUpstreamUrl))
			.addOption(address('--issuer <url>', 'address of the sign-in service', defaultIssuerUrl))
			.option('--accept-own-logins', 'let Codex in by the ChatGPT login of an account in the pool, without a pool key')
			.addOption(
				new Option('--history-days <days>', 'how long requests are kept one by one; sums are kept for ever')
					.argParser(parseHistoryDays)
					.default(defaultRetention.days),
			)
			.addOption(
				new Option('--history-rows <count>', 'how many requests are kept one by one')
					.argParser(parseHistoryRows)
					.default(defaultRetention.rows),
			)
			.option('--prices <file>', 'your own prices for the cost estimate, as JSON')
			.addHelpText('after', priceHelp),
	).action(async (options: ServeOptions) => {
		// Loaded here alone: the other commands start in a fraction of the time without the runtime.
		const { serve } = await import('./serve.js');
		await serve(options);
	});
}

function address(flags: string, description: string, standard: string): Option {
	return new Option(flags, description).argParser(parseAddress).default(standard);
}
