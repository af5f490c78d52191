import type { Express, Request } from 'express';
import { PoolError } from '../shared/poolError.js';
import type { KnownLogins } from './knownLogins.js';

export interface CodexSideRoutesContext {
	readonly logins: KnownLogins;
	/** The body of `wham/usage`; undefined when no account serves. */
	readonly readQuota: (accountId: string | null) => unknown;
}

/** Settings, plugins, analytics: they concern the client's own account and are none of the pool's business. */
const sidePaths = ['wham', 'ps', 'plugins', 'connectors', 'codex/analytics-events'].map(name => `/backend-api/${name}`);

/**
 * What a Codex client that keeps its ChatGPT login asks of `chatgpt_base_url`, beside its turns. It asks with its own
 * bearer and cannot be made to add the pool key, so nothing here is secret and nothing is passed on. Only the pool's
 * quota is for those alone whose login came with a key before.
 */
export function addCodexSideRoutes(app: Express, { logins, readQuota }: CodexSideRoutesContext): void {
	app.get('/backend-api/wham/accounts/check', (request, response) => {
		response.set('cache-control', 'no-store').json(workspaceRouting(ownAccountId(request)));
	});
	// By either name, as the client's address has /backend-api in it or not.
	for (const path of ['/backend-api/wham/usage', '/api/codex/usage']) {
		app.get(path, async (request, response) => {
			const isKnown = await logins.knows(request);
			const quota = isKnown ? readQuota(accountIdIn(request) ?? null) : undefined;
			if (quota === undefined) throw new PoolError('not_found', 'There are no usage figures for this login here.');
			response.set('cache-control', 'no-store').json(quota);
		});
	}
	// A turn does without them, while a 401 would make the client renew its tokens at every try.
	app.use(sidePaths, () => {
		throw new PoolError('not_found', 'The pool serves only models and responses here.');
	});
}

/**
 * Without this answer a signed-in client sends no turn at all (protocol §3). It applies the origin only to an address
 * with the same origin as `chatgpt_base_url`, which is why our setups spell the two differently.
 */
function workspaceRouting(accountId: string): unknown {
	const workspace = {
		id: accountId,
		name: null,
		structure: 'personal',
		plan_type: null,
		profile_picture_url: null,
		is_deactivated: false,
		can_access_with_session: true,
		sso_connection_name: null,
		is_fedramp_compliant_workspace: false,
		workspace_backend_origin: 'https://chatgpt.com',
		account_routing_override: 'NO_CONSTRAINT',
	};
	return { accounts: [workspace], account_ordering: [accountId], default_account_id: accountId };
}

function accountIdIn({ headers }: Request): string | undefined {
	const id = headers['chatgpt-account-id'];
	return typeof id === 'string' && /^[\w.:-]{1,128}$/.test(id) ? id : undefined;
}

function ownAccountId(request: Request): string {
	const id = accountIdIn(request);
	if (id !== undefined) return id;
	throw new PoolError('invalid_request', 'The workspace check needs the header "chatgpt-account-id".');
}
