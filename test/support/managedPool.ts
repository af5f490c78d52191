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
import { changeKeySchema, createKeySchema, type KeyView } from '../../src/shared/keyApi.js';
import { finishSignInSchema, startSignInSchema, type SignIn } from '../../src/shared/signInApi.js';
import { moveSessionSchema, type SessionView } from '../../src/shared/sessionApi.js';
import { poolChangeSchema, type PoolState } from '../../src/shared/poolApi.js';
import { usageQuerySchema, type UsageReport } from '../../src/shared/usageApi.js';
import { windowHistoryQuerySchema, type WindowHistory } from '../../src/shared/forecastApi.js';
import { requestListQuerySchema, type ExplainedRequest } from '../../src/shared/requestApi.js';
import { modelExposureSchema, setAliasSchema, type ModelView } from '../../src/shared/modelApi.js';
import { PoolError } from '../../src/shared/poolError.js';
import type { managementReplies } from '../../src/shared/managementRoutes.js';
import { accountView, keyView, modelView, poolState } from './managementExamples.js';

export type RouteName = keyof typeof managementReplies;

/** What the management routes answer, over plain variables that a test may look at and change. */
export class ManagedPool {
	state: PoolState = poolState(0);
	keys: KeyView[] = [keyView()];
	sessions: SessionView[] = [];
	models: ModelView[] = [modelView()];
	/** The newest first. */
	explained: ExplainedRequest[] = [];
	usageRows: UsageReport['rows'] = [];
	windowHistory: WindowHistory['windows'] = [];
	signInMethod: SignIn['method'] = 'browser';
	/** The address that a pasted sign-in ends on. */
	readonly callbackUrl = 'http://127.0.0.1:1455/auth/callback?code=code-1&state=1';
	/** What the sign-in becomes, each time it is asked for. */
	signIns: SignIn['state'][] = ['waiting', 'succeeded'];
	/** The provider does not tell the usage of any account. */
	usageFails = false;

	/** Throws what the pool would answer as an error. */
	handle(name: RouteName, id: string, body: unknown, query: unknown): unknown {
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
			case 'refreshAccounts':
				return { accounts: this.state.accounts, failedIds: this.usageFails ? ids(this.state.accounts) : [] };
			case 'redeemReset':
				return { code: 'reset', sentence: 'The reset is redeemed.', account: this.#account(id) };
			case 'startSignIn':
				this.signInMethod = startSignInSchema.parse(body ?? {}).method;
				return this.#signIn('waiting');
			case 'readSignIn':
				return this.#signIn(this.signIns.shift() ?? 'waiting');
			case 'listKeys':
				return { keys: this.keys };
			case 'createKey':
				return { id: 'key-2', name: createKeySchema.parse(body).name, key: 'cpk_created' };
			case 'changeKey': {
				const { name: newName, models, accountIds, budget } = changeKeySchema.parse(body);
				const key = this.#key(id);
				const changed = {
					...key,
					name: newName ?? key.name,
					models: models === undefined ? key.models : models,
					accountIds: accountIds === undefined ? key.accountIds : accountIds,
					budget: budget === undefined ? key.budget : budget && { ...budget, used: 0, resetsAt: 86_400_000 },
				};
				this.keys = this.keys.map(each => (each.id === id ? changed : each));
				return changed;
			}
			case 'rotateKey':
				return { id, name: this.#key(id).name, key: 'cpk_rotated' };
			case 'revokeKey':
				this.#key(id);
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
			case 'listRequests': {
				const { limit } = requestListQuerySchema.parse(query);
				return { requests: this.state.recentRequests.slice(0, limit), next: null, isCutShort: false };
			}
			case 'explainRequest': {
				const found = this.explained.find(request => id === 'latest' || request.id.startsWith(id));
				if (!found) throw new PoolError('request_not_found', 'No request has this id.');
				return found;
			}
			case 'readUsage':
				return { until: null, ...usageQuerySchema.parse(query), rows: this.usageRows };
			case 'readWindowHistory':
				this.#account(id);
				return { ...windowHistoryQuerySchema.parse(query), windows: this.windowHistory };
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

	#key(id: string): KeyView {
		const key = this.keys.find(candidate => candidate.id === id);
		if (!key) throw new PoolError('key_not_found', 'No key has this id.');
		return key;
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

function ids(accounts: readonly AccountView[]): string[] {
	return accounts.map(({ id }) => id);
}

/** As the pool does it: only an account that works can be paused, and only a paused one resumed. */
function pausedState(state: AccountState, paused: boolean): AccountState {
	if (paused) return state === 'active' || state === 'limited' ? 'paused' : state;
	return state === 'paused' ? 'active' : state;
}
