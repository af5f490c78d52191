/** Shows the time that the test has set. */
export class SettableClock {
	time = Date.UTC(2026, 10, 20, 12);

	now(): number {
		return this.time;
	}
}
