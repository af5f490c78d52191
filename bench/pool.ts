import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PoolClient } from '../src/client/poolClient.js';
import { accountFile } from './accountFiles.js';
import { Program } from './program.js';

export interface PoolOptions {
	/** An empty folder for its home, its data and its log. */
	readonly folder: string;
	readonly upstreamPort: number;
	/** The folder with the built `cli.cjs`; inside the project, where better-sqlite3 is found. */
	readonly build: string;
	readonly accounts: number;
	readonly cpuProfiles?: string | undefined;
}

export interface RunningPool {
	readonly program: Program;
	readonly port: number;
	readonly key: string;
	readonly client: PoolClient;
}

/** The real thing: the built command line in a process of its own, with accounts, a key and usage rows. */
export async function startPool(options: PoolOptions): Promise<RunningPool> {
	const { folder, upstreamPort, build, accounts, cpuProfiles } = options;
	const homeDir = join(folder, 'home');
	await mkdir(homeDir, { recursive: true });
	const { program, port } = await Program.listen({
		command: process.execPath,
		arguments: [
			...(cpuProfiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProfiles}`]),
			join(build, 'cli.cjs'),
			...['serve', '--json', '--port', '0', '--data', join(folder, 'data')],
			...['--upstream', `http://127.0.0.1:${upstreamPort}/backend-api`, '--issuer', `http://127.0.0.1:${upstreamPort}`],
		],
		environment: { CODEX_POOL_HOME: homeDir },
		logFile: join(folder, 'pool.log'),
	});
	try {
		return { program, port, ...(await settle(port, homeDir, accounts)) };
	} catch (error) {
		await program.stop();
		throw error;
	}
}

/** Gives a runtime its accounts and a key. */
export async function settle(
	port: number,
	homeDir: string,
	accounts: number,
): Promise<{ key: string; client: PoolClient }> {
	const client = await PoolClient.attach({ port, homeDir });
	await client.importAccounts(Array.from({ length: accounts }, (_, index) => accountFile(index)));
	// What is measured is the way of a request, not the wait for a free place.
	await client.changePool({ routing: { inFlightLimit: 0 } });
	const { key } = await client.createKey('bench');
	return { key, client };
}
