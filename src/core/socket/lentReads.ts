import type { Duplex } from 'node:stream';

const regionBytes = 64 * 1024;
/** Copying what is smaller costs less than new memory. */
const copiedBytes = 16 * 1024;
const takers = new WeakMap<Duplex, (bytes: Buffer) => void>();
let isKept = false;
let next: Uint8Array | undefined;

/**
 * How connections to the provider are read: packet after packet into the same memory, one region for each connection,
 * where node would make, and clean up, a buffer for every packet. That is a twentieth of what a small event costs. An
 * option of `net.connect` and `tls.connect`; a connection that nobody takes from directly reads as any other.
 */
export const lentReads = {
	/** Node asks for memory when a connection opens and after each read. */
	buffer: (): Uint8Array => {
		const region = next ?? Buffer.allocUnsafeSlow(regionBytes);
		next = undefined;
		return region;
	},

	/** False stops reading until the connection is read from again. */
	callback(this: Duplex, length: number, region: Uint8Array): boolean {
		const bytes = Buffer.from(region.buffer, region.byteOffset, length);
		const take = takers.get(this);
		isKept = take === undefined && length > copiedBytes;
		take?.(bytes);
		next = isKept ? undefined : region;
		return take !== undefined || this.push(isKept ? bytes : Buffer.from(bytes));
	},
};

/** From now on what the connection reads is lent to `take` until that returns; see `keepLent`. */
export function lendReads(connection: Duplex, take: (bytes: Buffer) => void): void {
	takers.set(connection, take);
}

/** What was lent is still needed when the taker returns, as by a write that the system did not take in full. */
export function keepLent(): void {
	isKept = true;
}
