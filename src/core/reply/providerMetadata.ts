import { learnFromHeaders } from '../attempt/learnFromHeaders.js';
import type { ForwardContext } from '../forwardRequest.js';
import { isQuotaHeader } from '../request/headerPolicy.js';
import { JsonScanError } from '../request/jsonScan.js';
import { withoutMember, withValue } from '../request/memberEdits.js';
import type { ReceivedRequest, RequestFacts } from '../request/readRequest.js';
import { headersIn } from '../socket/refusalFromFrame.js';
import { fieldOf, isObject, parseJson } from '../untrusted.js';

type MetadataContext = Pick<ForwardContext, 'accounts' | 'sessions' | 'clock' | 'modelsEtag'>;
type Asked = Pick<RequestFacts, 'model' | 'alias'> & Pick<ReceivedRequest, 'keyId'>;

/**
 * A `response.metadata` event, or over a WebSocket one that says no, has the headers of a reply over HTTP inside
 * (protocol §5.4, §6, §7). Gives the event for the client: with the ETag of our catalogue, or Codex would fetch the
 * models again after every response, and with the model under the name that the client gave it, or Codex would warn of
 * another. Figures of one account stay here: a client hears those of the pool in `codex.rate_limits` events.
 */
export function readMetadata(context: MetadataContext, accountId: string, asked: Asked, data: Buffer): Buffer {
	const event = parseJson(data);
	const headers = headersIn(event);
	learnFromHeaders(context, accountId, headers);
	const given = fieldOf(event, 'headers');
	let changed = data;
	for (const name of isObject(given) ? Object.keys(given) : []) {
		const known = name.toLowerCase();
		if (known === 'x-models-etag') changed = withHeader(changed, name, context.modelsEtag(asked.keyId));
		if (isQuotaHeader(known)) changed = withHeader(changed, name, undefined);
		if (known === 'openai-model' && headers[known] === asked.model && asked.alias !== undefined)
			changed = withHeader(changed, name, asked.alias);
	}
	return changed;
}

function withHeader(data: Buffer, name: string, value: string | undefined): Buffer {
	const path = ['headers', name];
	try {
		return value === undefined ? withoutMember(data, path) : withValue(data, path, JSON.stringify(value));
	} catch (error) {
		if (error instanceof JsonScanError) return data;
		throw error;
	}
}
