/** What came out of JSON.parse: nothing is known about it until it is looked at. */
export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text under `name`, or undefined when there is none. */
export function textAt(value: unknown, name: string): string | undefined {
	if (!isJsonObject(value)) return undefined;
	const found = value[name];
	return typeof found === 'string' ? found : undefined;
}

/** The list under `name`, or an empty one. */
export function listAt(value: unknown, name: string): readonly unknown[] {
	if (!isJsonObject(value)) return [];
	const found: unknown = value[name];
	return Array.isArray(found) ? found : [];
}

export function objectAt(value: unknown, name: string): JsonObject {
	if (!isJsonObject(value)) return {};
	const found = value[name];
	return isJsonObject(found) ? found : {};
}
