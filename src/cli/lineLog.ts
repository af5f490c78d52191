import type { Log } from '../core/ports.js';
import type { LogLevel } from '../shared/runtimeMessages.js';
import { plainText } from './textTable.js';

type Fields = Readonly<Record<string, unknown>>;

/** The log of `serve`, on standard error: every event as a line of JSON, or warnings and errors as text for a person. */
export function lineLog(json: boolean): Log {
	const write = (level: LogLevel, event: string, fields: Fields): void => {
		const time = new Date().toISOString();
		if (json) {
			process.stderr.write(`${JSON.stringify({ time, level, event, ...fields })}\n`);
		} else if (level !== 'info') {
			const details = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
			process.stderr.write(`${plainText([time, level, event, ...details].join(' '))}\n`);
		}
	};
	return {
		info: (event, fields = {}) => write('info', event, fields),
		warn: (event, fields = {}) => write('warn', event, fields),
		error: (event, fields = {}) => write('error', event, fields),
	};
}
