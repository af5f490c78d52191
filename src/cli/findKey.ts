import type { KeyView } from '../shared/keyApi.js';
import { PoolError } from '../shared/poolError.js';

/** The key a user means by its id, its name or how its secret begins. */
export function findKey(keys: readonly KeyView[], wanted: string): KeyView {
	const byId = keys.find(key => key.id === wanted);
	if (byId) return byId;
	const lower = wanted.toLowerCase();
	const named = keys.filter(({ name, prefix }) => name.toLowerCase() === lower || prefix === wanted);
	const [only, ...others] = named;
	if (!only) throw new PoolError('key_not_found', 'No key has this name or id. See "codex-pool keys list".');
	if (others.length > 0) {
		const ids = named.map(({ id }) => id).join(', ');
		throw new PoolError(
			'invalid_request',
			`${named.length} keys are called "${wanted}". Use one of their ids: ${ids}.`,
		);
	}
	return only;
}
