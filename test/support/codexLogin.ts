import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { SimulatedAccount } from './upstream/accounts.js';
import { isJsonObject, objectAt, textAt, type JsonObject } from './upstream/json.js';
import type { Upstream } from './upstream/startUpstream.js';

/** The real Codex client, signing in at the simulated issuer in a home of its own. Nothing it does can leave this machine. */
export class CodexLogin {
	private constructor(
		private readonly upstream: Upstream,
		private readonly home: string,
	) {}

	static async create(upstream: Upstream): Promise<CodexLogin> {
		return new CodexLogin(upstream, await mkdtemp(join(tmpdir(), 'codex-login-')));
	}

	/** `codex login --device-auth`, with the code typed in as soon as it is shown. */
	async withDeviceCode(account: SimulatedAccount): Promise<void> {
		const approved = Promise.withResolvers<undefined>();
		// The client asks at once, then every five seconds: its first question waits for the user instead.
		this.upstream.script({ kind: 'slow', wait: approved.promise }, { path: '/deviceauth/token' });
		await this.#run(['login', '--device-auth', '--experimental_issuer', this.upstream.issuerUrl], {
			onOutput: output => {
				const code = /[A-Z]{4}-[A-Z]{5}/.exec(output)?.[0];
				if (code !== undefined && this.upstream.approveDevice(code, account)) approved.resolve(undefined);
			},
		});
	}

	/** The sign-in of the editor extension, which runs the same program as a server: the browser comes back to it. */
	async inTheBrowser(account: SimulatedAccount): Promise<void> {
		const child = this.#start(['app-server']);
		const send = (message: JsonObject): boolean => child.stdin.write(`${JSON.stringify(message)}\n`);
		try {
			send({ id: 1, method: 'initialize', params: { clientInfo: { name: 'test', title: 'Test', version: '1' } } });
			for await (const line of createInterface(child.stdout)) {
				const message: unknown = JSON.parse(line);
				if (!isJsonObject(message)) continue;
				if (message['id'] === 1) {
					send({ method: 'initialized' });
					send({ id: 2, method: 'account/login/start', params: { type: 'chatgpt' } });
				}
				if (message['id'] === 2) {
					const url = textAt(objectAt(message, 'result'), 'authUrl') ?? '';
					await fetch(await this.upstream.signIn(url, account));
				}
				if (message['method'] === 'account/login/completed') return;
			}
		} finally {
			endGroup(child);
		}
	}

	/** `codex login --with-api-key` */
	withApiKey(key: string): Promise<string> {
		return this.#run(['login', '--with-api-key'], { input: key });
	}

	/** `codex login status`, with this account file. */
	async statusWith(authFile: string): Promise<string> {
		await writeFile(this.#authFile, authFile, { mode: 0o600 });
		return this.#run(['login', 'status']);
	}

	/** What the client has written, to the letter. */
	authFile(): Promise<string> {
		return readFile(this.#authFile, 'utf8');
	}

	async dispose(): Promise<void> {
		await rm(this.home, { recursive: true, force: true, maxRetries: 3 });
	}

	get #authFile(): string {
		return join(this.home, 'auth.json');
	}

	/** Gives everything it has printed; rejects when it fails. */
	async #run(
		args: readonly string[],
		{ input = '', onOutput }: { readonly input?: string; readonly onOutput?: (output: string) => void } = {},
	): Promise<string> {
		const child = this.#start(args);
		let output = '';
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding('utf8').on('data', (text: string) => {
				output += text;
				onOutput?.(output);
			});
		}
		child.stdin.end(input);
		const timer = setTimeout(() => endGroup(child), 30_000);
		const [code] = (await once(child, 'close')) as [number | null];
		clearTimeout(timer);
		if (code !== 0) throw new Error(`codex ${args.join(' ')} ended with ${String(code)}: ${output}`);
		return output;
	}

	#start(args: readonly string[]): ChildProcessWithoutNullStreams {
		return spawn(resolve('node_modules/.bin/codex'), args, {
			cwd: this.home,
			detached: true,
			env: {
				PATH: process.env['PATH'] ?? '',
				HOME: this.home,
				CODEX_HOME: this.home,
				CODEX_APP_SERVER_LOGIN_ISSUER: this.upstream.issuerUrl,
				HTTPS_PROXY: 'http://127.0.0.1:9', // the discard port: nothing leaves the machine
				NO_PROXY: '127.0.0.1,localhost',
				TERM: 'dumb',
			},
		});
	}
}

/** What it has started goes with it. */
function endGroup({ pid }: ChildProcessWithoutNullStreams): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// It has ended by itself.
	}
}
