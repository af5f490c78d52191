const hourMs = 3_600_000;

/**
 * Start of the clock hour on the user's wall, in epoch milliseconds. Not the UTC hour: where the offset is not whole
 * (India, Nepal), only wall hours add up to wall days.
 */
export function startOfLocalHour(time: number): number {
	const offsetMs = new Date(time).getTimezoneOffset() * 60_000;
	return Math.floor((time - offsetMs) / hourMs) * hourMs + offsetMs;
}

export function startOfLocalDay(time: number): number {
	const date = new Date(time);
	return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
