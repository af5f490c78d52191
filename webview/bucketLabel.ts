import type { BucketSize } from './usageSeries.js';

const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const date = { day: 'numeric', month: 'short' } as const;
const labels = {
	hour: { short: formatOf(clock), long: formatOf({ weekday: 'short', ...clock }) },
	day: { short: formatOf(date), long: formatOf({ weekday: 'short', ...date }) },
	month: { short: formatOf({ month: 'short' }), long: formatOf({ month: 'long', year: 'numeric' }) },
} as const;

function formatOf(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	return new Intl.DateTimeFormat(undefined, options);
}

export function bucketLabel(start: number, by: BucketSize, isLong: boolean): string {
	return (isLong ? labels[by].long : labels[by].short).format(start);
}
