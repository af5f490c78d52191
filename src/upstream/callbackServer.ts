import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { PoolError } from '../shared/poolError.js';
import { callbackPage, callbackPageHeaders } from './callbackPage.js';
import type { SignInEnding } from './openSignIn.js';

/** Finishes a sign-in with what the browser brought; the ending is shown. Never rejects. */
export type CallbackAnswer = (parameters: URLSearchParams, redirectUri: string) => Promise<SignInEnding>;

interface Listener {
	readonly server: Server;
	readonly port: number;
}

const callbackPath = '/auth/callback';

/** Where the browser returns to. One listener serves any number of sign-ins, told apart by their `state`. */
export class CallbackServer {
	readonly #ports: readonly number[];
	readonly #waiting = new Map<string, CallbackAnswer>();
	#listener: Promise<Listener> | undefined;
	#answering = 0;

	/** The first free one of `ports` is used: the issuer knows no others. */
	constructor(ports: readonly number[]) {
		this.#ports = ports;
	}

	/** Waits for the browser to bring `state`, once. Resolves with the redirect URI of the listener. */
	async expect(state: string, answer: CallbackAnswer): Promise<string> {
		this.#waiting.set(state, answer);
		this.#listener ??= listen(this.#ports, (request, response, port) => void this.#serve(request, response, port));
		const listener = this.#listener;
		try {
			return redirectUriOf((await listener).port);
		} catch (thrown) {
			if (this.#listener === listener) this.#listener = undefined;
			this.#waiting.delete(state);
			throw thrown;
		}
	}

	forget(state: string): void {
		this.#waiting.delete(state);
		this.#closeWhenUnused();
	}

	async #serve(request: IncomingMessage, response: ServerResponse, port: number): Promise<void> {
		this.#answering += 1;
		response.on('close', () => {
			this.#answering -= 1;
			this.#closeWhenUnused();
		});
		const refusal = refusalOf(request, port);
		if (refusal !== undefined) {
			reply(response, refusal, 'Nothing here', 'This address only ends a sign-in of Account Pool for Codex.');
			return;
		}
		const parameters = new URL(request.url ?? '/', redirectUriOf(port)).searchParams;
		const state = parameters.get('state') ?? '';
		const answer = this.#waiting.get(state);
		// A state works once: whoever replays the address meets a stranger.
		this.#waiting.delete(state);
		if (!answer) {
			reply(response, 400, 'Unknown sign-in', 'This sign-in is over or was never started. Start again in the editor.');
			return;
		}
		const ending = await answer(parameters, redirectUriOf(port));
		if (ending.kind === 'failed') reply(response, 400, 'Not signed in', ending.error.message);
		else reply(response, 200, 'Signed in', `${ending.sentence} You can close this tab and return to the editor.`);
	}

	#closeWhenUnused(): void {
		if (this.#waiting.size > 0 || this.#answering > 0 || !this.#listener) return;
		const closing = this.#listener;
		this.#listener = undefined;
		void closing.then(
			({ server }) => {
				server.close();
				// Browsers hold spare connections open.
				server.closeAllConnections();
			},
			() => undefined, // It never listened.
		);
	}
}

export function redirectUriOf(port: number): string {
	return `http://127.0.0.1:${port}${callbackPath}`;
}

/** The status to refuse with, or undefined for a browser that comes back from the issuer. */
function refusalOf(request: IncomingMessage, port: number): number | undefined {
	// A foreign name that points here is another site's page reaching for the code.
	if (request.headers.host !== `127.0.0.1:${port}` && request.headers.host !== `localhost:${port}`) return 403;
	if (request.url?.split('?', 1)[0] !== callbackPath) return 404;
	if (request.method !== 'GET') return 405;
	return undefined;
}

function reply(response: ServerResponse, status: number, title: string, text: string): void {
	response.writeHead(status, callbackPageHeaders).end(callbackPage(title, text));
}

async function listen(
	ports: readonly number[],
	serve: (request: IncomingMessage, response: ServerResponse, port: number) => void,
): Promise<Listener> {
	for (const port of ports) {
		const server = createServer();
		try {
			const bound = await bind(server, port);
			server.on('request', (request, response) => serve(request, response, bound));
			return { server, port: bound };
		} catch {
			// Busy or forbidden: the next one may be free.
		}
	}
	throw new PoolError(
		'sign_in_port_busy',
		`Signing in needs port ${ports.join(' or ')} on this machine, and other programs hold them. Finish or close another Codex sign-in and try again, or sign in with a device code or by pasting the address instead.`,
	);
}

function bind(server: Server, port: number): Promise<number> {
	const { promise, resolve, reject } = Promise.withResolvers<number>();
	// Stays for the server's whole life: an 'error' nobody hears would end the process.
	server.on('error', reject);
	server.listen(port, '127.0.0.1', () => {
		const address = server.address();
		resolve(typeof address === 'object' && address ? address.port : port);
	});
	return promise;
}
