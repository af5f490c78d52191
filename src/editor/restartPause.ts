const longestMs = 30_000;

/** How long to wait before start number `failures` + 1 after that many failures in a row: 1 s, 2, 4 … 30 s. */
export function restartPause(failures: number): number {
	return Math.min(longestMs, 1000 * 2 ** Math.max(0, failures - 1));
}
