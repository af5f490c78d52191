import type { SimulatedAccount } from './accounts.js';
import { authorize } from './authorization.js';
import type { Exchange } from './exchange.js';
import { textAt, type JsonObject } from './json.js';
import { Responses } from './responses.js';
import { usageBody } from './usageReport.js';
import type { World } from './world.js';

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Everything below `/backend-api`. */
export class Backend {
	readonly #world: World;
	readonly #responses: Responses;

	constructor(world: World) {
		this.#world = world;
		this.#responses = new Responses(world);
	}

	async answer(exchange: Exchange): Promise<void> {
		const authorization = authorize(this.#world, exchange);
		if (authorization.kind === 'refused') {
			exchange.sendJson(authorization.refusal.status, authorization.refusal.body);
			return;
		}
		const { account } = authorization;
		const { record } = exchange;
		switch (`${record.method} ${record.path.slice('/backend-api'.length)}`) {
			case 'POST /codex/responses':
				await this.#responses.answer(exchange, account);
				break;
			case 'POST /codex/responses/compact':
				this.#responses.compact(exchange, account);
				break;
			case 'POST /codex/images/generations':
			case 'POST /codex/images/edits':
			case 'POST /codex/alpha/search':
			case 'POST /codex/memories/trace_summarize':
				this.#responses.document(exchange, account);
				break;
			case 'GET /codex/models':
				this.#listModels(exchange, account);
				break;
			case 'GET /wham/usage':
				exchange.sendJson(200, usageBody(account));
				break;
			case 'GET /wham/accounts/check':
				exchange.sendJson(200, accountsCheck(this.#workspacesOf(account), account));
				break;
			case 'GET /wham/rate-limit-reset-credits':
				exchange.sendJson(200, account.usage.resetCredits.list());
				break;
			case 'POST /wham/rate-limit-reset-credits/consume':
				this.#redeemReset(exchange, account);
				break;
			default:
				exchange.sendJson(404, { detail: 'Not Found' });
		}
	}

	#listModels(exchange: Exchange, account: SimulatedAccount): void {
		const clientVersion = exchange.record.query.get('client_version');
		if (clientVersion === null) {
			exchange.sendJson(400, { detail: 'client_version is required' });
			return;
		}
		const { catalogue } = this.#world;
		exchange.sendJson(200, catalogue.list(account.plan, clientVersion), { etag: catalogue.etag(account.plan) });
	}

	#redeemReset(exchange: Exchange, account: SimulatedAccount): void {
		const id = textAt(exchange.value, 'redeem_request_id') ?? '';
		if (!uuid.test(id) || Object.keys(exchange.value ?? {}).length !== 1) {
			exchange.sendJson(400, { detail: 'redeem_request_id is required' });
			return;
		}
		const { resetCredits, general } = account.usage;
		if (!resetCredits.isWished(id)) {
			this.#world.log.violate('reset_credit_consumed', 'A reset nobody wished for', exchange.record);
		}
		exchange.sendJson(200, resetCredits.redeem(id, general.windows));
	}

	#workspacesOf(account: SimulatedAccount): readonly SimulatedAccount[] {
		return this.#world.accounts.filter(other => other.userId === account.userId);
	}
}

function accountsCheck(workspaces: readonly SimulatedAccount[], asking: SimulatedAccount): JsonObject {
	const { form, workspace } = asking.routing;
	const listed = workspaces.filter(each => each !== asking || workspace !== 'missing');
	const entries = [...listed, ...(workspace === 'duplicate' ? [asking] : [])].map(describeWorkspace);
	const order = { account_ordering: entries.map(entry => entry.id), default_account_id: entries[0]?.id ?? null };
	if (form === 'list') return { accounts: entries, ...order };
	const byId = entries.map(({ id, ...rest }) => [id, { account: { account_id: id, ...rest } }] as const);
	return { accounts: Object.fromEntries(byId), ...order };
}

function describeWorkspace(account: SimulatedAccount) {
	return {
		id: account.chatgptAccountId,
		name: null,
		structure: 'personal',
		plan_type: account.plan,
		profile_picture_url: null,
		is_deactivated: account.standing !== 'active',
		can_access_with_session: true,
		sso_connection_name: null,
		is_fedramp_compliant_workspace: false,
		workspace_backend_origin: account.routing.origin,
		account_routing_override: account.routing.override,
	};
}
