import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as NetServer, Socket } from 'node:net';

/** A real HTTP server on a free port that remembers its connections. */
export interface LocalServer {
	readonly url: URL;
	readonly server: Server;
	/** Every connection it ever had, in order. */
	readonly sockets: readonly Socket[];
	readonly close: () => Promise<void>;
}

export async function startLocalServer(listener: RequestListener): Promise<LocalServer> {
	const server = createServer(listener);
	return { ...(await listenLocally(server)), server };
}

export async function listenLocally(server: NetServer): Promise<Pick<LocalServer, 'url' | 'sockets' | 'close'>> {
	const sockets: Socket[] = [];
	server.on('connection', (socket: Socket) => sockets.push(socket));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const close = async (): Promise<void> => {
		server.close();
		for (const socket of sockets) socket.destroy();
		if (server.listening) await once(server, 'close');
	};
	return { url: new URL(`http://127.0.0.1:${portOf(server)}`), sockets, close };
}

export function portOf(server: NetServer): number {
	const address = server.address();
	if (typeof address !== 'object' || address === null) throw new Error('The server does not listen on a port');
	return address.port;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
	const server = createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const port = portOf(server);
	server.close();
	await once(server, 'close');
	return port;
}
