import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { selfSignedCertificate } from '../upstream/selfSignedCertificate.js';

/**
 * What a client finds beyond this machine when this is its proxy: nobody but a chatgpt.com that knows which workspace a
 * login belongs to, and takes note of what else it is asked.
 */
export class OutsideWorld {
	/** Every host that was to be reached, in order. */
	readonly hosts: string[] = [];
	/** What came to chatgpt.com, as `method path {headers}`. */
	readonly asked: string[] = [];
	/** Trusted by whoever is to believe that this is chatgpt.com. */
	readonly certificate: string;
	readonly #proxy = createServer((_request, response) => response.writeHead(502).end());
	readonly #chatGpt = createServer((request, response) => {
		this.asked.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
		const isCheck = request.url === '/backend-api/wham/accounts/check';
		response.writeHead(isCheck ? 200 : 404, { 'content-type': 'application/json' });
		response.end(JSON.stringify(isCheck ? workspaceOf(request) : { detail: 'Not Found' }));
	});

	private constructor() {
		const { key, cert } = selfSignedCertificate(['chatgpt.com']);
		const secureContext = createSecureContext({ key, cert });
		this.certificate = cert;
		this.#proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
			const [host = ''] = (request.url ?? '').split(':');
			this.hosts.push(host);
			socket.on('error', () => socket.destroy());
			if (host !== 'chatgpt.com') {
				socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
				return;
			}
			socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			const secured = new TLSSocket(socket, { isServer: true, secureContext });
			secured.on('error', () => socket.destroy());
			this.#chatGpt.emit('connection', secured);
		});
	}

	static async open(): Promise<OutsideWorld> {
		const world = new OutsideWorld();
		world.#proxy.listen(0, '127.0.0.1');
		await once(world.#proxy, 'listening');
		return world;
	}

	get proxyUrl(): string {
		return `http://127.0.0.1:${(this.#proxy.address() as AddressInfo).port}`;
	}

	close(): void {
		this.#proxy.close();
		this.#proxy.closeAllConnections();
		this.#chatGpt.closeAllConnections();
	}
}

function workspaceOf({ headers }: IncomingMessage): unknown {
	const id = headers['chatgpt-account-id'];
	const workspace = { id, workspace_backend_origin: 'https://chatgpt.com', account_routing_override: 'NO_CONSTRAINT' };
	return { accounts: [workspace], account_ordering: [id], default_account_id: id };
}
