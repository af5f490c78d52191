/** Start of the local day that `time` lies in, epoch ms. Days of 23 and 25 hours come out right. */
export function localDayStart(time: number): number {
	const date = new Date(time);
	return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
