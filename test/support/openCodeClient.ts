import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { PoolUnderTest } from './poolUnderTest.js';
import { runProgram, type ProgramEnd } from './runProgram.js';

/** The real OpenCode with folders of its own, pointed at the pool as at any OpenAI endpoint. */
export class OpenCodeClient {
	readonly #folder: string;

	private constructor(folder: string) {
		this.#folder = folder;
	}

	static create({ owner, key }: PoolUnderTest): Promise<OpenCodeClient> {
		return OpenCodeClient.withConfig(
			JSON.stringify({
				autoupdate: false,
				share: 'disabled',
				model: 'openai/gpt-5.5',
				small_model: 'openai/gpt-5.5',
				permission: { bash: 'allow' },
				provider: {
					openai: {
						options: { baseURL: owner.openaiBaseUrl, apiKey: key },
						models: { 'gpt-5.5': { name: 'GPT-5.5', tool_call: true, reasoning: true } },
					},
				},
			}),
		);
	}

	/** With a configuration file as it is given. */
	static async withConfig(text: string): Promise<OpenCodeClient> {
		const client = new OpenCodeClient(await mkdtemp(join(tmpdir(), 'opencode-client-')));
		await mkdir(client.#workspace);
		await writeFile(client.#config, text);
		return client;
	}

	/** One turn in a new session. */
	run(prompt: string): Promise<ProgramEnd> {
		return this.#start(['run', prompt]);
	}

	/** One more turn in the session used last. */
	resume(prompt: string): Promise<ProgramEnd> {
		return this.#start(['run', '--continue', prompt]);
	}

	async dispose(): Promise<void> {
		await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
	}

	get #workspace(): string {
		return join(this.#folder, 'workspace');
	}

	get #config(): string {
		return join(this.#folder, 'opencode.json');
	}

	#start(args: readonly string[]): Promise<ProgramEnd> {
		return runProgram(resolve('node_modules/.bin/opencode'), args, {
			cwd: this.#workspace,
			env: {
				PATH: process.env['PATH'] ?? '',
				HOME: this.#folder,
				XDG_CONFIG_HOME: join(this.#folder, 'config'),
				XDG_DATA_HOME: join(this.#folder, 'data'),
				XDG_CACHE_HOME: join(this.#folder, 'cache'),
				XDG_STATE_HOME: join(this.#folder, 'state'),
				OPENCODE_CONFIG: this.#config,
				OPENCODE_DISABLE_AUTOUPDATE: '1',
				OPENCODE_DISABLE_MODELS_FETCH: '1',
				OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
				HTTP_PROXY: 'http://127.0.0.1:9',
				HTTPS_PROXY: 'http://127.0.0.1:9', // the discard port: nothing leaves the machine
				NO_PROXY: '127.0.0.1,localhost',
			},
			timeoutMs: 60_000,
		});
	}
}
