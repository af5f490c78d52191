import { PoolError, type PoolErrorCode } from '../../shared/poolError.js';
import type { PoolKey } from './poolKeys.js';

/** The names that a key may ask for; null for all. */
export type KeyScope = PoolKey['models'];

/** What a key narrows the pool's models to: names, and those of its accounts. */
export type KeyLimits = Pick<PoolKey, 'models' | 'accountIds'>;

export function isInScope(scope: KeyScope, name: string): boolean {
	return scope === null || scope.has(name);
}

/** Says whose limit it is, what may be asked for instead, and where that is changed. */
export function outOfScope(
	code: Extract<PoolErrorCode, 'model_not_allowed' | 'model_not_found'>,
	{ name, models }: PoolKey,
	model: string,
): PoolError {
	const wanted = model === '' ? 'may not be used without naming a model' : `may not use "${model.slice(0, 100)}"`;
	const allowed = [...(models ?? [])].join(', ');
	return new PoolError(
		code,
		`The pool key "${name}" ${wanted}. It may use: ${allowed}. Change that with "codex-pool keys scope".`,
	);
}

/** `party` may use some accounts, and none of them has it. */
export function noAccountHas(
	code: Extract<PoolErrorCode, 'model_missing' | 'model_not_found'>,
	party: string,
	model: string,
): PoolError {
	return new PoolError(
		code,
		`No account that ${party} may use has the model "${model.slice(0, 100)}". GET /v1/models lists those it has.`,
	);
}
