/** What an event of a response means to the pool, known by its type alone. */

export type TerminalKind = 'completed' | 'failed' | 'incomplete' | 'error';

export type EventClass = 'lead' | 'metadata' | 'rateLimits' | 'vendor' | 'output' | TerminalKind;

/** Events by which nobody sees anything yet, and the ends. The backend's own, unknown ones too, are `vendor`. */
const classByType: ReadonlyMap<string, EventClass> = new Map<string, EventClass>([
	['response.created', 'lead'],
	['response.in_progress', 'lead'],
	['response.queued', 'lead'],
	['response.metadata', 'metadata'],
	['codex.response.metadata', 'metadata'],
	['keepalive', 'lead'],
	['codex.rate_limits', 'rateLimits'],
	['response.completed', 'completed'],
	['response.failed', 'failed'],
	['response.incomplete', 'incomplete'],
	['error', 'error'],
]);

/** The longest type of a response's event that matters; those of deltas are longer. */
export const longestKnownType = Math.max(
	...[...classByType.keys()].filter(type => type.startsWith('response.')).map(type => type.length),
);

export function classOfType(type: string): EventClass {
	return classByType.get(type) ?? (type.startsWith('codex.') || type.startsWith('responsesapi.') ? 'vendor' : 'output');
}

export function isTerminal(kind: EventClass): kind is TerminalKind {
	return kind === 'completed' || kind === 'failed' || kind === 'incomplete' || kind === 'error';
}
