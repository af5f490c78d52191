const msByUnit: Readonly<Record<string, number>> = {
	ms: 1,
	s: 1000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
	w: 604_800_000,
	mo: 2_592_000_000,
};

const unitByWord: readonly (readonly [pattern: RegExp, unit: string])[] = [
	[/^(ms|msecs?|milliseconds?)$/, 'ms'],
	[/^(s|secs?|seconds?)$/, 's'],
	[/^(m|mins?|minutes?)$/, 'm'],
	[/^(h|hrs?|hours?)$/, 'h'],
	[/^(d|days?)$/, 'd'],
	[/^(w|weeks?)$/, 'w'],
	[/^(months?)$/, 'mo'],
];

/**
 * Milliseconds of "try again in …" hints such as `1.2s`, `6m0s`, `1h2m3s`, `500ms`, `20 minutes` or `1 month`;
 * undefined when the text is no duration.
 */
export function parseDuration(text: string): number | undefined {
	const parts = [
		...text
			.trim()
			.toLowerCase()
			.matchAll(/\s*(\d+(?:\.\d+)?)\s*([a-z]+)/gy),
	];
	let total = 0;
	for (const [, amount, word] of parts) {
		const unit = unitByWord.find(([pattern]) => pattern.test(word ?? ''))?.[1];
		const ms = unit === undefined ? undefined : msByUnit[unit];
		if (ms === undefined) return total > 0 ? total : undefined;
		total += Number(amount) * ms;
	}
	return parts.length > 0 ? Math.round(total) : undefined;
}

/** The duration after "try again in" in a provider's message, in milliseconds. */
export function retryHint(message: string): number | undefined {
	const hint = /(?:try again|retry|available|resets?) (?:in|after) ([\d.]+\s*[a-z]+(?:\s*[\d.]+\s*[a-z]+)*)/i.exec(
		message,
	)?.[1];
	return hint === undefined ? undefined : parseDuration(hint);
}
