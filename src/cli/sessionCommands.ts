import type { Command } from 'commander';
import type { SessionView } from '../shared/sessionApi.js';
import { formatCost } from '../shared/usd.js';
import { shortSessionId } from '../shared/sessionWords.js';
import { formatAgo } from './duration.js';
import { accountNames, findAccount, printedLabel } from './findAccount.js';
import { findSession } from './findSession.js';
import type { Output } from './output.js';
import { accountArgument, addPoolOptions, withPool, type PoolOptions } from './poolOptions.js';

const sessionArgument = 'id of the session, or its beginning';

/** `sessions`: which account each client session is tied to, and what it has used. */
export function addSessionCommands(program: Command): void {
	const sessions = program.command('sessions').description('see, move and forget which account a session is tied to');
	addPoolOptions(
		sessions
			.command('list', { isDefault: true })
			.description('list the sessions and what each has used, the most recently used first'),
	).action((options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			const all = await pool.listSessions();
			const names = output.json ? new Map<string, string>() : accountNames((await pool.state()).accounts);
			output.print({ sessions: all }, () => sessionTable(all, names, output));
		}),
	);
	addPoolOptions(
		sessions
			.command('move')
			.description('tie a session to another account; its prompt cache there is cold at first')
			.argument('<session>', sessionArgument)
			.argument('<account>', accountArgument),
	).action((wanted: string, wantedAccount: string, options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			const { id } = findSession(await pool.listSessions(), wanted);
			const account = findAccount((await pool.state()).accounts, wantedAccount);
			const session = await pool.moveSession(id, account.id);
			output.print(
				{ session },
				() => `The next request of session ${shortSessionId(session.id)} goes to ${printedLabel(account)}.`,
			);
		}),
	);
	addPoolOptions(
		sessions
			.command('forget')
			.description('untie a session from its account; its next request is that of a new one')
			.argument('<session>', sessionArgument),
	).action((wanted: string, options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			const session = findSession(await pool.listSessions(), wanted);
			await pool.forgetSession(session.id);
			output.print(
				{ id: session.id },
				() => `Forgot session ${shortSessionId(session.id)}: the strategy chooses an account for its next request.`,
			);
		}),
	);
}

function sessionTable(sessions: readonly SessionView[], names: ReadonlyMap<string, string>, output: Output): string {
	if (sessions.length === 0) return 'No sessions yet. The first request of a client begins one.';
	const now = Date.now();
	return output.table(
		[
			{ title: 'Session' },
			{ title: 'Client' },
			{ title: 'Model' },
			{ title: 'Account' },
			{ title: 'Turns', align: 'right' },
			{ title: 'Tokens', align: 'right' },
			{ title: 'Cache hits', align: 'right' },
			{ title: 'Est. cost', align: 'right' },
			{ title: 'Begun' },
			{ title: 'Last used' },
		],
		sessions.map(session => [
			shortSessionId(session.id),
			session.client ?? '–',
			session.model ?? '–',
			names.get(session.accountId) ?? session.accountId,
			String(session.turns),
			tokenCount(session),
			cacheShare(session),
			formatCost(session) ?? '–',
			formatAgo(session.firstUsedAt, now),
			formatAgo(session.lastUsedAt, now),
		]),
	);
}

/** None is unknown: no turn goes without. */
function tokenCount({ inputTokens, outputTokens }: SessionView): string {
	const tokens = inputTokens + outputTokens;
	return tokens === 0 ? '–' : tokens.toLocaleString('en-US');
}

/** The share of what it sent that the provider had in its cache. */
function cacheShare({ inputTokens, cachedTokens }: SessionView): string {
	return inputTokens === 0 ? '–' : `${Math.floor((cachedTokens / inputTokens) * 100)} %`;
}
