import { connect, type Socket } from 'node:net';

export interface BareListener {
	/** The bytes may be kept only until the call returns. */
	onBytes(bytes: Buffer, from: Socket): void;
	onClose(from: Socket): void;
}

/** All connections read into the same memory: each read is finished before the next one begins. */
const readBuffer = Buffer.alloc(64 * 1024);

/** A connection to a port of this machine with as little around it as can be: the client must not be what is measured. */
export function connectBare(port: number, listener: BareListener): Socket {
	const socket = connect({
		port,
		host: '127.0.0.1',
		noDelay: true,
		onread: {
			buffer: readBuffer,
			callback: length => {
				listener.onBytes(readBuffer.subarray(0, length), socket);
				return true;
			},
		},
	});
	// 'close' follows.
	socket.on('error', () => undefined);
	socket.on('close', () => listener.onClose(socket));
	return socket;
}
