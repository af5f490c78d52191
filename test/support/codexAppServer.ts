import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { isJsonObject, textAt, type JsonObject } from './upstream/json.js';

/** `codex app-server`, which the Codex extension talks to: JSON lines both ways. */
export class CodexAppServer {
	readonly #child: ChildProcessWithoutNullStreams;
	readonly #waiting = new Map<number, (reply: JsonObject) => void>();
	#asked = 0;

	private constructor(child: ChildProcessWithoutNullStreams) {
		this.#child = child;
		child.stderr.resume();
		createInterface({ input: child.stdout }).on('line', line => {
			const message: unknown = JSON.parse(line);
			if (!isJsonObject(message) || typeof message['id'] !== 'number') return;
			this.#waiting.get(message['id'])?.(message);
			this.#waiting.delete(message['id']);
		});
	}

	static async start(cwd: string, env: Readonly<Record<string, string>>): Promise<CodexAppServer> {
		const server = new CodexAppServer(spawn(resolve('node_modules/.bin/codex'), ['app-server'], { cwd, env }));
		const clientInfo = { name: 'codex_vscode', title: 'Codex', version: '0.9.0' };
		await server.ask('initialize', { clientInfo });
		server.#write({ method: 'initialized' });
		return server;
	}

	/** The result of a call. Rejects with what the server says is wrong. */
	ask(method: string, params: JsonObject = {}): Promise<JsonObject> {
		const id = ++this.#asked;
		const { promise, resolve: settle, reject } = Promise.withResolvers<JsonObject>();
		this.#waiting.set(id, ({ result, error }) => {
			if (isJsonObject(result)) settle(result);
			else reject(new Error(`${method}: ${textAt(error, 'message') ?? 'no result'}`));
		});
		this.#write({ id, method, params });
		return promise;
	}

	async close(): Promise<void> {
		const exit = once(this.#child, 'exit');
		this.#child.kill('SIGKILL');
		await exit;
	}

	#write(message: JsonObject): void {
		this.#child.stdin.write(`${JSON.stringify(message)}\n`);
	}
}
