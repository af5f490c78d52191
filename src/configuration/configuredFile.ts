import { rm } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import { PoolError } from '../shared/poolError.js';
import { sha256, type ChangeJournal, type ChangeRecord } from './changeJournal.js';
import type { ClientProgram, ClientRoute, ConfigFormat, PoolTarget } from './clientConfig.js';
import { readConfigFile, writeConfigFile, type ConfigFile } from './configFile.js';

/** A change that was computed and not written yet. */
export interface PreparedChange {
	readonly path: string;
	readonly before: string;
	readonly after: string;
	/** See ConfigPlan. */
	readonly caveat: string | null;
	apply(): Promise<void>;
}

/** How the file would be without us. */
interface Origin {
	readonly text: string;
	readonly existed: boolean;
	readonly mode: number;
}

/**
 * A client's configuration file, our change in it and the way back. The backup lies beside the file, where its owner can
 * find it.
 */
export class ConfiguredFile {
	readonly path: string;
	readonly #client: string;
	readonly #format: ConfigFormat;
	readonly #journal: ChangeJournal;
	readonly #backupPath: string;

	constructor(path: string, { name, format }: ClientProgram, journal: ChangeJournal) {
		this.path = path;
		this.#client = name;
		this.#format = namingFile(path, format);
		this.#journal = journal;
		this.#backupPath = `${path}.codex-pool-backup`;
	}

	async exists(): Promise<boolean> {
		return (await readConfigFile(this.path)).exists;
	}

	/** See ConfigFormat. */
	async detect(): Promise<number | null> {
		return this.#format.detect((await readConfigFile(this.path)).text);
	}

	/** Null when there is no such file. */
	async readRoute(): Promise<ClientRoute | null> {
		const file = await readConfigFile(this.path);
		return file.exists ? this.#format.readRoute(file.text) : null;
	}

	async prepare(target: PoolTarget): Promise<PreparedChange> {
		const file = await readConfigFile(this.path);
		const origin = await this.#originOf(file, await this.#recorded());
		const { text, replaced, caveat } = this.#format.plan(origin.text, target);
		const apply = async (): Promise<void> => {
			await this.#expectUnchanged(file);
			if (origin.existed) await writeConfigFile(this.#backupPath, origin.text, ownerBits(origin.mode));
			await this.#record(origin, text, replaced);
			// It holds a key from now on: nobody else may read it.
			await writeConfigFile(this.path, text, ownerBits(origin.mode));
		};
		return { path: this.path, before: file.text, after: text, caveat, apply };
	}

	/** Byte for byte as before us, or, when the file was edited since, without our values. False when nothing of ours was there. */
	async undo(): Promise<boolean> {
		const file = await readConfigFile(this.path);
		const origin = await this.#originOf(file, await this.#recorded());
		const changed = origin.text !== file.text;
		if (changed && !origin.existed && origin.text.trim() === '') {
			await rm(this.path, { force: true });
		} else if (changed) {
			await writeConfigFile(this.path, origin.text, origin.mode);
		}
		await Promise.all([rm(this.#backupPath, { force: true }), this.#journal.forget(this.path)]);
		return changed;
	}

	/** Takes over what an earlier version has recorded elsewhere. */
	async adopt(former: ChangeJournal): Promise<void> {
		const record = await this.#recorded(former);
		if (record === undefined) return;
		if ((await this.#recorded()) === undefined) await this.#journal.write(this.#client, this.path, record);
		await former.forget(this.path);
	}

	async #originOf(file: ConfigFile, record: ChangeRecord | undefined): Promise<Origin> {
		if (!file.exists) return { text: '', existed: false, mode: file.mode };
		if (record === undefined) {
			const text = this.#format.remove(file.text, this.#format.nothingReplaced);
			return { text, existed: true, mode: file.mode };
		}
		const { existed, mode } = record;
		if (sha256(file.text) === record.writtenHash) {
			const backup = await readConfigFile(this.#backupPath);
			if (backup.exists || !existed) return { text: backup.text, existed, mode };
		}
		return { text: this.#format.remove(file.text, record.replaced), existed, mode };
	}

	async #expectUnchanged(file: ConfigFile): Promise<void> {
		const now = await readConfigFile(this.path);
		if (now.text !== file.text || now.exists !== file.exists) {
			throw new PoolError(
				'invalid_request',
				l10n.t('{0} was changed in the meantime. Nothing was written; try again.', this.path),
			);
		}
	}

	#recorded(journal = this.#journal): Promise<ChangeRecord | undefined> {
		return journal.read(this.path, this.#format.replaced);
	}

	async #record({ existed, mode }: Origin, written: string, replaced: unknown): Promise<void> {
		await this.#journal.write(this.#client, this.path, { existed, mode, writtenHash: sha256(written), replaced });
	}
}

/** What is wrong with a text is told together with its file. */
function namingFile(path: string, format: ConfigFormat): ConfigFormat {
	const told = <T>(work: () => T): T => {
		try {
			return work();
		} catch (cause) {
			if (!(cause instanceof PoolError)) throw cause;
			throw new PoolError(cause.code, l10n.t('{0} was left alone. {1}', path, cause.message), { cause });
		}
	};
	return {
		...format,
		plan: (text, target) => told(() => format.plan(text, target)),
		remove: (text, replaced) => told(() => format.remove(text, replaced)),
		detect: text => told(() => format.detect(text)),
		readRoute: text => told(() => format.readRoute(text)),
	};
}

function ownerBits(mode: number): number {
	return mode & 0o700;
}
