import type { HeaderMap } from '../ports.js';
import { isEvent } from '../attempt/providerError.js';
import { numberFrom } from '../quota/providerFigures.js';
import { fieldOf, isObject } from '../untrusted.js';
import type { Refusal } from '../attempt/verdict.js';

/**
 * A WebSocket frame that says no, as the HTTP reply that it stands for (protocol §6): status and headers are inside the
 * frame, and the table judges it as any other. `headers` are those of the reply that the frame came in, if there is
 * one. Undefined for a frame that is no refusal.
 */
export function refusalFromFrame(frame: unknown, headers: HeaderMap = {}): Refusal | undefined {
	const type = fieldOf(frame, 'type');
	if (!isEvent(frame) || (type !== 'error' && type !== 'response.failed')) return undefined;
	const status = statusIn(frame, 'status') ?? statusIn(frame, 'status_code') ?? 200;
	return { status, headers: { ...headers, ...headersIn(frame) }, body: frame };
}

/** A success in an error frame says nothing. */
function statusIn(frame: unknown, field: string): number | undefined {
	const status = numberFrom(fieldOf(frame, field)) ?? NaN;
	return Number.isInteger(status) && status >= 300 && status <= 599 ? status : undefined;
}

/** Live frames spell the names with capitals, and give figures as numbers or text. */
export function headersIn(frame: unknown): HeaderMap {
	const given = fieldOf(frame, 'headers');
	if (!isObject(given)) return {};
	return Object.fromEntries(
		Object.entries(given).flatMap(([name, value]: [string, unknown]) => {
			const first: unknown = Array.isArray(value) ? value[0] : value;
			const isText = typeof first === 'string' || typeof first === 'number' || typeof first === 'boolean';
			return isText ? [[name.toLowerCase(), String(first)]] : [];
		}),
	);
}
