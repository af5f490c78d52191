/** A sleep made of a clock's timer: ends after `ms`, or rejects with the signal's reason. */
export function sleepOn(
	after: (ms: number, task: () => void) => () => void,
	ms: number,
	signal: AbortSignal,
): Promise<void> {
	return new Promise((resolve, reject) => {
		signal.throwIfAborted();
		const stop = (): void => {
			cancel();
			reject(signal.reason as Error);
		};
		// A signal may outlive the clock: what listens to it has to go.
		const cancel = after(ms, () => {
			signal.removeEventListener('abort', stop);
			resolve();
		});
		signal.addEventListener('abort', stop, { once: true });
	});
}
