import { PoolError } from '../../shared/poolError.js';
import { JsonScanError, membersOf, stringAt } from './jsonScan.js';

/**
 * The model that an SDK's request for images names, wherever it stands. Throws for a stream of partial images: the
 * backend gives one document, and whatever else came would be tried on every account.
 */
export function imageModel(body: Buffer): string | null {
	try {
		const members = membersOf(body);
		const stream = members.findLast(({ key }) => key === 'stream');
		// A form has only text.
		if (stream && /^"?true"?$/.test(body.toString('latin1', stream.valueStart, stream.valueEnd))) {
			throw new PoolError('invalid_request', 'The pool gives images as a whole: leave "stream" out.');
		}
		const model = members.findLast(({ key }) => key === 'model');
		return (model && stringAt(body, model.valueStart)) ?? null;
	} catch (error) {
		if (!(error instanceof JsonScanError)) throw error;
		throw new PoolError('invalid_request', `The request body is not valid JSON: ${error.message}.`, { cause: error });
	}
}
