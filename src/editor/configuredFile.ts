import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { PoolError } from '../shared/poolError.js';
import type { ConfigFormat, PoolTarget } from './clientConfig.js';
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

const journalSchema = z.object({
	/** False when the file was ours to create. */
	existed: z.boolean(),
	mode: z.number().int(),
	/** SHA-256 of what we wrote: tells whether the file was edited since. */
	writtenHash: z.string(),
	/** In the words of the file's format. */
	replaced: z.unknown(),
});
type Journal = z.infer<typeof journalSchema>;

/** How the file would be without us. */
interface Origin {
	readonly text: string;
	readonly existed: boolean;
	readonly mode: number;
}

/**
 * A client's configuration file, our change in it and the way back. The journal lies in the extension's own folder, which
 * all windows share; the backup lies beside the file, where its owner can find it.
 */
export class ConfiguredFile {
	readonly path: string;
	readonly #format: ConfigFormat;
	readonly #backupPath: string;
	readonly #journalPath: string;

	constructor(path: string, format: ConfigFormat, journalFolder: string) {
		this.path = path;
		this.#format = namingFile(path, format);
		this.#backupPath = `${path}.codex-pool-backup`;
		this.#journalPath = join(journalFolder, `client-config-${sha256(path).slice(0, 12)}.json`);
	}

	async exists(): Promise<boolean> {
		return (await readConfigFile(this.path)).exists;
	}

	/** See ConfigFormat. */
	async detect(): Promise<number | null> {
		return this.#format.detect((await readConfigFile(this.path)).text);
	}

	async prepare(target: PoolTarget): Promise<PreparedChange> {
		const file = await readConfigFile(this.path);
		const origin = await this.#originOf(file, await this.#readJournal());
		const { text, replaced, caveat } = this.#format.plan(origin.text, target);
		const apply = async (): Promise<void> => {
			await this.#expectUnchanged(file);
			if (origin.existed) await writeConfigFile(this.#backupPath, origin.text, ownerBits(origin.mode));
			await this.#writeJournal(origin, text, replaced);
			// It holds a key from now on: nobody else may read it.
			await writeConfigFile(this.path, text, ownerBits(origin.mode));
		};
		return { path: this.path, before: file.text, after: text, caveat, apply };
	}

	/** Byte for byte as before us, or, when the file was edited since, without our values. False when nothing of ours was there. */
	async undo(): Promise<boolean> {
		const file = await readConfigFile(this.path);
		const origin = await this.#originOf(file, await this.#readJournal());
		const changed = origin.text !== file.text;
		if (changed && !origin.existed && origin.text.trim() === '') {
			await rm(this.path, { force: true });
		} else if (changed) {
			await writeConfigFile(this.path, origin.text, origin.mode);
		}
		await Promise.all([rm(this.#backupPath, { force: true }), rm(this.#journalPath, { force: true })]);
		return changed;
	}

	async #originOf(file: ConfigFile, journal: Journal | undefined): Promise<Origin> {
		if (!file.exists) return { text: '', existed: false, mode: file.mode };
		if (journal === undefined) {
			const text = this.#format.remove(file.text, this.#format.nothingReplaced);
			return { text, existed: true, mode: file.mode };
		}
		const { existed, mode } = journal;
		if (sha256(file.text) === journal.writtenHash) {
			const backup = await readConfigFile(this.#backupPath);
			if (backup.exists || !existed) return { text: backup.text, existed, mode };
		}
		return { text: this.#format.remove(file.text, journal.replaced), existed, mode };
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

	async #readJournal(): Promise<Journal | undefined> {
		const { text, exists } = await readConfigFile(this.#journalPath);
		if (!exists) return undefined;
		try {
			const journal = journalSchema.parse(JSON.parse(text));
			return { ...journal, replaced: this.#format.replaced.parse(journal.replaced) };
		} catch {
			// A damaged journal is as good as none: the format still recognises our values.
			return undefined;
		}
	}

	async #writeJournal(origin: Origin, written: string, replaced: unknown): Promise<void> {
		const { existed, mode } = origin;
		const journal: Journal = { existed, mode, writtenHash: sha256(written), replaced };
		await writeConfigFile(this.#journalPath, JSON.stringify(journal), 0o600);
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
	};
}

function ownerBits(mode: number): number {
	return mode & 0o700;
}

function sha256(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}
