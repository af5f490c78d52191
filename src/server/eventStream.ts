import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { PoolState } from '../shared/poolApi.js';

/** A face that has left so much unread is suspended. It looks for the pool anew when it wakes. */
const mostUnreadBytes = 4 * 1024 * 1024;

/** Snapshots for faces: the newest at once, then one per change. Closing it tells followers that the port is free. */
export class EventStream {
	readonly #server = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false });
	readonly #stopWatching: () => void;

	constructor(
		private readonly state: () => PoolState,
		watch: (watcher: () => void) => () => void,
	) {
		this.#stopWatching = watch(() => this.#broadcast());
	}

	accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
		this.#server.handleUpgrade(request, socket, head, client => {
			client.on('error', () => client.terminate());
			client.send(JSON.stringify(this.state()));
		});
	}

	/** 1001: going away. */
	close(): void {
		this.#stopWatching();
		for (const client of this.#server.clients) client.close(1001);
		this.#server.close();
	}

	#broadcast(): void {
		const open = [...this.#server.clients].filter((client: WebSocket) => client.readyState === client.OPEN);
		if (open.length === 0) return;
		const frame = JSON.stringify(this.state());
		for (const client of open) {
			if (client.bufferedAmount > mostUnreadBytes) client.terminate();
			else client.send(frame);
		}
	}
}
