import type { SessionView } from '../shared/sessionApi.js';
import { PoolError } from '../shared/poolError.js';

/** The session a user means by its id, or by as much of its beginning as no other shares. */
export function findSession(sessions: readonly SessionView[], wanted: string): SessionView {
	const lower = wanted.toLowerCase();
	const found = lower === '' ? [] : sessions.filter(({ id }) => id.startsWith(lower));
	const [only, ...others] = found;
	if (!only) {
		throw new PoolError('session_not_found', `No session is called "${wanted}". See "codex-pool sessions list".`);
	}
	if (others.length > 0) {
		throw new PoolError(
			'invalid_request',
			`${found.length} sessions begin with "${wanted}". Use more of the id: ${found
				.slice(0, 5)
				.map(({ id }) => id)
				.join(', ')}.`,
		);
	}
	return only;
}
