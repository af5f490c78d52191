import { EventEmitter, once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { changedRouting } from '../../src/core/poolSettings.js';
import {
	accountChangeSchema,
	accountOrderSchema,
	exportAccountSchema,
	importRequestSchema,
	removeAccountSchema,
	type AccountState,
	type AccountView,
} from '../../src/shared/accountApi.js';
import { createKeySchema, type KeyView } from '../../src/shared/keyApi.js';
import { finishSignInSchema, startSignInSchema, type SignIn } from '../../src/shared/signInApi.js';
import { moveSessionSchema, type SessionView } from '../../src/shared/sessionApi.js';
import { poolChangeSchema, type PoolState, type RuntimeFile } from '../../src/shared/poolApi.js';
import { usageQuerySchema, type UsageReport } from '../../src/shared/usageApi.js';
import type { ExplainedRequest } from '../../src/shared/requestApi.js';
import { modelExposureSchema, setAliasSchema, type ModelView } from '../../src/shared/modelApi.js';
import { managementReplies, managementRoutes } from '../../src/shared/managementRoutes.js';
import { PoolError } from '../../src/shared/poolError.js';
import { accountView, modelView, poolState } from './managementExamples.js';

export interface SeenRequest {
	readonly method: string;
	readonly path: string;
	readonly authorization: string | undefined;
	readonly body: unknown;
}

type RouteName = keyof typeof managementReplies;

const adminToken = 'admin-token-of-the-test';

/** A pool as its faces see it: the management routes on loopback over plain variables, and a home folder with its runtime file. */
export class ManagementServer {
	readonly requests: SeenRequest[] = [];
	state: PoolState;
	keys: KeyView[] = [{ id: 'key-1', name: 'Default', createdAt: 1_000, lastUsedAt: null }];
	sessions: SessionView[] = [];
	models: ModelView[] = [modelView()];
	/** The newest first. */
	explained: ExplainedRequest[] = [];
	usageRows: UsageReport['rows'] = [];
	signInMethod: SignIn['method'] = 'browser';
	/** The address that a pasted sign-in ends on. */
	readonly callbackUrl = 'http://127.0.0.1:1455/auth/callback?code=code-1&state=1';
	/** What the sign-in becomes, each time it is asked for. */
	signIns: SignIn['state'][] = ['waiting', 'succeeded'];
	/** The provider does not tell the usage of any account. */
	usageFails = false;
	/** Answers the next management request in place of the route. */
	nextReply: { readonly status: number; readonly text: string } | undefined;
	/** Requests are read and never answered, pings neither. */
	isSuspended = false;
	/** Requests are answered once this has settled. */
	held: Promise<void> = Promise.resolve();
	port = 0;

	readonly #http = createServer((request, response) => {
		void this.#answer(request).then(reply => {
			if (reply) response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.text);
		});
	});
	readonly #events = new EventEmitter();
	readonly #sockets = new WebSocketServer({ noServer: true, autoPong: false });

	private constructor(readonly homeDir: string) {
		this.state = poolState(0);
	}

	static async start(): Promise<ManagementServer> {
		const server = new ManagementServer(await mkdtemp(join(tmpdir(), 'pool-home-')));
		await new Promise<void>(resolve => server.#http.listen(0, '127.0.0.1', resolve));
		server.#http.on('upgrade', (request, socket, head) => {
			if (request.url !== managementRoutes.events[1] || request.headers.authorization !== `Bearer ${adminToken}`) {
				socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
				return;
			}
			server.#sockets.handleUpgrade(request, socket, head, accepted => {
				accepted.on('ping', data => {
					if (!server.isSuspended) accepted.pong(data);
					server.#events.emit('ping');
				});
				accepted.send(JSON.stringify(server.state));
			});
		});
		server.port = (server.#http.address() as AddressInfo).port;
		server.state = poolState(server.port);
		await server.writeRuntimeFile({});
		return server;
	}

	async writeRuntimeFile(changes: Partial<RuntimeFile>): Promise<void> {
		const file = { pid: process.pid, port: this.port, adminToken, version: '1.2.3', launcher: 'cli', startedAt: 1_000 };
		await this.writeRuntimeText(JSON.stringify({ ...file, ...changes }));
	}

	async writeRuntimeText(text: string): Promise<void> {
		await mkdir(join(this.homeDir, 'runtime'), { recursive: true });
		await writeFile(join(this.homeDir, 'runtime', `${this.port}.json`), text, { mode: 0o600 });
	}

	broadcast(text: string): void {
		for (const socket of this.#sockets.clients) socket.send(text);
	}

	/** Resolves once watchers have pinged `count` more times. */
	async pings(count: number): Promise<void> {
		for (let heard = 0; heard < count; heard += 1) await once(this.#events, 'ping');
	}

	/** Ends the process, so to speak: the runtime file stays behind as after a crash. */
	async stopListening(): Promise<void> {
		for (const socket of this.#sockets.clients) socket.terminate();
		const closed = new Promise<void>(resolve => this.#http.close(() => resolve()));
		this.#http.closeAllConnections();
		await closed;
	}

	async close(): Promise<void> {
		if (this.#http.listening) await this.stopListening();
		await rm(this.homeDir, { recursive: true, force: true });
	}

	async #answer(request: IncomingMessage): Promise<{ status: number; text: string } | undefined> {
		const url = new URL(request.url ?? '/', 'http://127.0.0.1');
		if (this.isSuspended) return undefined;
		await this.held;
		if (url.pathname === '/healthz') {
			return { status: 200, text: JSON.stringify({ service: 'codex-account-pool', version: '1.2.3' }) };
		}
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const text = Buffer.concat(chunks).toString('utf8');
		const body: unknown = text ? JSON.parse(text) : undefined;
		const { method = '' } = request;
		const { authorization } = request.headers;
		this.requests.push({ method, path: url.pathname + url.search, authorization, body });
		const { nextReply } = this;
		this.nextReply = undefined;
		if (nextReply) return nextReply;
		try {
			if (authorization !== `Bearer ${adminToken}`) throw new PoolError('admin_token_rejected', 'The token is wrong.');
			const { name, id } = routeOf(method, url.pathname);
			const result = this.#handle(name, id, body, Object.fromEntries(url.searchParams));
			return managementReplies[name] ? { status: 200, text: JSON.stringify(result) } : { status: 204, text: '' };
		} catch (thrown) {
			const { status, code, message } = PoolError.from(thrown);
			return { status, text: JSON.stringify({ error: { message, type: 'pool_error', code } }) };
		}
	}

	#handle(name: RouteName, id: string, body: unknown, query: unknown): unknown {
		switch (name) {
			case 'state':
				return this.state;
			case 'changePool': {
				const { enabled = this.state.enabled, routing = {} } = poolChangeSchema.parse(body);
				return (this.state = { ...this.state, enabled, routing: changedRouting(this.state.routing, routing) });
			}
			case 'importAccounts': {
				const { documents } = importRequestSchema.parse(body);
				const accounts = documents.map((_, index) => accountView({ id: `imported-${index + 1}`, windows: [] }));
				this.state = { ...this.state, accounts: [...this.state.accounts, ...accounts] };
				return { accounts };
			}
			case 'changeAccount': {
				const { selected, paused, name: newName, priority, reservePercent } = accountChangeSchema.parse(body);
				const account = this.#account(id);
				const changed = {
					...account,
					selected: selected ?? account.selected,
					name: newName === undefined ? account.name : newName,
					priority: priority ?? account.priority,
					reservePercent: reservePercent ?? account.reservePercent,
					state: paused === undefined ? account.state : pausedState(account.state, paused),
				};
				this.#replaceAccounts(account => (account.id === id ? [changed] : [account]));
				return changed;
			}
			case 'removeAccount':
				removeAccountSchema.parse(body);
				this.#account(id);
				this.#replaceAccounts(account => (account.id === id ? [] : [account]));
				return undefined;
			case 'refreshAccount':
				if (this.usageFails) throw new PoolError('upstream_failed', 'The usage figures could not be read.');
				return this.#account(id);
			case 'startSignIn':
				this.signInMethod = startSignInSchema.parse(body ?? {}).method;
				return this.#signIn('waiting');
			case 'readSignIn':
				return this.#signIn(this.signIns.shift() ?? 'waiting');
			case 'listKeys':
				return { keys: this.keys };
			case 'createKey':
				return { id: 'key-2', name: createKeySchema.parse(body).name, key: 'cpk_created' };
			case 'revokeKey':
				if (!this.keys.some(key => key.id === id)) throw new PoolError('key_not_found', 'No key has this id.');
				this.keys = this.keys.filter(key => key.id !== id);
				return undefined;
			case 'revealDefaultKey':
				return { id: 'key-1', name: 'Default', key: 'cpk_default' };
			case 'listSessions':
				return { sessions: this.sessions };
			case 'moveSession': {
				const moved = { ...this.#session(id), accountId: moveSessionSchema.parse(body).accountId };
				this.sessions = this.sessions.map(session => (session.id === id ? moved : session));
				return moved;
			}
			case 'forgetSession':
				this.#session(id);
				this.sessions = this.sessions.filter(session => session.id !== id);
				return undefined;
			case 'explainRequest': {
				const found = this.explained.find(request => id === 'latest' || request.id.startsWith(id));
				if (!found) throw new PoolError('request_not_found', 'No request has this id.');
				return found;
			}
			case 'readUsage':
				return { ...usageQuerySchema.parse(query), rows: this.usageRows };
			case 'finishSignIn':
				if (finishSignInSchema.parse(body).callbackUrl !== this.callbackUrl) {
					throw new PoolError('invalid_request', 'This address ends another sign-in.');
				}
				return this.#signIn(this.signIns.at(-1) ?? 'succeeded');
			case 'orderAccounts': {
				const { accountIds } = accountOrderSchema.parse(body);
				const named = accountIds.map(accountId => this.#account(accountId));
				const rest = this.state.accounts.filter(account => !accountIds.includes(account.id));
				this.state = { ...this.state, accounts: [...named, ...rest] };
				return { accounts: this.state.accounts };
			}
			case 'exportAccount':
				return { document: `${exportAccountSchema.parse(body).shape} file of ${this.#account(id).id}\n` };
			case 'listModels':
				return { models: this.models };
			case 'changeExposure': {
				const { expose, hide } = modelExposureSchema.parse(body);
				for (const wanted of [...expose, ...hide]) this.#model(wanted);
				this.models = this.models.map(model => {
					const exposed = expose.includes(model.name) || (model.exposed && !hide.includes(model.name));
					return { ...model, exposed, inPicker: exposed };
				});
				return { models: this.models };
			}
			case 'setAlias': {
				const { name: alias, ...target } = setAliasSchema.parse(body);
				const made = { ...this.#model(target.model), ...target, name: alias, kind: 'alias' as const };
				this.models = [...this.models.filter(model => model.name !== alias), made];
				return { models: this.models };
			}
			case 'removeAlias':
				this.#model(id);
				this.models = this.models.filter(model => model.name !== id);
				return undefined;
			case 'cancelSignIn':
			case 'shutDown':
				return undefined;
			default:
				return name satisfies never;
		}
	}

	#signIn(state: SignIn['state']): SignIn {
		const accountId = state === 'succeeded' ? (this.state.accounts[0]?.id ?? null) : null;
		const error = state === 'failed' ? 'The browser said no.' : null;
		return {
			id: 'sign-in-1',
			method: this.signInMethod,
			url: 'https://auth.example/authorize?state=1',
			userCode: this.signInMethod === 'device' ? 'ABCD-EFGHI' : null,
			expiresAt: Date.now() + 15 * 60_000 + 1_000,
			state,
			accountId,
			error,
		};
	}

	#account(id: string): AccountView {
		const account = this.state.accounts.find(candidate => candidate.id === id);
		if (!account) throw new PoolError('account_not_found', 'No account has this id.');
		return account;
	}

	#model(name: string): ModelView {
		const model = this.models.find(candidate => candidate.name === name);
		if (!model) throw new PoolError('model_not_found', `The pool has no model "${name}".`);
		return model;
	}

	#session(id: string): SessionView {
		const session = this.sessions.find(candidate => candidate.id === id);
		if (!session) throw new PoolError('session_not_found', 'No session has this id.');
		return session;
	}

	#replaceAccounts(change: (account: AccountView) => AccountView[]): void {
		this.state = { ...this.state, accounts: this.state.accounts.flatMap(change) };
	}
}

/** As the pool does it: only an account that works can be paused, and only a paused one resumed. */
function pausedState(state: AccountState, paused: boolean): AccountState {
	if (paused) return state === 'active' || state === 'limited' ? 'paused' : state;
	return state === 'paused' ? 'active' : state;
}

function routeOf(method: string, path: string): { name: RouteName; id: string } {
	for (const name of Object.keys(managementReplies) as RouteName[]) {
		const [routeMethod, pattern] = managementRoutes[name];
		const match = new RegExp(`^${pattern.replace(':id', '([^/]+)')}$`).exec(path);
		if (routeMethod === method && match) return { name, id: decodeURIComponent(match[1] ?? '') };
	}
	throw new PoolError('not_found', 'No such route.');
}
