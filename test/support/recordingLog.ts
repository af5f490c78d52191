import type { Log } from '../../src/core/ports.js';

export interface LogEntry {
	readonly level: 'info' | 'warn' | 'error';
	readonly event: string;
	readonly fields: Readonly<Record<string, unknown>>;
}

/** Keeps what was logged for the test to look at. */
export class RecordingLog implements Log {
	readonly entries: LogEntry[] = [];

	info(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
		this.entries.push({ level: 'info', event, fields });
	}

	warn(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
		this.entries.push({ level: 'warn', event, fields });
	}

	error(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
		this.entries.push({ level: 'error', event, fields });
	}

	count(event: string): number {
		return this.entries.filter(entry => entry.event === event).length;
	}
}
