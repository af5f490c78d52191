import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { poolKeyHeader } from '../core/request/headerPolicy.js';
import { PoolError } from '../shared/poolError.js';
import { authenticate, bearerOf, type Gate } from './requestGuard.js';

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

	constructor(private readonly gate: Gate) {}

	note(request: IncomingMessage): void {
		const key = request.headers[poolKeyHeader];
		if (typeof key !== 'string') return;
		const bearer = bearerOf(request);
		if (bearer === undefined) return;
		const login = hashOf(bearer);
		if (this.#logins.has(login) || this.gate.accept(key) === undefined) return;
		const [oldest] = this.#logins;
		if (oldest !== undefined && this.#logins.size >= rememberedLogins) this.#logins.delete(oldest);
		this.#logins.add(login);
		this.#events.emit('noted');
	}

	async knows(request: IncomingMessage): Promise<boolean> {
		const bearer = bearerOf(request);
		if (bearer === undefined) return false;
		const login = hashOf(bearer);
		if (this.#logins.has(login) || (await this.#isLetIn(request))) return true;
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

	/** By a key as its bearer, or by the login itself. */
	async #isLetIn(request: IncomingMessage): Promise<boolean> {
		try {
			await authenticate(request, this.gate);
			return true;
		} catch (thrown) {
			if (PoolError.from(thrown).status < 500) return false;
			throw thrown;
		}
	}
}

function hashOf(bearer: string): string {
	return createHash('sha256').update(bearer).digest('base64');
}
