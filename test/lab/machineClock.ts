import type { Clock } from '../../src/core/ports.js';
import type { LabClock } from './labClock.js';

/** The clock of the user's machine: it runs like the provider's, and may be set wrong. */
export class MachineClock implements Clock {
	/** How far it is ahead. */
	errorMs = 0;

	constructor(private readonly right: LabClock) {}

	now(): number {
		return this.right.now() + this.errorMs;
	}

	sleep(ms: number, signal: AbortSignal): Promise<void> {
		return this.right.sleep(ms, signal);
	}

	after(ms: number, task: () => void): () => void {
		return this.right.after(ms, task);
	}
}
