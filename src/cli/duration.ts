const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A length of time in its two largest units: "3 d 04 h", "2 h 05 m", "12 m", "45 s". */
export function formatDuration(ms: number): string {
	const whole = Math.max(0, ms);
	if (whole >= day) return `${Math.floor(whole / day)} d ${twoDigits(Math.floor((whole % day) / hour))} h`;
	if (whole >= hour) return `${Math.floor(whole / hour)} h ${twoDigits(Math.floor((whole % hour) / minute))} m`;
	if (whole >= minute) return `${Math.floor(whole / minute)} m`;
	return `${Math.floor(whole / 1000)} s`;
}

/** What something took: "120 ms", "5.2 s", and from a minute on as any length of time. */
export function formatElapsed(ms: number): string {
	if (ms < 1000) return `${Math.round(ms)} ms`;
	return ms < minute ? `${(Math.floor(ms / 100) / 10).toFixed(1)} s` : formatDuration(ms);
}

/** A moment as its distance from now: "12 m ago"; "never" when there was none. */
export function formatAgo(at: number | null, now: number): string {
	return at === null ? 'never' : `${formatDuration(now - at)} ago`;
}

/** A moment as local time: "2026-07-01 09:05". */
export function formatMoment(at: number): string {
	const date = new Date(at);
	if (Number.isNaN(date.getTime())) return 'unknown';
	const on = [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())].join('-');
	return `${on} ${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
}

function twoDigits(value: number): string {
	return String(value).padStart(2, '0');
}
