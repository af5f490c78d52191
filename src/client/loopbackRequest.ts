import { request, type Agent, type OutgoingHttpHeaders } from 'node:http';

export interface LoopbackRequest {
	readonly port: number;
	readonly method: string;
	readonly path: string;
	readonly headers?: OutgoingHttpHeaders;
	readonly body?: string;
	/** Connections to reuse; false opens one for this request alone. */
	readonly agent: Agent | false;
	readonly signal: AbortSignal;
}

export interface LoopbackReply {
	readonly status: number;
	readonly text: string;
}

const largestReply = 16 * 1024 * 1024;

/**
 * One small request to a server of this machine. Rejects with the system's error, untranslated.
 *
 * node:http and a literal address instead of fetch: editors patch fetch to go through the user's proxy, which cannot
 * reach this loopback.
 */
export function requestLoopback(options: LoopbackRequest): Promise<LoopbackReply> {
	const { port, method, path, headers = {}, body, agent, signal } = options;
	return new Promise((resolve, reject) => {
		const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent, signal }, reply => {
			const chunks: Buffer[] = [];
			let size = 0;
			reply.on('data', (chunk: Buffer) => {
				size += chunk.length;
				if (size > largestReply) {
					reply.destroy(new Error('The reply is too large'));
				} else {
					chunks.push(chunk);
				}
			});
			reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
			reply.on('error', reject);
		});
		outgoing.on('error', error => {
			if (outgoing.reusedSocket && systemCode(error) === 'ECONNRESET' && !signal.aborted) {
				// The server closed this idle connection at the very moment we chose it: the request was never read.
				resolve(requestLoopback({ ...options, agent: false }));
			} else {
				reject(error);
			}
		});
		outgoing.end(body);
	});
}

/** The system's code of an error, for example `ECONNREFUSED`. */
export function systemCode(thrown: unknown): string | undefined {
	return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** JSON from outside; undefined when it is none. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// Not JSON: the caller's schema says so in its own words.
		return undefined;
	}
}
