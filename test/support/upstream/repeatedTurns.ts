import { createHash } from 'node:crypto';
import { listAt, objectAt, textAt } from './json.js';
import type { RecordedRequest, RequestLog } from './record.js';

/**
 * Notices a turn that is carried out again although its first answer had already said something. Only requests that name
 * their turn are watched: without a name, two equal requests may be two wishes. A client that repeats a broken turn by
 * itself is noticed too; tests that break streams under real clients expect it.
 */
export class RepeatedTurns {
	readonly #seen = new Map<string, RecordedRequest>();
	readonly #log: RequestLog;

	constructor(log: RequestLog) {
		this.#log = log;
	}

	notice(request: RecordedRequest): void {
		const turnId = textAt(objectAt(request.body, 'client_metadata'), 'turn_id') ?? '';
		if (turnId === '') return;
		const input = createHash('sha256').update(JSON.stringify(listAt(request.body, 'input')));
		const key = `${turnId} ${input.digest('base64url')}`;
		const earlier = this.#seen.get(key);
		if (earlier?.answer.producedOutput === true) {
			this.#log.violate('turn_repeated_after_output', `Turn ${turnId} had already produced output`, request);
		}
		this.#seen.set(key, request);
	}
}
