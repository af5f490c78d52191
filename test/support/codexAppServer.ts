import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { isJsonObject, objectAt, textAt, type JsonObject } from './upstream/json.js';

/** What the server says by itself. */
interface Notice {
	readonly method: string;
	readonly params: JsonObject;
}

/** `codex app-server`, which the Codex extension talks to: JSON lines both ways. */
export class CodexAppServer {
	/** Everything it has said by itself so far: what the extension shows comes out of this. */
	readonly notices: Notice[] = [];
	readonly #child: ChildProcessWithoutNullStreams;
	readonly #waiting = new Map<number, (reply: JsonObject) => void>();
	readonly #watchers = new Set<(notice: Notice) => void>();
	#asked = 0;

	private constructor(child: ChildProcessWithoutNullStreams) {
		this.#child = child;
		child.stderr.resume();
		createInterface({ input: child.stdout }).on('line', line => {
			const message: unknown = JSON.parse(line);
			if (isJsonObject(message)) this.#hear(message);
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

	/** The next notice of this name. */
	next(method: string): Promise<JsonObject> {
		const { promise, resolve: settle } = Promise.withResolvers<JsonObject>();
		const watcher = (notice: Notice): void => {
			if (notice.method !== method) return;
			this.#watchers.delete(watcher);
			settle(notice.params);
		};
		this.#watchers.add(watcher);
		return promise;
	}

	/** A conversation that may run every command without asking; gives its id. */
	async startThread(cwd: string): Promise<string> {
		const { thread } = await this.ask('thread/start', {
			cwd,
			approvalPolicy: 'never',
			sandbox: 'danger-full-access',
		});
		return textAt(thread, 'id') ?? '';
	}

	/** Says something in a conversation and waits for the end of the turn; gives how it ended. */
	async turn(threadId: string, text: string): Promise<JsonObject> {
		const completed = this.next('turn/completed');
		await this.ask('turn/start', { threadId, input: [{ type: 'text', text }] });
		return objectAt(await completed, 'turn');
	}

	async close(): Promise<void> {
		const exit = once(this.#child, 'exit');
		this.#child.kill('SIGKILL');
		await exit;
	}

	#hear(message: JsonObject): void {
		const { id, method, params } = message;
		if (typeof id === 'number') {
			this.#waiting.get(id)?.(message);
			this.#waiting.delete(id);
		} else if (typeof method === 'string') {
			const notice = { method, params: isJsonObject(params) ? params : {} };
			this.notices.push(notice);
			for (const watcher of [...this.#watchers]) watcher(notice);
		}
	}

	#write(message: JsonObject): void {
		this.#child.stdin.write(`${JSON.stringify(message)}\n`);
	}
}
