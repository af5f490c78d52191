import { readFile } from 'node:fs/promises';
import { checkPrices, type CheckedPrices } from '../shared/priceApi.js';
import { PoolError } from '../shared/poolError.js';
import { unreadable } from './accountFiles.js';

/** The user's own prices: a JSON object like the setting `codexPool.prices`. */
export async function readPriceFile(path: string): Promise<CheckedPrices> {
	const text = await readFile(path, 'utf8').catch((cause: unknown) => {
		throw new PoolError('invalid_request', unreadable(path, cause), { cause });
	});
	return checkPrices(parsed(path, text));
}

function parsed(path: string, text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new PoolError('invalid_request', `${path} is not JSON: ${why}.`, { cause });
	}
}
