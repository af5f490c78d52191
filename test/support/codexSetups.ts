import { poolKeyHeader } from '../../src/core/request/headerPolicy.js';
import {
	apiKeySetup,
	bearerSetup,
	builtInSetup,
	environmentSetup,
	poolProvider,
	signedInSetup,
	type CodexSetup,
} from './codexClient.js';
import type { PoolUnderTest } from './poolUnderTest.js';
import type { AuthFile } from './upstream/accounts.js';

/** Every way of pointing Codex at the pool, by its letters in the protocol's table (§2). G is none: it goes around it. */
export interface ListedSetup {
	readonly letters: string;
	readonly name: string;
	/** The built-in provider always tries WebSocket first; for others the configuration says which transport. */
	readonly isBuiltIn?: true;
	/** It has only a ChatGPT login to show, which the pool must have been told to accept. */
	readonly hasNoKey?: true;
	readonly make: (pool: PoolUnderTest) => CodexSetup | Promise<CodexSetup>;
}

export const codexSetups: readonly ListedSetup[] = [
	{ letters: 'A, B', name: 'the key in the environment', make: environmentSetup },
	{ letters: 'C', name: 'the key as its bearer token', make: bearerSetup },
	{ letters: 'C', name: 'the key as its bearer token, beside a ChatGPT login', make: loggedInBearerSetup },
	{ letters: 'D', name: 'a command that prints the key', make: commandSetup },
	{
		letters: 'E, F',
		name: 'its own ChatGPT login and the key in a header',
		make: pool => signedInSetup(pool, pool.upstream.addAccount()),
	},
	{
		letters: 'H',
		name: 'the built-in provider and the ChatGPT login of an account in the pool',
		isBuiltIn: true,
		hasNoKey: true,
		make: ownLoginSetup,
	},
	{
		letters: 'I',
		name: 'the same, with ChatGPT’s own address at the pool too',
		isBuiltIn: true,
		hasNoKey: true,
		make: ownLoginAtHomeSetup,
	},
	{ letters: 'J', name: 'the built-in provider and the key as its API key', isBuiltIn: true, make: builtInSetup },
	{ letters: 'K', name: 'the key as its API key', make: apiKeySetup },
	{ letters: 'K', name: 'the key in a header, and no login', make: pool => headerSetup(pool, true) },
	{ letters: 'L', name: 'the key in a header, and nothing else', make: pool => headerSetup(pool, false) },
];

/** The configuration written by hand that would lead a signed-in client around the pool: one origin in both addresses. */
export function oneOriginSetup(pool: PoolUnderTest): CodexSetup {
	const { config, ...rest } = signedInSetup(pool, pool.upstream.addAccount());
	return { ...rest, config: config.map(line => line.replace('//localhost:', '//127.0.0.1:')) };
}

async function ownLoginSetup(pool: PoolUnderTest): Promise<CodexSetup> {
	return { config: [`openai_base_url = "${pool.owner.codexBaseUrl}"`], authFile: await loginInPool(pool) };
}

export async function ownLoginAtHomeSetup(pool: PoolUnderTest): Promise<CodexSetup> {
	const { config, ...rest } = await ownLoginSetup(pool);
	return { ...rest, config: [`chatgpt_base_url = "http://localhost:${pool.owner.port}/backend-api/"`, ...config] };
}

/** What the user signed in to before; the pool has signed in once more since, so that its tokens are others. */
async function loginInPool(pool: PoolUnderTest): Promise<AuthFile> {
	const [account] = pool.upstream.accounts;
	if (!account) throw new Error('There is no account to be signed in to');
	const authFile = account.authFile();
	account.rotateElsewhere();
	await pool.add([account]);
	return authFile;
}

function loggedInBearerSetup(pool: PoolUnderTest): CodexSetup {
	return { ...bearerSetup(pool), authFile: pool.upstream.addAccount().authFile() };
}

function commandSetup({ owner, key }: PoolUnderTest): CodexSetup {
	const lines = ['auth = { command = "printenv", args = ["POOL_KEY"] }'];
	return { config: poolProvider(owner.codexBaseUrl, lines), env: { POOL_KEY: key } };
}

function headerSetup({ owner, key }: PoolUnderTest, requiresLogin: boolean): CodexSetup {
	const lines = [`requires_openai_auth = ${requiresLogin}`, `http_headers = { "${poolKeyHeader}" = "${key}" }`];
	return { config: poolProvider(owner.codexBaseUrl, lines) };
}
