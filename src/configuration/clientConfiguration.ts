import { PoolError } from '../shared/poolError.js';
import type { ChangeJournal } from './changeJournal.js';
import type { ClientProgram, ClientRoute, PoolTarget } from './clientConfig.js';
import { ConfiguredFile, type PreparedChange } from './configuredFile.js';

/** A client's configuration, whichever of its files holds it. */
export class ClientConfiguration {
	readonly client: ClientProgram;
	readonly #files: readonly ConfiguredFile[];
	readonly #newFile: ConfiguredFile;

	constructor(client: ClientProgram, journal: ChangeJournal) {
		const fileAt = (path: string) => new ConfiguredFile(path, client, journal);
		this.client = client;
		this.#files = client.paths.map(fileAt);
		this.#newFile = fileAt(client.newPath);
	}

	/** The port of the pool it points at, or null. */
	async detect(): Promise<number | null> {
		const ports = await Promise.all(this.#files.map(file => file.detect()));
		return ports.find(port => port !== null) ?? null;
	}

	/** Of the file that leads to this machine, if any does. Null when there is no file at all. */
	async readRoute(): Promise<ClientRoute | null> {
		const routes = await Promise.all(this.#files.map(file => file.readRoute()));
		const there = routes.filter(route => route !== null);
		return there.find(({ port }) => port !== null) ?? there[0] ?? null;
	}

	async prepare(target: PoolTarget): Promise<PreparedChange> {
		const change = await (await this.#chooseFile()).prepare(target);
		return { ...change, caveat: change.caveat ?? (await this.client.findObstacle()) };
	}

	/** Undoes the change in every file: which one is chosen may have changed since. False when nothing of ours was there. */
	async undo(): Promise<boolean> {
		const undone = await Promise.allSettled(this.#files.map(file => file.undo()));
		const failed = undone.find(result => result.status === 'rejected');
		if (failed !== undefined) throw PoolError.from(failed.reason);
		return undone.some(result => result.status === 'fulfilled' && result.value);
	}

	/** See ConfiguredFile. */
	async adopt(former: ChangeJournal): Promise<void> {
		await Promise.all(this.#files.map(file => file.adopt(former)));
	}

	async #chooseFile(): Promise<ConfiguredFile> {
		for (const file of this.#files) if (await file.exists()) return file;
		return this.#newFile;
	}
}
