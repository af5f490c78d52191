import { setTimeout as pause } from 'node:timers/promises';
import { LoadConnection } from './loadConnection.js';
import type { RequestBytes } from './requestBytes.js';
import { eventDelaysMs, monotonicMicros } from './streamShapes.js';

const openedTogether = 25;
const openEveryMs = 25;

/** Many slow streams open at once. Whoever opens them closes them. */
export class OpenStreams {
	readonly #connections: readonly LoadConnection[];
	readonly #silent: Set<LoadConnection>;
	#delaysMs: number[] = [];
	#errors = 0;

	private constructor(port: number, count: number) {
		this.#connections = Array.from({ length: count }, () => new LoadConnection(port));
		this.#silent = new Set(this.#connections);
	}

	/** Opens them gently: a burst of connections is another test. */
	static async open(port: number, count: number, requestOf: (index: number) => RequestBytes): Promise<OpenStreams> {
		const streams = new OpenStreams(port, count);
		for (const [index, connection] of streams.#connections.entries()) {
			connection.send(
				requestOf(index),
				() => streams.#errors++,
				bytes => streams.#hear(connection, bytes),
			);
			if (index % openedTogether === openedTogether - 1) await pause(openEveryMs);
		}
		return streams;
	}

	/** The delays of all events that arrive within `ms`, and the streams that broke or said nothing. */
	async listen(ms: number): Promise<{ delaysMs: readonly number[]; errors: number }> {
		this.#delaysMs = [];
		for (const connection of this.#connections) this.#silent.add(connection);
		await pause(ms);
		return { delaysMs: this.#delaysMs, errors: Math.max(this.#errors, this.#silent.size) };
	}

	close(): void {
		for (const connection of this.#connections) connection.close();
	}

	#hear(connection: LoadConnection, bytes: Buffer): void {
		this.#silent.delete(connection);
		for (const delay of eventDelaysMs(bytes, monotonicMicros())) this.#delaysMs.push(delay);
	}
}
