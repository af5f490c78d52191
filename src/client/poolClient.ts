import { Agent } from 'node:http';
import type { z } from 'zod';
import { errorBodySchema, type PoolChange, type PoolState } from '../shared/poolApi.js';
import type { AccountChange, AccountView, ExportShape, RemoveAccount } from '../shared/accountApi.js';
import type { CreatedKey, KeyView } from '../shared/keyApi.js';
import type { ExplainedRequest } from '../shared/requestApi.js';
import type { SessionView } from '../shared/sessionApi.js';
import type { SignIn, StartSignIn } from '../shared/signInApi.js';
import type { UsageGrouping, UsageReport } from '../shared/usageApi.js';
import type { ModelExposure, ModelView, SetAlias } from '../shared/modelApi.js';
import { managementReplies, managementRoutes } from '../shared/managementRoutes.js';
import { isPoolErrorCode, PoolError } from '../shared/poolError.js';
import { parseJson, requestLoopback, type LoopbackReply } from './loopbackRequest.js';
import { probePort } from './probePort.js';
import { readRuntimeFile } from './runtimeFile.js';
import { watchPool, type PoolListener, type PoolWatch } from './watchPool.js';

export interface AttachOptions {
	readonly port: number;
	readonly homeDir: string;
	readonly timeoutMs?: number;
}

type Route = (typeof managementRoutes)[keyof typeof managementRoutes];

/** For calls in which the runtime itself waits for the provider, account after account. */
const providerTimeoutMs = 120_000;

interface Parameters {
	readonly id?: string;
	readonly query?: Readonly<Record<string, string>>;
	readonly body?: unknown;
	readonly awaitsProvider?: boolean;
}

/**
 * What every face asks of the runtime that owns a port; the methods are named as the routes. Every rejection is a
 * PoolError, `runtime_not_running` whenever no runtime answers.
 */
export class PoolClient {
	readonly #agent = new Agent({ keepAlive: true });
	readonly #adminToken: string;
	readonly #timeoutMs: number;

	private constructor(
		readonly port: number,
		adminToken: string,
		timeoutMs: number,
	) {
		this.#adminToken = adminToken;
		this.#timeoutMs = timeoutMs;
	}

	/** Finds the runtime that owns `port`, and proves that it answers and takes our token. */
	static async attach({ port, homeDir, timeoutMs = 10_000 }: AttachOptions): Promise<PoolClient> {
		const { adminToken } = await readRuntimeFile(homeDir, port);
		await expectPool(port);
		const client = new PoolClient(port, adminToken, timeoutMs);
		try {
			await client.state();
			return client;
		} catch (error) {
			client.dispose();
			if (error instanceof PoolError && error.code === 'admin_token_rejected') {
				throw new PoolError(
					'runtime_not_running',
					`The pool on port ${port} was started with another home folder. Set CODEX_POOL_HOME to its folder, or restart it.`,
					{ cause: error },
				);
			}
			throw error;
		}
	}

	state(): Promise<PoolState> {
		return this.#ask(managementRoutes.state, managementReplies.state);
	}

	changePool(change: PoolChange): Promise<PoolState> {
		return this.#ask(managementRoutes.changePool, managementReplies.changePool, { body: change });
	}

