import { randomUUID } from 'node:crypto';
import type { UpstreamClock } from './clock.js';
import { codexClientId, type IssuedTokens, type RefreshFailure, type TokenBook } from './tokens.js';
import { UsageModel, type UsageOptions, type WindowName } from './usage.js';

export interface AccountOptions {
	readonly email?: string;
	readonly name?: string;
	readonly plan?: string;
	readonly userId?: string;
	readonly chatgptAccountId?: string;
	readonly accessLifetimeMs?: number;
	readonly usage?: UsageOptions;
}

/** What `wham/accounts/check` says of the account's workspace. */
export interface WorkspaceRouting {
	form: 'list' | 'map';
	workspace: 'present' | 'missing' | 'duplicate';
	origin: string;
	override: 'NO_CONSTRAINT' | 'us' | 'us_cr';
}

/** The account file as a Codex client writes it. */
export interface AuthFile {
	readonly auth_mode: 'chatgpt';
	readonly OPENAI_API_KEY: null;
	readonly tokens: {
		readonly id_token: string;
		readonly access_token: string;
		readonly refresh_token: string;
		readonly account_id: string;
		readonly oauth_provenance: { readonly issuer: string; readonly client_id: string };
		readonly login_owner_id: string;
	};
	readonly last_refresh: string;
}

export interface AccountSurroundings {
	readonly clock: UpstreamClock;
	readonly book: TokenBook;
	readonly issuer: () => string;
}

/** One ChatGPT account of the simulated provider, with levers for whatever can happen to one. */
export class SimulatedAccount {
	readonly email: string;
	readonly name: string;
	readonly userId: string;
	readonly chatgptAccountId: string;
	readonly accessLifetimeMs: number | undefined;
	readonly usage: UsageModel;
	readonly routing: WorkspaceRouting = {
		form: 'list',
		workspace: 'present',
		origin: 'https://chatgpt.com',
		override: 'NO_CONSTRAINT',
	};
	plan: string;
	standing: 'active' | 'workspace_deactivated' | 'user_deactivated' = 'active';
	/** Which tokens a refresh answers with. The provider may leave out any that did not change. */
	refreshReply: 'all' | 'access_only' = 'all';
	/** The newest tokens; set by the token book. */
	tokens: IssuedTokens | undefined;
	/** Input tokens last seen per prompt cache key: what a repeated prefix finds warm. */
	readonly promptCache = new Map<string, number>();
	readonly #surroundings: AccountSurroundings;

	constructor(surroundings: AccountSurroundings, options: AccountOptions) {
		const id = randomUUID();
		this.#surroundings = surroundings;
		this.email = options.email ?? `user-${id.slice(0, 8)}@example.com`;
		this.name = options.name ?? this.email.split('@')[0] ?? this.email;
		this.plan = options.plan ?? 'plus';
		this.userId = options.userId ?? `user-${id.slice(-12)}`;
		this.chatgptAccountId = options.chatgptAccountId ?? id;
		this.accessLifetimeMs = options.accessLifetimeMs;
		this.usage = new UsageModel(surroundings.clock, options.usage ?? {});
	}

	get accessToken(): string {
		return this.#current().accessToken;
	}

	get refreshToken(): string {
		return this.#current().refreshToken;
	}

	/** Headers a well-behaved client sends with the account's credentials. */
	get credentials(): { readonly authorization: string; readonly 'chatgpt-account-id': string } {
		return { authorization: `Bearer ${this.accessToken}`, 'chatgpt-account-id': this.chatgptAccountId };
	}

	authFile(): AuthFile {
		const { idToken, accessToken, refreshToken } = this.#current();
		return {
			auth_mode: 'chatgpt',
			OPENAI_API_KEY: null,
			tokens: {
				id_token: idToken,
				access_token: accessToken,
				refresh_token: refreshToken,
				account_id: this.chatgptAccountId,
				oauth_provenance: { issuer: this.#surroundings.issuer(), client_id: codexClientId },
				login_owner_id: this.userId,
			},
			last_refresh: new Date(this.#surroundings.clock.now()).toISOString(),
		};
	}

	/** Uses up so many percentage points of a window. */
	spend(window: WindowName, percent: number): void {
		this.usage.spend(window, percent);
	}

	/** The access token is from now on past its `exp`; a refresh helps. */
	expireAccess(): void {
		const grant = this.#surroundings.book.access(this.accessToken);
		if (grant) grant.expiresAt = this.#surroundings.clock.now();
	}

	/** The provider no longer honours the access token although its `exp` lies ahead; a refresh helps. */
	revokeAccess(): void {
		const grant = this.#surroundings.book.access(this.accessToken);
		if (grant) grant.state = 'revoked';
	}

	/** The next refresh fails for good: the user must sign in again. */
	breakRefresh(failure: RefreshFailure): void {
		const grant = this.#surroundings.book.refresh(this.refreshToken);
		if (grant) grant.failure = failure;
	}

	/** Another program refreshes behind the client's back: the tokens handed out before are spent. */
	rotateElsewhere(): IssuedTokens {
		const grant = this.#surroundings.book.refresh(this.refreshToken);
		return grant ? this.#surroundings.book.exchange(grant) : this.#surroundings.book.issue(this);
	}

	#current(): IssuedTokens {
		return this.tokens ?? this.#surroundings.book.issue(this);
	}
}
