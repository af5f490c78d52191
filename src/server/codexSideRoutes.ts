import type { Express, Request } from 'express';
import type { Log } from '../core/ports.js';
import { PoolError } from '../shared/poolError.js';
import type { KnownLogins } from './knownLogins.js';

export interface CodexSideRoutesContext {
	readonly logins: KnownLogins;
	/** The body of `wham/usage` for a client with this key; undefined when no account serves. */
	readonly readQuota: (keyId: string, accountId: string | null) => unknown;
	readonly log: Log;
}

/** Where `chatgpt_base_url` may lead. Codex names things differently when the address has no /backend-api in it. */
const workspacePaths = ['/backend-api/wham/accounts/check', '/api/codex/accounts/check'];
const usagePaths = ['/backend-api/wham/usage', '/api/codex/usage'];
/** Settings, plugins, analytics: they concern the client's own account and are none of the pool's business. */
const sidePaths = [
	// Of /backend-api/codex, all is for models but this.
	'/backend-api/codex/analytics-events',
	/^\/backend-api(?!\/codex(?:\/|$))/,
	'/api/codex',
	'/codex',
	'/ps',
	'/plugins',
	'/connectors',
];

/**
 * What a Codex client that keeps its ChatGPT login asks of `chatgpt_base_url`, beside its turns. It asks with its own
 * bearer and cannot be made to add the pool key, so nothing here is secret and nothing is passed on. Only the pool's
 * quota is for those alone whose login came with a key before, or stands for one.
 */
export function addCodexSideRoutes(app: Express, { logins, readQuota, log }: CodexSideRoutesContext): void {
	app.get(workspacePaths, (request, response) => {
		if (!/^localhost(?::|$)/i.test(request.headers.host ?? '')) {
			log.warn('workspace check refused', { reason: 'chatgpt_base_url must say localhost, base_url 127.0.0.1' });
			throw oneOrigin();
		}
		response.set('cache-control', 'no-store').json(workspaceRouting(ownAccountId(request)));
	});
	app.get(usagePaths, async (request, response) => {
		const keyId = await logins.keyOf(request);
		const quota = keyId === undefined ? undefined : readQuota(keyId, accountIdIn(request) ?? null);
		if (quota === undefined) throw new PoolError('not_found', 'There are no usage figures for this login here.');
		response.set('cache-control', 'no-store').json(quota);
	});
	// A turn does without them, while a 401 would make the client renew its tokens at every try.
	app.use(sidePaths, () => {
		throw new PoolError('not_found', 'The pool serves only models and responses here.');
	});
}

/**
 * A client whose two addresses have the same origin sends its turns to the origin of our answer, around the pool
 * (protocol §3). `base_url` as it is copied says 127.0.0.1, so this is that client, and without an answer it fails
 * rather than go. One that says localhost in both addresses cannot be told from a good one.
 */
function oneOrigin(): PoolError {
	return new PoolError(
		'invalid_request',
		'With the same host in both addresses Codex would go around the pool: write localhost in chatgpt_base_url and 127.0.0.1 in base_url (or openai_base_url).',
	);
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