	/** `documents` are the texts of Codex `auth.json` files. */
	async importAccounts(documents: readonly string[]): Promise<AccountView[]> {
		const parameters = { body: { documents }, awaitsProvider: true };
		return (await this.#ask(managementRoutes.importAccounts, managementReplies.importAccounts, parameters)).accounts;
	}

	changeAccount(id: string, change: AccountChange): Promise<AccountView> {
		return this.#ask(managementRoutes.changeAccount, managementReplies.changeAccount, { id, body: change });
	}

	removeAccount(id: string, options: RemoveAccount = {}): Promise<void> {
		return this.#tell(managementRoutes.removeAccount, { id, body: options, awaitsProvider: true });
	}

	/** The accounts named come first, in this order. */
	async orderAccounts(accountIds: readonly string[]): Promise<AccountView[]> {
		const parameters = { body: { accountIds } };
		return (await this.#ask(managementRoutes.orderAccounts, managementReplies.orderAccounts, parameters)).accounts;
	}

	/** Text of a file that holds live tokens. */
	async exportAccount(id: string, shape: ExportShape): Promise<string> {
		const parameters = { id, body: { shape } };
		return (await this.#ask(managementRoutes.exportAccount, managementReplies.exportAccount, parameters)).document;
	}

	refreshAccount(id: string): Promise<AccountView> {
		return this.#ask(managementRoutes.refreshAccount, managementReplies.refreshAccount, { id, awaitsProvider: true });
	}

	startSignIn(start: StartSignIn = {}): Promise<SignIn> {
		const parameters = { body: start, awaitsProvider: true };
		return this.#ask(managementRoutes.startSignIn, managementReplies.startSignIn, parameters);
	}

	/** With the address that the browser ended on. */
	finishSignIn(id: string, callbackUrl: string): Promise<SignIn> {
		const parameters = { id, body: { callbackUrl }, awaitsProvider: true };
		return this.#ask(managementRoutes.finishSignIn, managementReplies.finishSignIn, parameters);
	}

	readSignIn(id: string): Promise<SignIn> {
		return this.#ask(managementRoutes.readSignIn, managementReplies.readSignIn, { id });
	}

	cancelSignIn(id: string): Promise<void> {
		return this.#tell(managementRoutes.cancelSignIn, { id });
	}

	async listKeys(): Promise<KeyView[]> {
		return (await this.#ask(managementRoutes.listKeys, managementReplies.listKeys)).keys;
	}

	createKey(name: string): Promise<CreatedKey> {
		return this.#ask(managementRoutes.createKey, managementReplies.createKey, { body: { name } });
	}

	revokeKey(id: string): Promise<void> {
		return this.#tell(managementRoutes.revokeKey, { id });
	}

	revealDefaultKey(): Promise<CreatedKey> {
		return this.#ask(managementRoutes.revealDefaultKey, managementReplies.revealDefaultKey);
	}

	async listSessions(): Promise<SessionView[]> {
		return (await this.#ask(managementRoutes.listSessions, managementReplies.listSessions)).sessions;
	}

	/** Its next request goes to that account. */
	moveSession(id: string, accountId: string): Promise<SessionView> {
		return this.#ask(managementRoutes.moveSession, managementReplies.moveSession, { id, body: { accountId } });
	}

	/** Its next request is that of a new session. */
	forgetSession(id: string): Promise<void> {
		return this.#tell(managementRoutes.forgetSession, { id });
	}

	/** With every choice that was made for it. The beginning of its id is enough. */
	explainRequest(id = 'latest'): Promise<ExplainedRequest> {
		return this.#ask(managementRoutes.explainRequest, managementReplies.explainRequest, { id });
	}

	/** `since` in epoch milliseconds. */
	readUsage({ since, by }: { since: number; by: UsageGrouping }): Promise<UsageReport> {
		const query = { since: String(since), by };
		return this.#ask(managementRoutes.readUsage, managementReplies.readUsage, { query });
	}

	/** Every name that a request may use: models, the user's aliases, and the pool's variants of models. */
	async listModels(): Promise<ModelView[]> {
		const parameters = { awaitsProvider: true };
		return (await this.#ask(managementRoutes.listModels, managementReplies.listModels, parameters)).models;
	}

	async changeExposure(change: ModelExposure): Promise<ModelView[]> {
		const parameters = { body: change, awaitsProvider: true };
		return (await this.#ask(managementRoutes.changeExposure, managementReplies.changeExposure, parameters)).models;
	}

	/** Makes a name, or changes what it stands for. */
	async setAlias(alias: SetAlias): Promise<ModelView[]> {
		const parameters = { body: alias, awaitsProvider: true };
		return (await this.#ask(managementRoutes.setAlias, managementReplies.setAlias, parameters)).models;
	}

	removeAlias(name: string): Promise<void> {
		return this.#tell(managementRoutes.removeAlias, { id: name });
	}

	shutDown(): Promise<void> {
		return this.#tell(managementRoutes.shutDown);
	}

	watch(listener: PoolListener): PoolWatch {
		return watchPool({ port: this.port, adminToken: this.#adminToken }, listener);
	}

	/** Closes its connections; watches live on until they are disposed themselves. */
	dispose(): void {
		this.#agent.destroy();
	}

	async #ask<T>(route: Route, schema: z.ZodType<T>, parameters?: Parameters): Promise<T> {
		const reply = await this.#send(route, parameters);
		const parsed = schema.safeParse(parseJson(reply.text));
		if (!parsed.success) {
			throw new PoolError(
				'internal',
				`The pool on port ${this.port} speaks another version. Update both to the same one.`,
				{ cause: parsed.error },
			);
		}
		return parsed.data;
	}

	async #tell(route: Route, parameters?: Parameters): Promise<void> {
		await this.#send(route, parameters);
	}

	async #send([method, pattern]: Route, parameters: Parameters = {}): Promise<LoopbackReply> {
		const { id = '', query, body, awaitsProvider = false } = parameters;
		const path =
			pattern.replace(':id', encodeURIComponent(id)) + (query ? `?${new URLSearchParams(query).toString()}` : '');
		const text = body === undefined ? '' : JSON.stringify(body);
		const timeoutMs = awaitsProvider ? providerTimeoutMs : this.#timeoutMs;
		const signal = AbortSignal.timeout(timeoutMs);
		const reply = await requestLoopback({
			port: this.port,
			method,
			path,
			headers: {
				authorization: `Bearer ${this.#adminToken}`,
				...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
			},
			body: text,
			// A reused connection may need a second try, and what a POST does must not happen twice.
			agent: method === 'POST' ? false : this.#agent,
			signal,
		}).catch((cause: unknown) => {
			const what = signal.aborted ? `did not answer within ${timeoutMs / 1000} seconds` : 'cannot be reached';
			throw new PoolError('runtime_not_running', `The pool on port ${this.port} ${what}.`, { cause });
		});
		if (reply.status < 200 || reply.status > 299) throw refusal(this.port, reply);
		return reply;
	}
}

function refusal(port: number, { status, text }: LoopbackReply): PoolError {
	const parsed = errorBodySchema.safeParse(parseJson(text));
	if (!parsed.success) return new PoolError('internal', `The pool on port ${port} failed with HTTP ${status}.`);
	const { code, message } = parsed.data.error;
	return new PoolError(code !== null && isPoolErrorCode(code) ? code : 'internal', message);
}

/** Looks before the token is sent: whoever else has taken the port since must not see it. */
async function expectPool(port: number): Promise<void> {
	const holder = await probePort(port);
	switch (holder) {
		case 'pool':
			return;
		case 'free':
			throw new PoolError(
				'runtime_not_running',
				`The pool on port ${port} has stopped. Start one with "codex-pool serve", or open VS Code.`,
			);
		case 'foreign':
			throw new PoolError('runtime_not_running', `Port ${port} is held by another program that is not a pool.`);
		case 'silent':
			throw new PoolError('runtime_not_running', `The pool on port ${port} does not answer. It may be suspended.`);
		default:
			return holder satisfies never;
	}
}
