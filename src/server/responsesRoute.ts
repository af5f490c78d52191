import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HeaderMap } from '../core/ports.js';
import { isOpenAiRoute, isTranslated, type ReceivedRequest, type ResponsesRoute } from '../core/request/readRequest.js';
import { wholePath } from '../core/request/wholeRoutes.js';
import { isCodexClient } from '../core/request/headerPolicy.js';
import { imageEditBody, isForm } from '../core/request/imageForm.js';
import { PoolError } from '../shared/poolError.js';
import { HttpReply } from './httpReply.js';
import { decodeBody, encodingOf, readBody } from './readBody.js';
import { authenticate, type Gate } from './requestGuard.js';

export interface ResponsesRouteContext {
	readonly gate: Gate;
	readonly isEnabled: () => boolean;
	readonly newRequestId: () => string;
	readonly now: () => number;
	readonly forward: (request: ReceivedRequest, reply: HttpReply) => Promise<void>;
}

/** **receive → authenticate** → …: takes a request in and hands it to core. */
export async function receiveResponses(
	context: ResponsesRouteContext,
	route: ResponsesRoute,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const receivedAt = context.now();
	const keyId = await authenticate(request, context.gate);
	if (!context.isEnabled()) {
		throw new PoolError(
			'pool_disabled',
			'The pool is switched off. Switch it on in the panel or run "codex-pool enable".',
		);
	}
	const encoding = encodingOf(request);
	const reply = new HttpReply(response);
	const received = await readBody(request);
	const given = headersOf(request);
	const isImageForm = route === '/v1/images/edits' && isForm(given['content-type']);
	const headers = isImageForm ? { ...given, 'content-type': 'application/json' } : given;
	// The backend takes zstd from Codex as it is; whatever must be read or is not zstd is decoded here.
	const isForCodex = isCodexClient(headers) || !isOpenAiRoute(route);
	const staysEncoded = encoding === 'zstd' && isForCodex && !isTranslated(route) && wholePath(route) === undefined;
	const decoded = encoding !== 'identity' && !staysEncoded;
	const plain = decoded ? await decodeBody(received, encoding) : received;
	const body = isImageForm ? await imageEditBody(plain, given['content-type'] ?? '') : plain;
	if (!staysEncoded) refuseNonObject(body, headers);
	await context.forward(
		{
			id: context.newRequestId(),
			route,
			keyId,
			headers,
			body,
			encoding: staysEncoded ? 'zstd' : null,
			...(staysEncoded ? { decode: () => decodeBody(received, 'zstd') } : {}),
			decoded,
			receivedAt,
		},
		reply,
	);
}

/** A glance at both ends: a body that was cut off or is no object is not worth an account's time. */
function refuseNonObject(body: Buffer, headers: HeaderMap): void {
	const text =
		/^\s*\{/.test(body.toString('latin1', 0, 64)) &&
		/\}\s*$/.test(body.toString('latin1', Math.max(0, body.length - 64)));
	if (text) return;
	const what = isForm(headers['content-type']) ? ', not a form' : '';
	throw new PoolError('invalid_request', `The request body must be a complete JSON object${what}.`);
}

/** Node joins repeated headers already, except a few that never pass. */
function headersOf({ headers }: IncomingMessage): HeaderMap {
	return headers as HeaderMap;
}
