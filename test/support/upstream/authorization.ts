import type { SimulatedAccount } from './accounts.js';
import { turnStateOwner } from './continuity.js';
import type { Exchange } from './exchange.js';
import { objectAt, textAt, type JsonObject } from './json.js';
import type { Refusal } from './requestRules.js';
import type { World } from './world.js';

export type Authorization =
	| { readonly kind: 'granted'; readonly account: SimulatedAccount }
	| { readonly kind: 'refused'; readonly refusal: Refusal };

const tokenMessages = {
	token_expired: 'Provided authentication token is expired. Please try signing in again.',
	token_invalidated: 'Your authentication token has been invalidated. Please try signing in again.',
	token_revoked: 'Your authentication token has been revoked. Please try signing in again.',
} as const;

/** Who may come in: a good bearer together with the account id it was issued for. */
export function authorize(world: World, exchange: Pick<Exchange, 'record' | 'connection'>): Authorization {
	const { record } = exchange;
	const bearer = bearerOf(record.header('authorization'));
	if (bearer === undefined) return refuseToken('token_expired');
	const grant = world.book.access(bearer);
	if (!grant) {
		world.log.violate('unknown_bearer', 'A bearer this provider never issued', record);
		return refuseToken('token_invalidated');
	}
	const { account } = grant;
	const accountId = record.header('chatgpt-account-id');
	if (accountId !== account.chatgptAccountId) {
		const code = accountId === undefined ? 'account_id_missing' : 'account_id_mismatch';
		world.log.violate(code, `${accountId ?? 'No account id'} beside the bearer of ${account.email}`, record);
		return { kind: 'refused', refusal: { status: 403, body: { detail: 'Account does not match the credentials' } } };
	}
	noticeForeignThings(world, exchange, account);

	if (grant.state !== 'current') return refuseToken(grant.state === 'rotated' ? 'token_invalidated' : 'token_revoked');
	if (grant.expiresAt <= world.clock.now()) return refuseToken('token_expired');
	if (account.standing === 'user_deactivated') {
		return { kind: 'refused', refusal: { status: 401, body: { detail: 'Your account has been deactivated.' } } };
	}
	if (account.standing === 'workspace_deactivated') {
		return { kind: 'refused', refusal: { status: 402, body: { detail: { code: 'deactivated_workspace' } } } };
	}
	return { kind: 'granted', account };
}

export function bearerOf(header: string | undefined): string | undefined {
	return /^Bearer (\S+)$/i.exec(header ?? '')?.[1];
}

/** Another account's turn state is refused by a strict provider; it is a mistake in any case. */
export function refuseTurnState(
	world: World,
	exchange: Pick<Exchange, 'record'>,
	account: SimulatedAccount,
): Refusal | undefined {
	const { record } = exchange;
	const inBody = textAt(objectAt(record.body, 'client_metadata'), 'x-codex-turn-state');
	const foreign = [record.header('x-codex-turn-state'), inBody].find(state => {
		const owner = state === undefined ? undefined : turnStateOwner(state);
		return owner !== undefined && owner !== account.chatgptAccountId;
	});
	if (foreign === undefined) return undefined;
	world.log.violate('foreign_turn_state', `A turn state of another account reached ${account.email}`, record);
	return world.strict ? { status: 400, body: { detail: 'Invalid turn state' } } : undefined;
}

/** The one cookie the simulated edge sets, different for each account. */
export function edgeCookie(account: SimulatedAccount): string {
	return `__cf_bm=${account.chatgptAccountId}`;
}

function refuseToken(code: keyof typeof tokenMessages): Authorization {
	const error: JsonObject = { message: tokenMessages[code], type: 'invalid_request_error', code, param: null };
	return { kind: 'refused', refusal: { status: 401, body: { error, status: 401 } } };
}

/** The same letters may stand in the middle of a token's random signature. */
const poolKey = /(?<![\w.-])cpk_/;

/** The pool's own key is for the pool's clients; the provider must never see it, not even the issuer. */
export function noticeLeaks(world: World, { record, target }: Pick<Exchange, 'record' | 'target'>): void {
	const leaking = record.headers.find(([, value]) => poolKey.test(value))?.[0];
	const where = leaking ?? (poolKey.test(target) ? 'the address' : undefined);
	if (where !== undefined) world.log.violate('pool_key_leaked', `A pool key came in ${where}`, record);
}

function noticeForeignThings(
	world: World,
	{ record, connection }: Pick<Exchange, 'record' | 'connection'>,
	account: SimulatedAccount,
): void {
	connection.account ??= account;
	if (connection.account !== account) {
		const message = `${account.email} came over the connection of ${connection.account.email}`;
		world.log.violate('connection_shared', message, record);
	}
	const cookies = (record.header('cookie') ?? '').split('; ').filter(cookie => cookie !== '');
	if (cookies.some(cookie => cookie !== edgeCookie(account))) {
		world.log.violate('foreign_cookie', 'A cookie this account was never given', record);
	}
	const override = record.header('x-openai-account-routing-override');
	if (override !== undefined && override !== account.routing.override) {
		world.log.violate('foreign_routing_override', `Routed to ${override}, not where the account belongs`, record);
	}
}
