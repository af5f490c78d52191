import * as l10n from '@vscode/l10n';
import type { PoolChange, PoolState } from '../shared/poolApi.js';
import type {
	AccountChange,
	AccountView,
	ExportShape,
	RedeemedReset,
	RefreshedAccounts,
	RemoveAccount,
} from '../shared/accountApi.js';
import type { WindowHistory } from '../shared/forecastApi.js';
import type { CreatedKey, CreateKey, KeyChange, KeyView } from '../shared/keyApi.js';
import type { ExplainedRequest, RequestList, RequestListQuery } from '../shared/requestApi.js';
import type { SessionView } from '../shared/sessionApi.js';
import type { SignIn, StartSignIn } from '../shared/signInApi.js';
import type { UsageQuery, UsageReport } from '../shared/usageApi.js';
import type { ModelExposure, ModelView, SetAlias } from '../shared/modelApi.js';
import { PoolError } from '../shared/poolError.js';
import { systemCode } from './loopbackRequest.js';
import { ManagementCalls } from './managementCalls.js';
import { probePort } from './probePort.js';
import { readRuntimeFile } from './runtimeFile.js';
import { watchPool, type PoolListener, type PoolWatch } from './watchPool.js';

export interface AttachOptions {
	readonly port: number;
	readonly homeDir: string;
	readonly timeoutMs?: number;
}

/**
 * What every face asks of the runtime that owns a port; the methods are named as the routes. Every rejection is a
 * PoolError, `runtime_not_running` whenever no runtime answers.
 */
export class PoolClient {
	readonly #calls: ManagementCalls;

	private constructor(calls: ManagementCalls) {
		this.#calls = calls;
	}

	get port(): number {
		return this.#calls.port;
	}

	/** Finds the runtime that owns `port`. It proves that it is the one before it is shown anything. */
	static async attach({ port, homeDir, timeoutMs = 10_000 }: AttachOptions): Promise<PoolClient> {
		const { adminToken } = await readRuntimeFile(homeDir, port).catch(async (thrown: unknown) => {
			const isMissing = thrown instanceof PoolError && systemCode(thrown.cause) === 'ENOENT';
			throw isMissing && (await probePort(port)) === 'pool' ? otherHome(port, thrown) : thrown;
		});
		await expectPool(port, adminToken);
		const client = new PoolClient(new ManagementCalls(port, adminToken, timeoutMs));
		try {
			await client.state();
			return client;
		} catch (error) {
			client.dispose();
			throw error;
		}
	}

	state(): Promise<PoolState> {
		return this.#calls.ask('state');
	}

	changePool(change: PoolChange): Promise<PoolState> {
		return this.#calls.ask('changePool', { body: change });
	}

