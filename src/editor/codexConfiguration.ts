import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { PoolError } from '../shared/poolError.js';
import {
	detectCodexConfiguration,
	planCodexConfiguration,
	removeCodexConfiguration,
	type CodexState,
	type CodexTarget,
	type ReplacedValues,
} from './codexConfig.js';
import { readConfigFile, writeConfigFile, type ConfigFile } from './configFile.js';

/** A change that was computed and not written yet. */
export interface PreparedChange {
	readonly before: string;
	readonly after: string;
	/** See CodexPlan. */
	readonly overridingProfile: string | null;
	apply(): Promise<void>;
}

const journalSchema = z.object({
	/** False when the file was ours to create. */
	existed: z.boolean(),
	mode: z.number().int(),
	/** SHA-256 of what we wrote: tells whether the file was edited since. */
	writtenHash: z.string(),
	replaced: z.object({
		modelProvider: z.string().nullable(),
		provider: z.record(z.string(), z.unknown()).nullable(),
	}),
});
type Journal = z.infer<typeof journalSchema>;

/** How the file would be without us. */
interface Origin {
	readonly text: string;
	readonly existed: boolean;
	readonly mode: number;
}

/**
 * Codex's configuration file, our change in it and the way back. The journal lies in the extension's own folder, which
 * all windows share; the backup lies beside the file, where its owner can find it.
 */
export class CodexConfiguration {
	readonly path: string;
	readonly #backupPath: string;
	readonly #journalPath: string;

	constructor(path: string, journalFolder: string) {
		this.path = path;
		this.#backupPath = `${path}.codex-pool-backup`;
		this.#journalPath = join(journalFolder, `codex-config-${sha256(path).slice(0, 12)}.json`);
	}

	async detect(): Promise<CodexState> {
		return detectCodexConfiguration((await readConfigFile(this.path)).text);
	}

	async prepare(target: CodexTarget): Promise<PreparedChange> {
		const file = await readConfigFile(this.path);
		const origin = await this.#originOf(file, await this.#readJournal());
		const { text, replaced, overridingProfile } = planCodexConfiguration(origin.text, target);
		const apply = async (): Promise<void> => {
			await this.#expectUnchanged(file);
			if (origin.existed) await writeConfigFile(this.#backupPath, origin.text, ownerBits(origin.mode));
			await this.#writeJournal(origin, text, replaced);
			// It holds a key from now on: nobody else may read it.
			await writeConfigFile(this.path, text, ownerBits(origin.mode));
		};
		return { before: file.text, after: text, overridingProfile, apply };
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
			// Configured by an installation whose journal is gone: our values are recognised by their id.
			const text = removeCodexConfiguration(file.text, { modelProvider: null, provider: null });
			return { text, existed: true, mode: file.mode };
		}
		const { existed, mode } = journal;
		if (sha256(file.text) === journal.writtenHash) {
			const backup = await readConfigFile(this.#backupPath);
			if (backup.exists || !existed) return { text: backup.text, existed, mode };
		}
		return { text: removeCodexConfiguration(file.text, journal.replaced), existed, mode };
	}

	async #expectUnchanged(file: ConfigFile): Promise<void> {
		const now = await readConfigFile(this.path);
		if (now.text !== file.text || now.exists !== file.exists) {
			throw new PoolError(
				'invalid_request',
				`${this.path} was changed in the meantime. Nothing was written; try again.`,
			);
		}
	}

	async #readJournal(): Promise<Journal | undefined> {
		const { text, exists } = await readConfigFile(this.#journalPath);
		if (!exists) return undefined;
		try {
			return journalSchema.parse(JSON.parse(text));
		} catch {
			// A damaged journal is as good as none: our values are still recognised by their id.
			return undefined;
		}
	}

	async #writeJournal(origin: Origin, written: string, replaced: ReplacedValues): Promise<void> {
		const { existed, mode } = origin;
		const journal: Journal = { existed, mode, writtenHash: sha256(written), replaced };
		await writeConfigFile(this.#journalPath, JSON.stringify(journal), 0o600);
	}
}

/** `config.toml` of the user, which CODEX_HOME may move. */
export function codexConfigPath(env: NodeJS.ProcessEnv = process.env): string {
	const home = env['CODEX_HOME'];
	return join(home ? resolve(home) : join(homedir(), '.codex'), 'config.toml');
}

function ownerBits(mode: number): number {
	return mode & 0o700;
}

function sha256(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}
