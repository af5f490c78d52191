import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { PoolError } from '../shared/poolError.js';

/** Images travel inline, so bodies of many megabytes are normal (protocol §17.12). */
export const bodyLimitBytes = 64 * 1024 * 1024;

type Encoding = 'identity' | 'gzip' | 'br' | 'deflate' | 'zstd';

const decoders = {
	gzip: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip),
	br: promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress),
	deflate: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate),
	zstd: promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress),
} as const;

/** The bytes as they came. One buffer of the announced size is filled, so that a large body is held once. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
	const announced = Number(request.headers['content-length'] ?? NaN);
	if (announced > bodyLimitBytes) return Promise.reject(tooLarge());
	return new Promise((resolve, reject) => {
		const whole = Number.isSafeInteger(announced) && announced >= 0 ? Buffer.allocUnsafeSlow(announced) : undefined;
		const chunks: Buffer[] = [];
		let received = 0;
		request.on('data', (chunk: Buffer) => {
			// A body that arrives in one piece needs no copy.
			if (whole && received === 0 && chunk.length === announced) chunks.push(chunk);
			else if (whole) chunk.copy(whole, received);
			else chunks.push(chunk);
			received += chunk.length;
			if (received > bodyLimitBytes) {
				request.pause();
				reject(tooLarge());
			}
		});
		request.on('end', () => {
			const single = chunks.length === 1 ? chunks[0] : undefined;
			resolve(single ?? (whole && chunks.length === 0 ? whole : Buffer.concat(chunks)));
		});
		request.on('error', error =>
			reject(new PoolError('invalid_request', 'The request body broke off.', { cause: error })),
		);
		request.on('close', () => {
			if (!request.complete) reject(new PoolError('invalid_request', 'The request body broke off.'));
		});
	});
}

export function encodingOf({ headers }: IncomingMessage): Encoding {
	const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
	if (encoding === 'identity' || Object.hasOwn(decoders, encoding)) return encoding as Encoding;
	throw new PoolError(
		'unsupported_encoding',
		`The content encoding "${encoding.slice(0, 40)}" is not supported. Use zstd, gzip, br, deflate or none.`,
	);
}

/** The limit holds after decompression too. */
export async function decodeBody(body: Buffer, encoding: Exclude<Encoding, 'identity'>): Promise<Buffer> {
	try {
		return await decoders[encoding](body, { maxOutputLength: bodyLimitBytes });
	} catch (error) {
		if (error instanceof RangeError) throw tooLarge();
		throw new PoolError('invalid_request', `The request body is not valid ${encoding}.`, { cause: error });
	}
}

function tooLarge(): PoolError {
	return new PoolError('body_too_large', 'The request body is larger than 64 MiB.');
}
