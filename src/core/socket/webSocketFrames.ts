/** How a WebSocket puts messages on the wire (RFC 6455, without extensions). */

export const opcodes = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** The peer has broken the rules; `closeCode` says which. */
export class FrameError extends Error {
	override readonly name = 'FrameError';

	constructor(
		message: string,
		readonly closeCode: 1002 | 1003 | 1009 = 1002,
	) {
		super(message);
	}
}

export interface FrameHeader {
	readonly isFinal: boolean;
	readonly opcode: number;
	/** How long the header itself is. */
	readonly length: number;
	readonly payloadLength: number;
	readonly mask: Buffer | undefined;
}

export function isControl({ opcode }: Pick<FrameHeader, 'opcode'>): boolean {
	return opcode >= opcodes.close;
}

/** The header at `at`, or undefined when it is not there in full. */
export function frameHeaderAt(bytes: Buffer, at: number): FrameHeader | undefined {
	const first = bytes[at];
	const second = bytes[at + 1];
	if (first === undefined || second === undefined) return undefined;
	if ((first & 0x70) !== 0) throw new FrameError('A frame uses an extension that was not agreed on');
	const isMasked = (second & 0x80) !== 0;
	const short = second & 0x7f;
	const behindLength = at + 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
	const end = isMasked ? behindLength + 4 : behindLength;
	if (end > bytes.length) return undefined;
	const payloadLength =
		short === 126
			? bytes.readUInt16BE(at + 2)
			: short === 127
				? bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6)
				: short;
	const header = {
		isFinal: (first & 0x80) !== 0,
		opcode: first & 0x0f,
		length: end - at,
		payloadLength,
		mask: isMasked ? bytes.subarray(behindLength, end) : undefined,
	};
	if (isControl(header) && (!header.isFinal || payloadLength > 125 || header.opcode > opcodes.pong))
		throw new FrameError('A control frame is too long or of no known kind');
	return header;
}

/** One whole message in one frame. With a mask, as clients must send it, the payload is copied. */
export function encodeFrame(opcode: number, payload: Buffer, mask?: Buffer): Buffer {
	const { length } = payload;
	const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
	const headerLength = 2 + lengthBytes + (mask ? 4 : 0);
	const frame = Buffer.allocUnsafe(headerLength + length);
	frame[0] = 0x80 | opcode;
	frame[1] = (mask ? 0x80 : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
	if (lengthBytes === 2) frame.writeUInt16BE(length, 2);
	if (lengthBytes === 8) {
		frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
		frame.writeUInt32BE(length % 2 ** 32, 6);
	}
	payload.copy(frame, headerLength);
	if (mask) {
		mask.copy(frame, headerLength - 4);
		applyMask(frame.subarray(headerLength), mask, 0);
	}
	return frame;
}

export function encodeText(text: string): Buffer {
	return encodeFrame(opcodes.text, Buffer.from(text));
}

export function encodeClose(code: number, mask?: Buffer): Buffer {
	const payload = Buffer.alloc(2);
	payload.writeUInt16BE(code);
	return encodeFrame(opcodes.close, payload, mask);
}

/** The code of a close frame; 1005 stands for none. */
export function closeCodeOf(payload: Buffer): number {
	return payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
}

/** Masks or unmasks in place. `offset` is how far into the payload the bytes begin. */
export function applyMask(bytes: Buffer, mask: Buffer, offset: number): void {
	const key = [0, 1, 2, 3].map(at => mask[(offset + at) & 3] ?? 0);
	const [k0 = 0, k1 = 0, k2 = 0, k3 = 0] = key;
	const whole = bytes.length & ~3;
	for (let at = 0; at < whole; at += 4) {
		bytes[at] = (bytes[at] ?? 0) ^ k0;
		bytes[at + 1] = (bytes[at + 1] ?? 0) ^ k1;
		bytes[at + 2] = (bytes[at + 2] ?? 0) ^ k2;
		bytes[at + 3] = (bytes[at + 3] ?? 0) ^ k3;
	}
	for (let at = whole; at < bytes.length; at++) bytes[at] = (bytes[at] ?? 0) ^ (key[at & 3] ?? 0);
}
