import { CommanderError, Option, type Command } from 'commander';
import type { PoolClient } from '../client/poolClient.js';
import { strategySchema, type Routing, type Strategy } from '../shared/routingApi.js';
import type { AccountView } from '../shared/accountApi.js';
import type { PoolChange, PoolState } from '../shared/poolApi.js';
import { PoolError } from '../shared/poolError.js';
import { explainStrategy, strategyName } from '../shared/routingWords.js';
import { findAccount, printedLabel } from './findAccount.js';
import { parseHold, parseInFlightLimit } from './optionParsers.js';
import { addPoolOptions, withPool, type PoolOptions } from './poolOptions.js';

interface RoutingOptions extends PoolOptions {
	readonly strategy?: Strategy;
	readonly account?: string;
	readonly inFlight?: number;
	readonly hold?: number;
}

/** How requests are spread over the accounts. */
export function addRoutingCommand(program: Command): void {
	addPoolOptions(
		program
			.command('routing')
			.description('show how requests are spread over the accounts, or change what the options name')
			.addOption(new Option('--strategy <name>', 'how new sessions are spread').choices(strategySchema.options))
			.option('--account <account>', 'use this account alone (id, e-mail or name): the strategy single_account')
			.addOption(
				new Option('--in-flight <number>', 'requests at a time on one account; 0 is no limit').argParser(
					parseInFlightLimit,
				),
			)
			.addOption(
				new Option(
					'--hold <time>',
					'how long requests wait for a reset when all accounts are spent, like 15m',
				).argParser(parseHold),
			)
			.addHelpText('after', strategyHelp),
	).action(({ strategy, account, inFlight, hold, ...options }: RoutingOptions) => {
		if (account !== undefined && strategy !== undefined && strategy !== 'single_account') {
			throw new CommanderError(
				2,
				'codexPool.routing',
				`--account is for the strategy single_account; ${strategy} uses all accounts.`,
			);
		}
		return withPool(options, async (pool, output) => {
			let state = await pool.state();
			const change: RoutingChange = {
				...(strategy !== undefined && { strategy }),
				...(account !== undefined && {
					strategy: 'single_account' as const,
					singleAccountId: findAccount(state.accounts, account).id,
				}),
				...(inFlight !== undefined && { inFlightLimit: inFlight }),
				...(hold !== undefined && { holdMinutes: hold }),
			};
			if (Object.keys(change).length > 0) state = await changeRouting(pool, change);
			const { routing, accounts } = state;
			output.print({ routing }, () => routingText(routing, accounts));
		});
	});
}

type RoutingChange = NonNullable<PoolChange['routing']>;

async function changeRouting(pool: PoolClient, change: RoutingChange): Promise<PoolState> {
	const { strategy, singleAccountId = (await pool.state()).routing.singleAccountId } = change;
	if (strategy === 'single_account' && singleAccountId === null) {
		throw new PoolError(
			'invalid_request',
			'The strategy single_account uses one account. Say which: codex-pool routing --account <account>',
		);
	}
	return pool.changePool({ routing: change });
}

function routingText(routing: Routing, accounts: readonly AccountView[]): string {
	const { strategy, singleAccountId, inFlightLimit, holdMinutes } = routing;
	const single = accounts.find(({ id }) => id === singleAccountId);
	return [
		`Strategy        ${strategySentence(strategy)}`,
		...(strategy === 'single_account' ? [`Single account  ${single ? printedLabel(single) : singleAccountId}`] : []),
		inFlightLimit === 0
			? 'At a time       As many requests on one account as there are.'
			: `At a time       ${count(inFlightLimit, 'request')} on one account; others wait for their turn.`,
		holdMinutes === 0
			? 'All spent       Requests fail at once and say when to try again.'
			: `All spent       Requests wait up to ${count(holdMinutes, 'minute')} for the earliest reset.`,
	].join('\n');
}

function strategySentence(strategy: Strategy): string {
	return `${strategyName(strategy)}: ${explainStrategy(strategy)}`;
}

const nameWidth = Math.max(...strategySchema.options.map(name => name.length));
const strategyHelp = [
	'\nStrategies:',
	...strategySchema.options.map(name => `  ${name.padEnd(nameWidth)}  ${explainStrategy(name)}`),
	'A session stays with its account while that can serve, and account priorities go',
	'before every strategy.',
	'\nExamples:',
	'  codex-pool routing --strategy soonest_reset --in-flight 8 --hold 15m',
	'  codex-pool routing --account Work',
].join('\n');

function count(value: number, noun: string): string {
	return `${value} ${noun}${value === 1 ? '' : 's'}`;
}
