import type { Log } from '../core/ports.js';
import type { LogLevel } from '../shared/runtimeMessages.js';
import { plainText } from './textTable.js';

type Fields = Readonly<Record<string, unknown>>;

/** A request leaves a line; a write for each would cost the request path more than choosing its account. */
const gatherMs = 100;

/** The log of `serve`, on standard error: every event as a line of JSON, or warnings and errors as text for a person. */
export function lineLog(json: boolean): Log {
	let lines = '';
	let timer: NodeJS.Timeout | undefined;
	const flush = (): void => {
		clearTimeout(timer);
		timer = undefined;
		if (lines !== '') process.stderr.write(lines);
		lines = '';
	};
	process.once('exit', flush);

	const write = (level: LogLevel, event: string, fields: Fields): void => {
		const time = new Date().toISOString();
		if (json) {
			lines += `${JSON.stringify({ time, level, event, ...fields })}\n`;
		} else if (level !== 'info') {
			const details = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
			lines += `${plainText([time, level, event, ...details].join(' '))}\n`;
		}
		if (level === 'info') timer ??= setTimeout(flush, gatherMs).unref();
		else flush();
	};
	return {
		info: (event, fields = {}) => write('info', event, fields),
		warn: (event, fields = {}) => write('warn', event, fields),
		error: (event, fields = {}) => write('error', event, fields),
	};
}
