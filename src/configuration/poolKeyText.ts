export function isPoolKey(value: unknown): value is string {
	return typeof value === 'string' && value.startsWith('cpk_');
}

/** Pool keys are for the file, not for the screen. */
export function hideKeys(text: string): string {
	return text.replace(/cpk_[\w-]+/g, 'cpk_••••••••');
}
