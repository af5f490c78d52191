import { jsonAnswer, type Answer } from '../reply/answers.js';
import type { HeaderMap } from '../ports.js';
import { errorOf } from '../attempt/providerError.js';
import { fieldOf, isObject, parseJson } from '../untrusted.js';
import { encodeText } from './webSocketFrames.js';

/** Codex connects anew at this code, after a moment and without a word, and sends everything again (protocol §6). */
const chainBrokenError = {
	type: 'invalid_request_error',
	code: 'previous_response_not_found',
	message: 'The conversation goes on elsewhere: send it again in full.',
	param: 'previous_response_id',
};
export const chainBrokenAnswer: Answer = jsonAnswer(400, { error: chainBrokenError });
export const chainBroken: Buffer = chainBrokenAnswer.body;

/** What an answer over HTTP would say, as the frame that Codex reads in the same way. */
export function errorFrame(status: number, headers: HeaderMap, body: Buffer): Buffer {
	const parsed = parseJson(body);
	const given = fieldOf(parsed, 'error');
	const { message, code, type } = errorOf(parsed);
	const error = isObject(given)
		? given
		: {
				type: type ?? (status < 500 ? 'invalid_request_error' : 'server_error'),
				code: code ?? null,
				message: message || `The ChatGPT backend answered with status ${status}.`,
			};
	const told = Object.entries(headers).filter(([name]) => !name.startsWith('content-'));
	return encodeText(JSON.stringify({ type: 'error', status, error, headers: Object.fromEntries(told) }));
}

/** The answer to a prewarm that nobody upstream can be asked for. Its id is known to no one: nothing chains on it. */
export function prewarmFrames(responseId: string): Buffer {
	const response = { id: responseId, object: 'response', output: [] };
	const usage = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };
	return Buffer.concat([
		encodeText(JSON.stringify({ type: 'response.created', response: { ...response, status: 'in_progress' } })),
		encodeText(JSON.stringify({ type: 'response.completed', response: { ...response, status: 'completed', usage } })),
	]);
}
