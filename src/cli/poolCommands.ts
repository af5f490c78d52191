import type { Command } from 'commander';
import type { PoolState } from '../shared/poolApi.js';
import type { UsageTotals } from '../shared/usageApi.js';
import { poolForecastWords } from '../shared/forecastWords.js';
import { strategyName } from '../shared/routingWords.js';
import { formatCost } from '../shared/usd.js';
import { accountTable } from './accountTable.js';
import { formatDuration } from './duration.js';
import { findAccount, printedLabel } from './findAccount.js';
import type { Output } from './output.js';
import { addPoolOptions, withPool, type PoolOptions } from './poolOptions.js';
import { plainText } from './textTable.js';

/** `status`, `enable` and `disable`: the pool as a whole. */
export function addPoolCommands(program: Command): void {
	addPoolOptions(
		program.command('status').description('show the pool, its accounts and what is left of their quota'),
	).action((options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			const state = await pool.state();
			const { owner, enabled, routing, accounts, forecast, inFlight, totals } = state;
			output.print({ owner, enabled, routing, accounts, forecast, inFlight, totals }, () =>
				statusText(state, output, Date.now()),
			);
		}),
	);
	addSwitch(program, 'enable', true);
	addSwitch(program, 'disable', false);
}

function addSwitch(program: Command, name: 'enable' | 'disable', on: boolean): void {
	addPoolOptions(
		program
			.command(name)
			.description(`${name} the pool as a whole, or its use of one account`)
			.argument('[account]', 'id, e-mail or name of one account'),
	).action((wanted: string | undefined, options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			if (wanted === undefined) {
				await pool.changePool({ enabled: on });
				output.print({ enabled: on }, () => `The pool is ${on ? 'on' : 'off'}.`);
				return;
			}
			const account = findAccount((await pool.state()).accounts, wanted);
			await pool.changeAccount(account.id, { selected: on });
			output.print(
				{ id: account.id, email: account.email, selected: on },
				() => `The pool ${on ? 'may use' : 'no longer uses'} ${printedLabel(account)}.`,
			);
		}),
	);
}

function statusText(state: PoolState, output: Output, now: number): string {
	const { owner, enabled, routing, forecast, inFlight, totals } = state;
	const launcher = owner.launcher === 'editor' ? 'VS Code' : 'codex-pool serve';
	return [
		`Codex Pool ${plainText(owner.version)} is ${enabled ? 'on' : 'off'}, run by ${launcher} (process ${owner.pid}) for ${formatDuration(now - owner.startedAt)}.`,
		...state.notices.map(({ message }) => plainText(message)),
		'',
		`Codex clients   ${plainText(owner.codexBaseUrl)}`,
		`OpenAI clients  ${plainText(owner.openaiBaseUrl)}`,
		`New sessions    ${strategyName(routing.strategy)}`,
		`Running now     ${count(inFlight, 'request')}`,
		...(forecast.pool === null ? [] : [`At this pace    ${poolForecastWords(forecast.pool, now)}`]),
		`Today           ${totalsText(totals.today)}`,
		`All time        ${totalsText(totals.allTime)}`,
		'',
		accountTable(state.accounts, output, now),
	].join('\n');
}

function totalsText(totals: UsageTotals): string {
	const { requests, failed, inputTokens, cachedTokens, outputTokens } = totals;
	const tokens = `${number(inputTokens)} tokens in (${number(cachedTokens)} cached), ${number(outputTokens)} out`;
	return `${count(requests, 'request')} (${number(failed)} failed), ${tokens}${costText(totals)}`;
}

function costText(totals: UsageTotals): string {
	const cost = formatCost(totals);
	if (cost === null) return totals.unpriced > 0 ? ', est. cost unknown' : '';
	return `, est. cost ${cost}`;
}

function count(value: number, noun: string): string {
	return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

function number(value: number): string {
	return value.toLocaleString('en-US');
}
