import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { poolKeyHeader } from '../core/headerPolicy.js';
import { bearerOf } from './requestGuard.js';

const rememberedLogins = 100;
/** A client that starts asks for everything at once: its model list, which brings the key, may come a little later. */
const patienceMs = 3_000;

/**
 * The ChatGPT logins of clients that have shown a pool key beside them. Codex sends the key only with models and turns
 * (protocol §2); by its login it is known again where it cannot send one. Only hashes are kept, and only while we run.
 */
export class KnownLogins {
	readonly #logins = new Set<string>();
	readonly #events = new EventEmitter().setMaxListeners(0);

	constructor(private readonly accept: (secret: string) => string | undefined) {}

	note(request: IncomingMessage): void {
		const key = request.headers[poolKeyHeader];
		if (typeof key !== 'string') return;
		const bearer = bearerOf(request);
		if (bearer === undefined) return;
		const login = hashOf(bearer);
		if (this.#logins.has(login) || this.accept(key) === undefined) return;
		const [oldest] = this.#logins;
		if (oldest !== undefined && this.#logins.size >= rememberedLogins) this.#logins.delete(oldest);
		this.#logins.add(login);
		this.#events.emit('noted');
	}

	async knows(request: IncomingMessage): Promise<boolean> {
		const bearer = bearerOf(request);
		if (bearer === undefined) return false;
		if (this.accept(bearer) !== undefined) return true;
		const login = hashOf(bearer);
		const tooLate = AbortSignal.timeout(patienceMs);
		while (!this.#logins.has(login)) {
			try {
				await once(this.#events, 'noted', { signal: tooLate });
			} catch {
				return false;
			}
		}
		return true;
	}
}

function hashOf(bearer: string): string {
	return createHash('sha256').update(bearer).digest('base64');
}
