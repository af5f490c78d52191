import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PoolClient } from '../../src/client/poolClient.js';
import type { Log } from '../../src/core/ports.js';
import { startRuntime, type Runtime } from '../../src/runtime.js';
import type { Owner } from '../../src/shared/poolApi.js';
import type { Prices } from '../../src/shared/priceApi.js';
import type { LogLevel } from '../../src/shared/runtimeMessages.js';
import { MemoryVault } from './memoryVault.js';
import type { AccountOptions, SimulatedAccount } from './upstream/accounts.js';
import type { RecordedRequest } from './upstream/record.js';
import { startUpstream, type Upstream, type UpstreamOptions } from './upstream/startUpstream.js';

export interface PoolUnderTestOptions extends Omit<UpstreamOptions, 'accounts' | 'port'> {
	/** A number of plain accounts, or what each is like. Two when absent. */
	readonly accounts?: number | readonly AccountOptions[];
	/** Whether the ChatGPT login of an account in the pool stands for a key. */
	readonly acceptOwnLogins?: boolean;
	/** A vault to look into. */
	readonly vault?: MemoryVault;
	/** The user's own prices. */
	readonly prices?: Prices;
}

/** The whole pool as a user has it, in front of the simulated provider: nothing between them is faked. */
export class PoolUnderTest {
	/** `level event {fields}` in the order of arrival. */
	readonly logLines: string[] = [];
	/** Holds `data` and `home`. */
	readonly folder: string;
	readonly #records: boolean;
	readonly #prices: Prices;
	readonly #acceptOwnLogins: boolean;
	#parts: { readonly runtime: Runtime; readonly control: PoolClient; readonly key: string } | undefined;

	private constructor(
		readonly upstream: Upstream,
		readonly vault: MemoryVault,
		folder: string,
		options: PoolUnderTestOptions,
	) {
		this.folder = folder;
		this.#records = options.record ?? true;
		this.#prices = options.prices ?? {};
		this.#acceptOwnLogins = options.acceptOwnLogins ?? false;
	}

	static async start(options: PoolUnderTestOptions = {}): Promise<PoolUnderTest> {
		const { accounts = 2, vault, ...simulated } = options;
		const described = typeof accounts === 'number' ? Array.from({ length: accounts }, () => ({})) : accounts;
		const upstream = await startUpstream({ ...simulated, accounts: described });
		const folder = await mkdtemp(join(tmpdir(), 'pool-under-test-'));
		const pool = new PoolUnderTest(upstream, vault ?? new MemoryVault(), folder, options);
		try {
			await pool.#open();
			return pool;
		} catch (error) {
			await pool.close();
			throw error;
		}
	}

	get owner(): Owner {
		return this.#opened.runtime.owner;
	}

	/** For what only a launcher does. */
	get runtime(): Runtime {
		return this.#opened.runtime;
	}

	/** The management API, as every face uses it. */
	get control(): PoolClient {
		return this.#opened.control;
	}

	/** The default pool key. */
	get key(): string {
		return this.#opened.key;
	}

	/** The pool's id of a simulated account. */
	async accountId(account: SimulatedAccount): Promise<string> {
		const { accounts } = await this.control.state();
		const view = accounts.find(({ email }) => email === account.email);
		if (!view) throw new Error(`The pool does not have ${account.email}`);
		return view.id;
	}

	/** Adds simulated accounts the way a user does: by their account files. */
	async add(accounts: readonly SimulatedAccount[]): Promise<void> {
		if (accounts.length === 0) return;
		await this.control.importAccounts(accounts.map(account => JSON.stringify(account.authFile())));
	}

	/** Stops the runtime and starts it again on the same data and port, as an editor that is opened again. */
	async restart(upstreamUrl?: string): Promise<void> {
		const { port } = this.owner;
		await this.#closeRuntime();
		await this.#openRuntime(port, upstreamUrl);
	}

	async close(): Promise<void> {
		await this.#closeRuntime();
		await this.upstream.close();
		await rm(this.folder, { recursive: true, force: true });
	}

	get #opened() {
		if (!this.#parts) throw new Error('The pool is closed');
		return this.#parts;
	}

	async #open(): Promise<void> {
		await this.#openRuntime(0);
		await this.add(this.upstream.accounts);
		await this.#settle();
	}

	/** What the set-up makes the pool ask the provider is over, and forgotten, when a test begins. */
	async #settle(): Promise<void> {
		if (!this.#records) return;
		for (const account of this.upstream.accounts) {
			const isUsage = (request: RecordedRequest) => request.account === account && request.path.endsWith('/wham/usage');
			await (
				await this.upstream.waitForRequest(isUsage)
			).settled;
		}
		this.upstream.clearRecord();
	}

	async #openRuntime(port: number, upstreamUrl = this.upstream.backendUrl): Promise<void> {
		const homeDir = join(this.folder, 'home');
		const runtime = await startRuntime(
			{
				port,
				dataDir: join(this.folder, 'data'),
				homeDir,
				upstreamUrl,
				issuerUrl: this.upstream.issuerUrl,
				acceptOwnLogins: this.#acceptOwnLogins,
				launcher: 'cli',
				version: '0.0.0-test',
				prices: this.#prices,
				network: { proxyUrl: null, noProxy: [], extraCertificates: [] },
			},
			{ vault: this.vault, log: this.#log() },
		);
		const control = await PoolClient.attach({ port: runtime.owner.port, homeDir });
		const { key } = await control.revealDefaultKey();
		this.#parts = { runtime, control, key };
	}

	async #closeRuntime(): Promise<void> {
		const parts = this.#parts;
		this.#parts = undefined;
		parts?.control.dispose();
		await parts?.runtime.close(0);
	}

	#log(): Log {
		const write =
			(level: LogLevel) =>
			(event: string, fields = {}) =>
				void this.logLines.push(`${level} ${event} ${JSON.stringify(fields)}`);
		return { info: write('info'), warn: write('warn'), error: write('error') };
	}
}

/** For `afterEach`: closes the pool, and fails when the provider saw what no well-behaved client does. */
export async function closeWithoutViolations(pool: PoolUnderTest): Promise<void> {
	const violations = pool.upstream.violations.map(({ code, message }) => `${code}: ${message}`);
	await pool.close();
	if (violations.length > 0) throw new Error(`The provider saw:\n${violations.join('\n')}`);
}
