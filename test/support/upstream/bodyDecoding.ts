import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';

const decoders: Readonly<Record<string, (bytes: Buffer) => Promise<Buffer>>> = {
	zstd: promisify<Buffer, Buffer>(zstdDecompress),
	gzip: promisify<Buffer, Buffer>(gunzip),
	br: promisify<Buffer, Buffer>(brotliDecompress),
	deflate: promisify<Buffer, Buffer>(inflate),
};

export type DecodedBody =
	{ readonly kind: 'decoded'; readonly value: unknown } | { readonly kind: 'undecodable'; readonly reason: string };

/** Reads a request body as what its headers say it is. */
export async function decodeBody(bytes: Buffer, encoding: string, contentType: string): Promise<DecodedBody> {
	if (bytes.length === 0) return { kind: 'decoded', value: undefined };
	try {
		const text = (await decompress(bytes, encoding)).toString('utf8');
		if (contentType.startsWith('application/json')) return { kind: 'decoded', value: JSON.parse(text) };
		if (contentType.startsWith('application/x-www-form-urlencoded')) {
			return { kind: 'decoded', value: Object.fromEntries(new URLSearchParams(text)) };
		}
		return { kind: 'decoded', value: text };
	} catch (thrown) {
		return { kind: 'undecodable', reason: thrown instanceof Error ? thrown.message : String(thrown) };
	}
}

async function decompress(bytes: Buffer, encoding: string): Promise<Buffer> {
	if (encoding === '' || encoding === 'identity') return bytes;
	const decode = decoders[encoding];
	if (!decode) throw new Error(`Unsupported content encoding: ${encoding}`);
	return decode(bytes);
}
