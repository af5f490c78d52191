import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CodexAppServer } from './codexAppServer.js';
import type { PoolUnderTest } from './poolUnderTest.js';
import { runProgram, type ProgramEnd } from './runProgram.js';
import type { SimulatedAccount } from './upstream/accounts.js';

/** How a real Codex client is pointed at the pool. */
export interface CodexSetup {
	/** Lines of `config.toml`: root keys first. */
	readonly config: readonly string[];
	/** The client's own `auth.json`, if it has one. */
	readonly authFile?: unknown;
	readonly env?: Readonly<Record<string, string>>;
}

/** The same, with turns over WebSocket. */
export function overWebSocket({ config, ...rest }: CodexSetup): CodexSetup {
	return { ...rest, config: [...config, 'supports_websockets = true'] };
}

/** The key in the environment. */
export function environmentSetup({ owner, key }: PoolUnderTest): CodexSetup {
	return { config: poolProvider(owner.codexBaseUrl, ['env_key = "POOL_KEY"']), env: { POOL_KEY: key } };
}

/** No provider of its own: the built-in one, sent to the pool, with the key as the API key. */
export function builtInSetup({ owner, key }: PoolUnderTest): CodexSetup {
	return {
		config: [`openai_base_url = "${owner.codexBaseUrl}"`],
		authFile: { auth_mode: 'apikey', OPENAI_API_KEY: key },
	};
}

/** What "Configure Codex" writes: the key as a bearer token, the catalogue from the pool, no login in the client. */
export function bearerSetup({ owner, key }: Pick<PoolUnderTest, 'owner' | 'key'>): CodexSetup {
	return {
		config: poolProvider(owner.codexBaseUrl, [
			`experimental_bearer_token = "${key}"`,
			`model_catalog_url = "${owner.codexBaseUrl}/models"`,
		]),
	};
}

/** The key as the API key the client is logged in with. */
export function apiKeySetup({ owner, key }: PoolUnderTest): CodexSetup {
	return {
		config: poolProvider(owner.codexBaseUrl, ['requires_openai_auth = true']),
		authFile: { auth_mode: 'apikey', OPENAI_API_KEY: key },
	};
}

/**
 * The client keeps its ChatGPT login, and the key travels in a header. The two addresses must have different origins, or
 * the client would go around the pool.
 */
export function signedInSetup({ owner, key }: PoolUnderTest, own: SimulatedAccount): CodexSetup {
	return {
		config: [
			`chatgpt_base_url = "http://localhost:${owner.port}/backend-api/"`,
			...poolProvider(owner.codexBaseUrl, [
				'requires_openai_auth = true',
				`http_headers = { "x-codex-pool-key" = "${key}" }`,
			]),
		],
		authFile: own.authFile(),
	};
}

export function poolProvider(baseUrl: string, lines: readonly string[]): string[] {
	return [
		'model_provider = "pool"',
		'[model_providers.pool]',
		'name = "OpenAI"',
		`base_url = "${baseUrl}"`,
		'wire_api = "responses"',
		...lines,
	];
}

/** The real Codex command line with a home of its own. Nothing it does can leave this machine. */
export class CodexClient {
	readonly #folder: string;
	readonly #issuerUrl: string;
	readonly #env: Readonly<Record<string, string>>;

	private constructor(folder: string, issuerUrl: string, env: Readonly<Record<string, string>>) {
		this.#folder = folder;
		this.#issuerUrl = issuerUrl;
		this.#env = env;
	}

	static async create({ upstream }: PoolUnderTest, setup: CodexSetup): Promise<CodexClient> {
		const client = new CodexClient(await mkdtemp(join(tmpdir(), 'codex-client-')), upstream.issuerUrl, setup.env ?? {});
		await mkdir(client.#home);
		await mkdir(client.workspace);
		const config = ['model = "gpt-5.5"', 'check_for_update_on_startup = false', ...setup.config];
		await writeFile(join(client.#home, 'config.toml'), config.join('\n'));
		if (setup.authFile !== undefined) {
			await writeFile(join(client.#home, 'auth.json'), JSON.stringify(setup.authFile), { mode: 0o600 });
		}
		return client;
	}

	get workspace(): string {
		return join(this.#folder, 'workspace');
	}

	get #home(): string {
		return join(this.#folder, 'codex-home');
	}

	/** One turn in a new session. */
	exec(prompt: string, options: readonly string[] = []): Promise<ProgramEnd> {
		return this.#run(['exec', ...execOptions, ...options, prompt]);
	}

	/** One more turn in the session used last. */
	resume(prompt: string): Promise<ProgramEnd> {
		return this.#run(['exec', ...execOptions, 'resume', '--last', prompt]);
	}

	/** The part of it that the Codex extension talks to. */
	appServer(): Promise<CodexAppServer> {
		return CodexAppServer.start(this.workspace, this.#environment);
	}

	/** The account file as it is now. */
	authFile(): Promise<unknown> {
		return this.#readJson('auth.json');
	}

	/** What it takes for the provider's model list. */
	cachedModels(): Promise<unknown> {
		return this.#readJson('models_cache.json');
	}

	async dispose(): Promise<void> {
		await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
	}

	async #readJson(name: string): Promise<unknown> {
		return JSON.parse(await readFile(join(this.#home, name), 'utf8'));
	}

	#run(args: readonly string[]): Promise<ProgramEnd> {
		return runProgram(resolve('node_modules/.bin/codex'), args, { cwd: this.workspace, env: this.#environment });
	}

	get #environment(): Record<string, string> {
		return {
			PATH: process.env['PATH'] ?? '',
			HOME: this.#folder,
			CODEX_HOME: this.#home,
			CODEX_REFRESH_TOKEN_URL_OVERRIDE: `${this.#issuerUrl}/oauth/token`,
			HTTPS_PROXY: 'http://127.0.0.1:9', // the discard port: nothing leaves the machine
			NO_PROXY: '127.0.0.1,localhost',
			TERM: 'dumb',
			...this.#env,
		};
	}
}

const execOptions = ['--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox'];
