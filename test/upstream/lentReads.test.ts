import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { lentReads } from '../../src/core/socket/lentReads.js';
import { StreamSocket } from '../../src/core/socket/streamSocket.js';
import { listenLocally, portOf, type LocalServer } from './localServer.js';
import { selfSignedCertificate } from './selfSignedCertificate.js';

/** More than the system holds for a reader who does not read. */
const sent = randomBytes(24 * 1024 * 1024);
const { key, cert } = selfSignedCertificate([]);

interface Way {
	readonly name: string;
	readonly serve: (accept: (socket: Socket) => void) => Server;
	readonly open: (port: number) => Socket;
}

const ways: readonly Way[] = [
	{
		name: 'a plain connection',
		serve: createServer,
		open: port => connect({ port, host: '127.0.0.1', onread: lentReads }),
	},
	{
		name: 'an encrypted connection',
		serve: accept => createTlsServer({ key, cert }, accept),
		open: port => {
			const options = { port, host: '127.0.0.1', ca: cert, onread: lentReads };
			return connectTls(options);
		},
	},
];

for (const { name, serve, open } of ways) {
	describe(`What is read from ${name}`, () => {
		const local: Pick<LocalServer, 'close'>[] = [];
		const listen = async (server: Server): Promise<number> => {
			local.push(await listenLocally(server));
			return portOf(server);
		};

		afterEach(async () => {
			for (const each of local.splice(0)) await each.close();
		});

		it('is passed on as it came, also to a reader who is slow', async () => {
			const provider = await listen(serve(pour));
			const pool = await listen(
				createServer(writer => {
					const target = new StreamSocket(writer, Buffer.alloc(0));
					// Never paused: what waits to be written must be safe from what is read next.
					new StreamSocket(open(provider), Buffer.alloc(0)).listen({
						onBytes: bytes => target.write(bytes),
						onDrain: () => undefined,
						onGone: () => target.end(),
					});
				}),
			);

			const came = createHash('sha256');
			for await (const chunk of connect(pool, '127.0.0.1') as AsyncIterable<Buffer>) {
				came.update(chunk);
				await new Promise(resolve => setImmediate(resolve));
			}

			assert.equal(came.digest('hex'), createHash('sha256').update(sent).digest('hex'));
		});

		it('can be read as from any other connection', async () => {
			const kept: Buffer[] = [];
			for await (const chunk of open(await listen(serve(pour))) as AsyncIterable<Buffer>) kept.push(chunk);

			assert.ok(Buffer.concat(kept).equals(sent));
		});
	});
}

/** In packets of many sizes, from one byte on. */
function pour(socket: Socket): void {
	let at = 0;
	for (let size = 1; at < sent.length; size = (size * 7) % 40_009) {
		socket.write(sent.subarray(at, at + size));
		at += size;
	}
	socket.end();
}
