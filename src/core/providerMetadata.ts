import type { ForwardContext } from './forwardRequest.js';
import { JsonScanError } from './jsonScan.js';
import { withoutMember, withValue } from './memberEdits.js';
import { headersIn } from './refusalFromFrame.js';
import { fieldOf, isObject, parseJson } from './untrusted.js';
import { windowsFromHeaders } from './usageWindows.js';

type MetadataContext = Pick<ForwardContext, 'accounts' | 'sessions' | 'clock' | 'modelsEtag'>;

/**
 * Over a WebSocket a `response.metadata` event says what headers say over HTTP (protocol §5.4, §7). Gives the event for
 * the client: with the ETag of our catalogue, or Codex would fetch the models again after every response.
 */
export function readMetadata(context: MetadataContext, accountId: string, data: Buffer): Buffer {
	const event = parseJson(data);
	const headers = headersIn(event);
	context.accounts.recordWindows(accountId, windowsFromHeaders(headers, context.clock.now()));
	const turnState = headers['x-codex-turn-state'];
	if (turnState !== undefined) context.sessions.issueTurnState(turnState, accountId);
	const given = fieldOf(event, 'headers');
	const name = isObject(given) && Object.keys(given).find(key => key.toLowerCase() === 'x-models-etag');
	return name === false || name === undefined ? data : withOurEtag(data, name, context.modelsEtag());
}

function withOurEtag(data: Buffer, name: string, etag: string | undefined): Buffer {
	const path = ['headers', name];
	try {
		return etag === undefined ? withoutMember(data, path) : withValue(data, path, JSON.stringify(etag));
	} catch (error) {
		if (error instanceof JsonScanError) return data;
		throw error;
	}
}
