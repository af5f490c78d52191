import type * as z from 'zod';

/** What a client must be told to use the pool. */
export interface PoolTarget {
	readonly port: number;
	readonly key: string;
}

export interface ConfigPlan<R = unknown> {
	readonly text: string;
	/** What the change replaced, so that it can be put back into a file that was edited since. */
	readonly replaced: R;
	/** Why the change will not take effect as the file stands, as a sentence; else null. */
	readonly caveat: string | null;
}

/** How a client's configuration is written: text in, text out. Comments, order and line ends are kept. */
export interface ConfigFormat<R = unknown> {
	/** Throws a PoolError that says what is wrong with "it" for text it cannot change safely, as the other two do. */
	plan(text: string, target: PoolTarget): ConfigPlan<R>;
	/** Takes our values out again and leaves everything else as it now is. */
	remove(text: string, replaced: R): string;
	/** The port of the pool it points at, or null. */
	detect(text: string): number | null;
	/** Reads `replaced` back from a file. */
	readonly replaced: z.ZodType<R>;
	/** For a file that was changed by an installation of which nothing is known. */
	readonly nothingReplaced: R;
}

/** A program that can be pointed at the pool by its configuration file. */
export interface ClientProgram {
	readonly name: string;
	/** The files it reads, the one to change first. */
	readonly paths: readonly string[];
	/** The file to create where none of them is there. */
	readonly newPath: string;
	readonly format: ConfigFormat;
	/** What else changes for whoever uses it, as a sentence; else null. */
	readonly consequence: string | null;
	/** Why the change will not take effect for a reason outside of its file, as a sentence; else null. */
	findObstacle(): Promise<string | null>;
}
