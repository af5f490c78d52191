import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface Listening {
	readonly port: number;
	/** Ends its connections too. */
	close(): Promise<void>;
}

/** A bare TCP server on loopback, for programs that are not what a client hopes for. Port 0 lets the system choose. */
export async function listenOn(port: number, onSocket: (socket: Socket) => void): Promise<Listening> {
	const sockets = new Set<Socket>();
	const server = createServer(socket => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		socket.on('error', () => undefined);
		onSocket(socket);
	});
	await new Promise<void>((resolve, reject) => {
		server.on('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return {
		port: (server.address() as AddressInfo).port,
		close: () =>
			new Promise(resolve => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			}),
	};
}
