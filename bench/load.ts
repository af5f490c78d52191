import { setTimeout as pause } from 'node:timers/promises';
import { LoadConnection, type Connection, type Sample } from './loadConnection.js';
import type { RequestBytes } from './requestBytes.js';

export interface LoadResult {
	readonly requests: number;
	readonly errors: number;
	readonly elapsedMs: number;
	readonly firstByteMs: readonly number[];
	readonly totalMs: readonly number[];
}

/** How long a slice lasts: in time, or in requests. */
export type Extent = { readonly forMs: number } | { readonly requests: number };

const strayMs = 20_000;

/** Connections that send one request after another for the length of a slice and stay open between slices. */
export class Load {
	readonly #connections: readonly Connection[];
	readonly #requests: readonly RequestBytes[];

	/** Each connection sends its own request again and again. */
	constructor(port: number, requests: readonly RequestBytes[], connect?: (port: number) => Connection) {
		this.#connections = requests.map(() => connect?.(port) ?? new LoadConnection(port));
		this.#requests = requests;
	}

	async run(extent: Extent): Promise<LoadResult> {
		const firstByteMs: number[] = [];
		const totalMs: number[] = [];
		let errors = 0;
		let started = 0;
		const startedAt = performance.now();
		const endsAt = 'forMs' in extent ? startedAt + extent.forMs : Infinity;
		const limit = 'requests' in extent ? extent.requests : Infinity;
		let idle = (): void => undefined;
		const allIdle = new Promise<void>(resolve => (idle = resolve));
		let busy = this.#connections.length;

		const next = (at: number): void => {
			const connection = this.#connections[at];
			const request = this.#requests[at];
			if (!connection || !request || started >= limit || performance.now() >= endsAt) {
				busy--;
				if (busy === 0) idle();
				return;
			}
			started++;
			connection.send(request, sample => {
				if (sample.status === 200) {
					firstByteMs.push(sample.firstByteMs);
					totalMs.push(sample.totalMs);
				} else {
					errors++;
				}
				next(at);
			});
		};
		for (let at = 0; at < this.#connections.length; at++) next(at);
		const stray = new AbortController();
		await Promise.race([
			allIdle,
			pause(('forMs' in extent ? extent.forMs : 0) + strayMs, undefined, { signal: stray.signal }).catch(
				() => undefined,
			),
		]);
		stray.abort();
		// What has still not ended is an error, and its connection is of no more use.
		for (const connection of this.#connections) {
			if (!connection.isBusy) continue;
			errors++;
			connection.close();
		}
		return { requests: totalMs.length, errors, elapsedMs: performance.now() - startedAt, firstByteMs, totalMs };
	}

	close(): void {
		for (const connection of this.#connections) connection.close();
	}
}

/** One request after another on one connection. */
export async function sendInTurn(port: number, requests: readonly RequestBytes[]): Promise<Sample[]> {
	const connection = new LoadConnection(port);
	const samples: Sample[] = [];
	try {
		for (const request of requests) samples.push(await connection.request(request));
	} finally {
		connection.close();
	}
	return samples;
}
