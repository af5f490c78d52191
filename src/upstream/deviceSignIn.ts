import { expectNoState } from 'oauth4webapi';
import * as z from 'zod';
import type { TokenSet } from '../core/issuerPort.js';
import type { Clock } from '../core/ports.js';
import { PoolError } from '../shared/poolError.js';
import { exchangeCode, type CodeExchangeLimits } from './codeExchange.js';
import { devicePollOf } from './devicePoll.js';
import { codexClientId, type IssuerConnection } from './issuerConnection.js';
import type { OpenSignIn, SignInDoor } from './openSignIn.js';
import { issuerErrorCodes } from './refreshOutcome.js';
import { parseJson, type ExchangeOutcome } from './smallExchange.js';

export interface DeviceSignInContext {
	readonly issuer: IssuerConnection;
	readonly clock: Clock;
	/** For each call to the issuer. */
	readonly timeoutMs: number;
}

interface DeviceLogin {
	readonly id: string;
	readonly userCode: string;
	readonly intervalMs: number;
}

const minIntervalMs = 1000;
const maxIntervalMs = 60_000;
const defaultIntervalSeconds = 5;
/** RFC 8628 §3.5: what `slow_down` adds to the interval. */
const slowDownMs = 5000;

/** The user types a short code into a page of the issuer, on any device; the pool asks the issuer until that is done. */
export async function openDeviceSignIn(context: DeviceSignInContext, signIn: OpenSignIn): Promise<SignInDoor> {
	const { issuer, timeoutMs } = context;
	const { signal } = signIn;
	const path = '/api/accounts/deviceauth/usercode';
	const outcome = await issuer.postJson(path, { client_id: codexClientId }, { timeoutMs, signal });
	signal.throwIfAborted();
	const login = readLogin(outcome);
	void signIn.complete(() => fetchTokens(context, login, signal));
	return {
		url: `${issuer.address}/codex/device`,
		userCode: login.userCode,
		finish: () =>
			Promise.reject(
				new PoolError(
					'invalid_request',
					'This sign-in takes no address: type its code into the page that its link opens.',
				),
			),
	};
}

async function fetchTokens(
	{ issuer, clock, timeoutMs }: DeviceSignInContext,
	login: DeviceLogin,
	signal: AbortSignal,
): Promise<TokenSet> {
	const limits: CodeExchangeLimits = { timeoutMs, signal };
	const question = { device_auth_id: login.id, user_code: login.userCode };
	let { intervalMs } = login;
	for (;;) {
		await clock.sleep(intervalMs, signal);
		const poll = devicePollOf(await issuer.postJson('/api/accounts/deviceauth/token', question, limits));
		signal.throwIfAborted();
		switch (poll.kind) {
			case 'pending':
				break;
			case 'slowDown':
				intervalMs = Math.min(intervalMs + slowDownMs, maxIntervalMs);
				break;
			case 'over':
				throw new PoolError('sign_in_failed', poll.sentence);
			case 'approved': {
				const { code, codeVerifier } = poll;
				const parameters = new URLSearchParams({ code });
				const redirectUri = `${issuer.address}/deviceauth/callback`;
				return exchangeCode(issuer, { parameters, state: expectNoState, redirectUri, codeVerifier }, limits);
			}
			default:
				poll satisfies never;
		}
	}
}

/** Both spellings of the code have been seen; the interval comes as a number or as text. */
const loginSchema = z
	.object({
		device_auth_id: z.string().min(1),
		user_code: z.string().min(1).max(64).optional(),
		usercode: z.string().min(1).max(64).optional(),
		interval: z.coerce.number().catch(defaultIntervalSeconds),
	})
	.transform(({ device_auth_id, user_code, usercode, interval }) => ({
		id: device_auth_id,
		userCode: user_code ?? usercode ?? '',
		intervalMs: Math.min(Math.max(interval * 1000, minIntervalMs), maxIntervalMs),
	}));

function readLogin(outcome: ExchangeOutcome): DeviceLogin {
	if (outcome.kind === 'failed') {
		throw new PoolError(
			'sign_in_failed',
			`OpenAI could not be reached to start the sign-in (${outcome.fault.code}). Check the connection and start again.`,
			{ cause: outcome.fault },
		);
	}
	const { status, text } = outcome;
	if (status === 404) {
		throw new PoolError(
			'sign_in_failed',
			'OpenAI has switched signing in with a code off. Sign in with the browser, or by pasting the address it ends on.',
		);
	}
	const body = parseJson(text);
	const login = status === 200 ? loginSchema.safeParse(body).data : undefined;
	if (login && login.userCode !== '') return login;
	const code = issuerErrorCodes(body)[0] ?? `HTTP ${status}`;
	throw new PoolError(
		'sign_in_failed',
		`OpenAI did not start the sign-in (${code}). Try again later, or sign in with the browser.`,
	);
}
