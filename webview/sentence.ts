import { text } from './text.js';

/** What a failed request to the editor says to the user. */
export function sentenceOf(error: unknown): string {
	return error instanceof Error && error.message !== '' ? error.message : text.requestFailed;
}
