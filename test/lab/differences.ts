import { isDeepStrictEqual } from 'node:util';

/** Only the parts that are not the same: reports are long. */
export function differences(shown: unknown, truth: unknown, where = ''): string[] {
	if (isDeepStrictEqual(shown, truth)) return [];
	if (!isFields(shown) || !isFields(truth)) {
		return [`${where} ${JSON.stringify(shown)} is shown, ${JSON.stringify(truth)} is true`];
	}
	const names = new Set([...Object.keys(shown), ...Object.keys(truth)]);
	return [...names].flatMap(name => differences(shown[name], truth[name], `${where}/${name}`));
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
