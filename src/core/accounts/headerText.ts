import * as z from 'zod';

/** Far longer than any token, and about what a server takes as its headers. */
const mostLetters = 16_384;

/**
 * What goes out in a header as it is. Anything else would fail every request of its account, and look like a backend that
 * does not answer. A line end that was copied along does no harm.
 */
export const headerText = z
	.string()
	.trim()
	.max(mostLetters)
	.regex(/^[!-~]+$/);
