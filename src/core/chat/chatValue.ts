import { PoolError } from '../../shared/poolError.js';
import { isObject } from '../untrusted.js';

/** Reading a chat completion request: what it holds is narrowed here, or refused with the name of what is wrong. */

export type Fields = Readonly<Record<string, unknown>>;

export function refuse(where: string, reason: string): PoolError {
	return new PoolError('invalid_request', `"${where}" ${reason}`);
}

export function fieldsOf(value: unknown, where: string): Fields {
	if (isObject(value)) return value as Fields;
	throw refuse(where, 'must be an object.');
}

export function listOf(value: unknown, where: string): readonly unknown[] {
	if (Array.isArray(value)) return value;
	throw refuse(where, 'must be a list.');
}

export function stringOf(value: unknown, where: string): string {
	if (typeof value === 'string') return value;
	throw refuse(where, 'must be a string.');
}

/** Null and absence are the same to the chat completions API. */
export function isGiven(value: unknown): boolean {
	return value !== null && value !== undefined;
}

/** The object without what was not given. */
export function given(fields: Fields): Fields {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => isGiven(value)));
}
