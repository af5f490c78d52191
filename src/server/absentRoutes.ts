import type { Express } from 'express';
import { PoolError } from '../shared/poolError.js';
import { authenticate, type Gate } from './requestGuard.js';

/** What clients of the OpenAI API may look for and will not find: a ChatGPT account has no such thing. */
const absent: readonly (readonly [path: string, reason: string])[] = [
	['/v1/responses/input_tokens', 'The pool counts no tokens ahead. The usage of an answer tells them.'],
	[
		'/v1/responses/',
		'The pool keeps no responses: the backend stores none for ChatGPT accounts. Send the whole input.',
	],
	['/v1/conversations', 'The pool keeps no conversations. Send the whole input with every request.'],
	['/v1/completions', 'The pool does not offer the old completions. Use /v1/chat/completions or /v1/responses.'],
	['/v1/embeddings', 'The pool does not offer embeddings: ChatGPT accounts have none.'],
	['/v1/moderations', 'The pool does not offer moderations: ChatGPT accounts have none.'],
	['/v1/images', 'The pool offers /v1/images/generations and /v1/images/edits, and nothing else of images.'],
	['/v1/audio', 'The pool does not offer audio: the backend neither hears nor speaks.'],
	['/v1/realtime', 'The pool does not offer realtime sessions.'],
	['/v1/files', 'The pool keeps no files. Send their content in the input.'],
	['/v1/uploads', 'The pool keeps no files. Send their content in the input.'],
	['/v1/vector_stores', 'The pool keeps no files to search.'],
	['/v1/batches', 'The pool does not offer batches.'],
	['/v1/fine_tuning', 'The pool does not offer fine-tuning.'],
	['/v1/assistants', 'The pool does not offer assistants. Use /v1/responses.'],
	['/v1/threads', 'The pool does not offer assistants. Use /v1/responses.'],
];

/** Says why something is not there. A 404, because clients try again after a 501. */
export function addAbsentRoutes(app: Express, gate: Gate): void {
	app.use('/v1', async (request, _response, next) => {
		await authenticate(request, gate);
		const path = request.originalUrl.split('?', 1)[0] ?? '';
		const reason = absent.find(
			([begin]) => path === begin || path.startsWith(begin.endsWith('/') ? begin : `${begin}/`),
		);
		if (reason) throw new PoolError('not_found', reason[1]);
		next();
	});
}
