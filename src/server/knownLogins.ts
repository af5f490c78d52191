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
 * (protocol §2); by its login it is known again where it cannot send one, as long as that key counts. Only hashes are
 * kept, and only while we run.
 */
export class KnownLogins {
	/** The id of the key that each came with, by the hash of the login. */
	readonly #logins = new Map<string, string>();
	readonly #events = new EventEmitter().setMaxListeners(0);

	constructor(private readonly gate: Gate) {}

	note(request: IncomingMessage): void {
		const key = request.headers[poolKeyHeader];
		if (typeof key !== 'string') return;
		const bearer = bearerOf(request);
		if (bearer === undefined) return;
		const login = hashOf(bearer);
		const keyId = this.gate.accept(key);
		// What it is told is of the key it came with last.
		if (keyId === undefined || this.#logins.get(login) === keyId) return;
		const [oldest] = this.#logins.keys();
		if (oldest !== undefined && this.#logins.size >= rememberedLogins) this.#logins.delete(oldest);
		this.#logins.set(login, keyId);
		this.#events.emit('noted');
	}

	/** The secret of the key no longer counts. A login that has come with another key too is noted anew with that one. */
	forgetKey(keyId: string): void {
		for (const [login, noted] of this.#logins) if (noted === keyId) this.#logins.delete(login);
	}

	/** The id of the key that the client has shown, or that its login stands for. */
	async keyOf(request: IncomingMessage): Promise<string | undefined> {
		const bearer = bearerOf(request);
		if (bearer === undefined) return undefined;
		const login = hashOf(bearer);
		const known = this.#logins.get(login) ?? (await this.#letIn(request));
		if (known !== undefined) return known;
		const tooLate = AbortSignal.timeout(patienceMs);
		for (;;) {
			const keyId = this.#logins.get(login);
			if (keyId !== undefined) return keyId;
			try {
				await once(this.#events, 'noted', { signal: tooLate });
			} catch {
				return undefined;
			}
		}
	}

	/** By a key as its bearer, or by the login itself. */
	async #letIn(request: IncomingMessage): Promise<string | undefined> {
		try {
			return await authenticate(request, this.gate);
		} catch (thrown) {
			if (PoolError.from(thrown).status < 500) return undefined;
			throw thrown;
		}
	}
}

function hashOf(bearer: string): string {
	return createHash('sha256').update(bearer).digest('base64');
}
