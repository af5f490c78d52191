const second = 1000;
const day = 86_400 * second;

const msByUnit: ReadonlyMap<string, number> = new Map(
	(
		[
			[1, 'ms msec msecs millisecond milliseconds'],
			[second, 's sec secs second seconds'],
			[60 * second, 'm min mins minute minutes'],
			[3600 * second, 'h hr hrs hour hours'],
			[day, 'd day days'],
			[7 * day, 'w week weeks'],
			[30 * day, 'mo month months'],
			[365 * day, 'y yr yrs year years'],
		] as const
	).flatMap(([ms, words]) => words.split(' ').map(word => [word, ms] as const)),
);

/** Longer than anything a provider can mean; also where whole milliseconds stop being exact. */
const longestMs = 100 * 365 * day;

/**
 * Milliseconds of "try again in …" hints such as `1.2s`, `6m0s`, `1h2m3s`, `500ms`, `20 minutes`, `1 hour and 5 minutes`
 * or `1 month`; undefined when the text does not begin with a duration. The whole word is the unit: `1 month` is not one
 * minute.
 */
export function parseDuration(text: string): number | undefined {
	// Sticky, so that each part is looked for only where the one before it has ended: linear whatever the text.
	const part = /(?:\s*(?:,|and\b))?\s*(\d+(?:\.\d+)?)\s*([a-z]+)/iy;
	let total: number | undefined;
	for (let match = part.exec(text); match; match = part.exec(text)) {
		const ms = msByUnit.get((match[2] ?? '').toLowerCase());
		if (ms === undefined) break;
		total = (total ?? 0) + Number(match[1]) * ms;
	}
	return total === undefined || total > longestMs ? undefined : Math.round(total);
}

/** The duration after "try again in" in a provider's message, in milliseconds. */
export function retryHint(message: string): number | undefined {
	const leads = /\b(?:try again|retry|available|resets?) (?:in|after) (?:about |approximately |~ ?)?/gi;
	for (const lead of message.matchAll(leads)) {
		const ms = parseDuration(message.slice(lead.index + lead[0].length));
		if (ms !== undefined) return ms;
	}
	return undefined;
}
