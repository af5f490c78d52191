export const usagePeriods = ['today', 'week', 'month'] as const;
export type UsagePeriod = (typeof usagePeriods)[number];

/** The first local moment of the running day, week (from Monday) or month. */
export function startOfPeriod(period: UsagePeriod, now: number): number {
	const date = new Date(now);
	const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()] as const;
	switch (period) {
		case 'today':
			return new Date(year, month, day).getTime();
		case 'week':
			return new Date(year, month, day - ((date.getDay() + 6) % 7)).getTime();
		case 'month':
			return new Date(year, month, 1).getTime();
		default:
			return period satisfies never;
	}
}
