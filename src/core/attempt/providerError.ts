import type { HeaderMap } from '../ports.js';
import { fieldOf, isObject, parseJson, textOf } from '../untrusted.js';

/** What the provider says of a failure, whatever it is wrapped in. */
export interface ProviderError {
	readonly type: string | undefined;
	readonly code: string | undefined;
	readonly message: string;
	readonly resetsAtSeconds: number | undefined;
	readonly resetsInSeconds: number | undefined;
	/** Length of the usage window that is spent. */
	readonly windowMinutes: number | undefined;
}

/** Reads every spelling: `{error:{…}}`, `{error:"…"}`, `{detail}`, `{detail:{code}}`, an event with `response.error`, or a bare error. */
export function errorOf(body: unknown): ProviderError {
	const detail = fieldOf(body, 'detail');
	const error =
		fieldOf(body, 'error') ?? fieldOf(fieldOf(body, 'response'), 'error') ?? (isObject(detail) ? detail : body);
	const message = fieldOf(error, 'message') ?? detail ?? error;
	return {
		// Where an event is itself the error, its type names the event.
		type: error === body && isEvent(body) ? undefined : nameIn(error, 'type'),
		code: nameIn(error, 'code'),
		message: typeof message === 'string' ? message : '',
		resetsAtSeconds: figureIn(error, 'resets_at'),
		resetsInSeconds: figureIn(error, 'resets_in_seconds'),
		windowMinutes: figureIn(error, 'limit_window_minutes'),
	};
}

/** The names of a failure, the most telling first. Some refusals carry theirs only in headers, as Codex reads them. */
export function namesOf(error: ProviderError, headers: HeaderMap): string[] {
	const inHeader = fieldOf(parseJson(Buffer.from(headers['x-error-json'] ?? '', 'base64')), 'error');
	const names = [error.code, error.type, nameIn(inHeader, 'code'), headers['x-openai-authorization-error']];
	return names.flatMap(name => name || []);
}

/** The data of an event, as opposed to a bare error or anything else. */
export function isEvent(body: unknown): boolean {
	const type = textOf(fieldOf(body, 'type')) ?? '';
	return type === 'error' || type.startsWith('response.');
}

function nameIn(value: unknown, field: string): string | undefined {
	return textOf(fieldOf(value, field)) || undefined;
}

/** Figures come as numbers and as text. */
function figureIn(value: unknown, field: string): number | undefined {
	const given = fieldOf(value, field);
	const figure = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
	return typeof figure === 'number' && Number.isFinite(figure) ? figure : undefined;
}
