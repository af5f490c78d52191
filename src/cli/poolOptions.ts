import { Option, type Command } from 'commander';
import { poolHomeDir } from '../client/homeDir.js';
import { PoolClient } from '../client/poolClient.js';
import type { AccountView } from '../shared/accountApi.js';
import type { KeyView } from '../shared/keyApi.js';
import { defaultPort } from '../shared/runtimeMessages.js';
import { findAccount } from './findAccount.js';
import { findKey } from './findKey.js';
import { parsePort } from './optionParsers.js';
import { Output } from './output.js';

/** What every command takes. */
export interface PoolOptions {
	readonly port: number;
	readonly json?: true;
}

export function addPoolOptions(command: Command): Command {
	return command
		.addOption(
			new Option('--port <number>', 'port of the pool')
				.env('CODEX_POOL_PORT')
				.argParser(parsePort)
				.default(defaultPort),
		)
		.option('--json', 'machine-readable output');
}

/** Runs a command against the pool that owns the port. */
export async function withPool(
	options: PoolOptions,
	work: (pool: PoolClient, output: Output) => Promise<void>,
): Promise<void> {
	const pool = await PoolClient.attach({ port: options.port, homeDir: poolHomeDir() });
	try {
		await work(pool, new Output(options.json === true));
	} finally {
		pool.dispose();
	}
}

/** What `<account>` means in every help text. */
export const accountArgument = 'id, e-mail or name of the account';

/** Runs a command against one account of that pool. */
export async function withAccount(
	wanted: string,
	options: PoolOptions,
	work: (account: AccountView, pool: PoolClient, output: Output) => Promise<void>,
): Promise<void> {
	await withPool(options, async (pool, output) =>
		work(findAccount((await pool.state()).accounts, wanted), pool, output),
	);
}

/** What `<key>` means in every help text. */
export const keyArgument = 'name or id of the key, or how its secret begins';

/** Runs a command against one key of that pool. */
export async function withKey(
	wanted: string,
	options: PoolOptions,
	work: (key: KeyView, pool: PoolClient, output: Output) => Promise<void>,
): Promise<void> {
	await withPool(options, async (pool, output) => work(findKey(await pool.listKeys(), wanted), pool, output));
}
