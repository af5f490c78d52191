/** Reading what others sent: nothing here throws, and what is not there or not of its kind is undefined. */

export function parseJson(text: Buffer | string): unknown {
	try {
		return JSON.parse(typeof text === 'string' ? text : text.toString('utf8'));
	} catch {
		return undefined;
	}
}

/** Null counts as absent. */
export function fieldOf(value: unknown, name: string): unknown {
	return isObject(value) ? (Reflect.get(value, name) ?? undefined) : undefined;
}

export function textOf(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}

export function isObject(value: unknown): value is object {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