	/** `documents` are the texts of Codex `auth.json` files. */
	async importAccounts(documents: readonly string[]): Promise<AccountView[]> {
		return (await this.#calls.ask('importAccounts', { body: { documents }, awaitsProvider: true })).accounts;
	}

	changeAccount(id: string, change: AccountChange): Promise<AccountView> {
		return this.#calls.ask('changeAccount', { id, body: change });
	}

	removeAccount(id: string, options: RemoveAccount = {}): Promise<void> {
		return this.#calls.tell('removeAccount', { id, body: options, awaitsProvider: true });
	}

	/** The accounts named come first, in this order. */
	async orderAccounts(accountIds: readonly string[]): Promise<AccountView[]> {
		return (await this.#calls.ask('orderAccounts', { body: { accountIds } })).accounts;
	}

	/** Text of a file that holds live tokens. */
	async exportAccount(id: string, shape: ExportShape): Promise<string> {
		return (await this.#calls.ask('exportAccount', { id, body: { shape } })).document;
	}

	refreshAccount(id: string): Promise<AccountView> {
		return this.#calls.ask('refreshAccount', { id, awaitsProvider: true });
	}

	/** Reads the usage figures of every account, one after the other. */
	refreshAccounts(): Promise<RefreshedAccounts> {
		return this.#calls.ask('refreshAccounts', { awaitsProvider: true });
	}

	/** Spends a banked reset. Only for a person who has just confirmed it. */
	redeemReset(id: string): Promise<RedeemedReset> {
		return this.#calls.ask('redeemReset', { id, awaitsProvider: true });
	}

	startSignIn(start: StartSignIn = {}): Promise<SignIn> {
		return this.#calls.ask('startSignIn', { body: start, awaitsProvider: true });
	}

	/** With the address that the browser ended on. */
	finishSignIn(id: string, callbackUrl: string): Promise<SignIn> {
		return this.#calls.ask('finishSignIn', { id, body: { callbackUrl }, awaitsProvider: true });
	}

	readSignIn(id: string): Promise<SignIn> {
		return this.#calls.ask('readSignIn', { id });
	}

	cancelSignIn(id: string): Promise<void> {
		return this.#calls.tell('cancelSignIn', { id });
	}

	async listKeys(): Promise<KeyView[]> {
		return (await this.#calls.ask('listKeys')).keys;
	}

	/** The only answer with the secret of the new key. */
	createKey(name: string, limits: Omit<CreateKey, 'name'> = {}): Promise<CreatedKey> {
		return this.#calls.ask('createKey', { body: { name, ...limits }, awaitsProvider: true });
	}

	changeKey(id: string, change: KeyChange): Promise<KeyView> {
		return this.#calls.ask('changeKey', { id, body: change, awaitsProvider: true });
	}

	/** The only answer with its new secret; the old one has stopped. */
	rotateKey(id: string): Promise<CreatedKey> {
		return this.#calls.ask('rotateKey', { id });
	}

	revokeKey(id: string): Promise<void> {
		return this.#calls.tell('revokeKey', { id });
	}

	revealDefaultKey(): Promise<CreatedKey> {
		return this.#calls.ask('revealDefaultKey');
	}

	async listSessions(): Promise<SessionView[]> {
		return (await this.#calls.ask('listSessions')).sessions;
	}

	/** Its next request goes to that account. */
	moveSession(id: string, accountId: string): Promise<SessionView> {
		return this.#calls.ask('moveSession', { id, body: { accountId } });
	}

	/** Its next request is that of a new session. */
	forgetSession(id: string): Promise<void> {
		return this.#calls.tell('forgetSession', { id });
	}

	/** Settled requests, newest first; `before` is the `next` of the page before. */
	listRequests(wanted: Partial<RequestListQuery> = {}): Promise<RequestList> {
		const query = Object.fromEntries(
			Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
		);
		return this.#calls.ask('listRequests', { query });
	}

	/** With every choice that was made for it. The beginning of its id is enough. */
	explainRequest(id = 'latest'): Promise<ExplainedRequest> {
		return this.#calls.ask('explainRequest', { id });
	}

	/** `since` and `until` in epoch milliseconds. */
	readUsage({ since, until, by }: UsageQuery): Promise<UsageReport> {
		const query = { since: String(since), by, ...(until === undefined ? {} : { until: String(until) }) };
		return this.#calls.ask('readUsage', { query });
	}

	/** The past of every usage window of one account, since an epoch in milliseconds. */
	readWindowHistory(id: string, since: number): Promise<WindowHistory> {
		const query = { since: String(since) };
		return this.#calls.ask('readWindowHistory', { id, query });
	}

	/** Every name that a request may use: models, the user's aliases, and the pool's variants of models. */
	async listModels(): Promise<ModelView[]> {
		return (await this.#calls.ask('listModels', { awaitsProvider: true })).models;
	}

	async changeExposure(change: ModelExposure): Promise<ModelView[]> {
		return (await this.#calls.ask('changeExposure', { body: change, awaitsProvider: true })).models;
	}

	/** Makes a name, or changes what it stands for. */
	async setAlias(alias: SetAlias): Promise<ModelView[]> {
		return (await this.#calls.ask('setAlias', { body: alias, awaitsProvider: true })).models;
	}

	removeAlias(name: string): Promise<void> {
		return this.#calls.tell('removeAlias', { id: name });
	}

	shutDown(): Promise<void> {
		return this.#calls.tell('shutDown');
	}

	watch(listener: PoolListener): PoolWatch {
		const { port, adminToken } = this.#calls;
		return watchPool({ port, adminToken }, listener);
	}

	/** Closes its connections; watches live on until they are disposed themselves. */
	dispose(): void {
		this.#calls.dispose();
	}
}

/** It runs, but leaves its runtime file where we do not look. */
function otherHome(port: number, cause?: unknown): PoolError {
	return new PoolError(
		'runtime_not_running',
		l10n.t(
			'The pool on port {0} was started with another home folder. Set CODEX_POOL_HOME to its folder, or restart it.',
			port,
		),
		{ cause },
	);
}

/** Looks before the token is sent: whoever else has taken the port since must not see it. */
async function expectPool(port: number, adminToken: string): Promise<void> {
	const holder = await probePort(port, { adminToken });
	switch (holder) {
		case 'pool':
			return;
		case 'stranger':
			throw otherHome(port);
		case 'free':
			throw new PoolError(
				'runtime_not_running',
				l10n.t('The pool on port {0} has stopped. Start one with "codex-pool serve", or open VS Code.', port),
			);
		case 'foreign':
			throw new PoolError(
				'runtime_not_running',
				l10n.t('Port {0} is held by another program that is not a pool.', port),
			);
		case 'silent':
			throw new PoolError(
				'runtime_not_running',
				l10n.t('The pool on port {0} does not answer. It may be suspended.', port),
			);
		default:
			return holder satisfies never;
	}
}
