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

/** Where a client shows the pool who it is from. */
export type KeySource =
	| { readonly kind: 'written'; readonly key: string }
	| { readonly kind: 'environment'; readonly variable: string }
	/** Where we do not look, for example another file. */
	| { readonly kind: 'elsewhere' }
	/** Nowhere that is known: it may show a login of its own. */
	| { readonly kind: 'none' };

/** Where a client's configuration sends its requests. */
export interface ClientRoute {
	/** Null when that is not on this machine. */
	readonly port: number | null;
	readonly key: KeySource;
	/** Why they do not come to the pool for all that; else null. */
	readonly obstacle: Obstacle | null;
}

export interface Obstacle {
	readonly sentence: string;
	/** Whether writing our change anew would take it away. */
	readonly isMendable: boolean;
}

/** How a client's configuration is written: text in, text out. Comments, order and line ends are kept. */
export interface ConfigFormat<R = unknown> {
	/** Throws a PoolError that says what is wrong with "it" for text it cannot change safely, as the other two do. */
	plan(text: string, target: PoolTarget): ConfigPlan<R>;
	/** Takes our values out again and leaves everything else as it now is. */
	remove(text: string, replaced: R): string;
	/** The port of the pool it points at, or null. */
	detect(text: string): number | null;
	/** Also of values that somebody has written by hand. */
	readRoute(text: string): ClientRoute;
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
