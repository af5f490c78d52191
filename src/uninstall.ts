import { poolHomeDir } from './client/homeDir.js';
import { probePort } from './client/probePort.js';
import { ChangeJournal } from './configuration/changeJournal.js';
import type { ClientProgram } from './configuration/clientConfig.js';
import { ClientConfiguration } from './configuration/clientConfiguration.js';
import { clientPrograms } from './configuration/clientPrograms.js';
import { PoolError } from './shared/poolError.js';

/**
 * What VS Code runs in plain Node at its first start without the extension: no client may be left with a port that
 * nobody serves. VS Code allows it five seconds, and writes what it says to its log.
 */

const journal = ChangeJournal.ofPool(poolHomeDir());

/** Only what we have changed, wherever the user's shell had put it: what was written by hand is not ours to undo. */
async function releaseClient(client: ClientProgram): Promise<void> {
	const paths = await journal.pathsOf(client.name);
	await Promise.all(paths.map(path => releaseFile(client, path)));
}

/** A client of another editor's pool, or of `codex-pool serve`, stays with it. */
async function releaseFile(client: ClientProgram, path: string): Promise<void> {
	const configuration = new ClientConfiguration({ ...client, paths: [path] }, journal);
	try {
		const port = await configuration.detect();
		// A suspended editor's pool is silent.
		if (port !== null && ['pool', 'silent'].includes(await probePort(port))) {
			say(`${path} was left alone: a pool still holds port ${port}.`);
		} else if (await configuration.undo()) {
			say(`${path}: ${client.name} no longer uses the pool.`);
		}
	} catch (thrown) {
		// There is nobody to ask, and no other client should pay for it.
		say(PoolError.from(thrown).message);
	}
}

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

for (const program of Object.values(clientPrograms)) {
	releaseClient(program()).catch((thrown: unknown) => say(PoolError.from(thrown).message));
}
