import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Pool, type Dispatcher } from 'undici';

/**
 * The least a proxy on node:http and undici can do, for comparison: no accounts, no key, no rows.
 * Arguments: `request` (undici.request and pipe) or `dispatch`, and the upstream's port.
 */

const [mode, upstreamPort] = process.argv.slice(2);
const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: null, headersTimeout: 0, bodyTimeout: 0 });

const server = createServer(
	{ keepAliveTimeout: 600_000, requestTimeout: 0 },
	mode === 'dispatch' ? dispatchOn : requestAndPipe,
);
server.on('upgrade', splice);
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
	process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
process.once('SIGTERM', () => process.exit());

function requestAndPipe(request: IncomingMessage, response: ServerResponse): void {
	pool
		.request(upstreamRequest(request))
		.then(({ statusCode, headers, body }) => {
			response.writeHead(statusCode, headers);
			body.on('error', () => response.destroy());
			response.on('close', () => body.destroy());
			body.pipe(response);
		})
		.catch(() => response.destroy());
}

function dispatchOn(request: IncomingMessage, response: ServerResponse): void {
	let controller: Dispatcher.DispatchController | undefined;
	response.on('drain', () => controller?.resume());
	response.on('close', () => {
		if (!response.writableFinished) controller?.abort(new Error('left'));
	});
	pool.dispatch(upstreamRequest(request), {
		onRequestStart: started => {
			controller = started;
		},
		onResponseStart: (_controller, status, headers) => {
			response.writeHead(status, headers);
		},
		onResponseData: (running, chunk) => {
			if (!response.write(chunk)) running.pause();
		},
		onResponseEnd: () => {
			response.end();
		},
		onResponseError: () => {
			response.destroy();
		},
	});
}

/** A WebSocket as two pipes that know nothing of frames. */
function splice(request: IncomingMessage, socket: Duplex): void {
	const lines = request.rawHeaders.flatMap((text, at) =>
		at % 2 === 0 ? [`${text}: ${request.rawHeaders[at + 1]}`] : [],
	);
	const upstream = connect({ port: Number(upstreamPort), host: '127.0.0.1', noDelay: true });
	upstream.write([`GET ${request.url} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
	upstream.on('error', () => socket.destroy());
	socket.on('error', () => upstream.destroy());
	socket.pipe(upstream).pipe(socket);
}

function upstreamRequest(request: IncomingMessage): {
	path: string;
	method: 'POST';
	headers: string[];
	body: IncomingMessage;
} {
	const headers: string[] = [];
	for (const name in request.headers) {
		const value = request.headers[name];
		if (typeof value === 'string' && name !== 'host' && name !== 'connection') headers.push(name, value);
	}
	return { path: request.url ?? '/', method: 'POST', headers, body: request };
}
