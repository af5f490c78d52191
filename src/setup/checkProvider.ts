import * as l10n from '@vscode/l10n';
import { clockWords } from '../shared/forecastWords.js';
import type { PoolState } from '../shared/poolApi.js';
import { isUsable, routedAccounts } from '../shared/servingAccounts.js';
import type { AccountNames, Check } from './check.js';

/** An account is asked once an hour at least. */
const staleMs = 2 * 60 * 60_000;

/** Whether the provider answers, by what the pool has last heard of it. */
export function checkProvider(pool: PoolState, nameOf: AccountNames, now: number): Check[] {
	const name = l10n.t('Provider');
	const remedy = { action: 'refreshUsage' } as const;
	const asked = routedAccounts(pool).filter(account => isUsable(account, now));
	if (asked.length === 0) return [];
	const heard = asked.map(account => ({
		account,
		at: Math.max(0, ...account.windows.map(({ observedAt }) => observedAt)),
	}));
	const quiet = heard.filter(({ at }) => now - at > staleMs);
	const newest = Math.max(...heard.map(({ at }) => at));
	const offline = pool.recentRequests[0];
	if (offline?.attempts.at(-1)?.verdict === 'offline' && offline.startedAt > newest) {
		const at = clockWords(offline.startedAt, now);
		const sentence = l10n.t('The last request, at {0}, could not reach the provider. Check the network.', at);
		return [{ name, state: 'problem', sentence, remedy }];
	}
	if (newest === 0) {
		return [{ name, state: 'unknown', sentence: l10n.t('The provider has reported no quota yet.'), remedy }];
	}
	const latest = l10n.t('The provider last reported quota at {0}.', clockWords(newest, now));
	if (quiet.length === heard.length) return [{ name, state: 'warning', sentence: latest, remedy }];
	return [
		{ name, state: 'ok', sentence: latest },
		...quiet.map(({ account, at }) => ({
			name,
			state: 'warning' as const,
			sentence:
				at === 0
					? l10n.t('The provider has reported no quota of {0} yet.', nameOf(account))
					: l10n.t('The provider has reported no quota of {0} since {1}.', nameOf(account), clockWords(at, now)),
			remedy: { ...remedy, accountId: account.id },
		})),
	];
}

/**
 * Programs that follow these variables send what is meant for this machine to the proxy too, unless they are told not to.
 * Values are not shown: they may hold a password.
 */
export function checkProxy(env: NodeJS.ProcessEnv): Check[] {
	const name = l10n.t('Proxy');
	const toPool = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'].find(variable => env[variable]);
	const toProvider = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].find(variable => env[variable]);
	const exempt = (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(/[\s,]+/);
	if (toPool !== undefined && !exempt.some(host => ['*', '127.0.0.1', '127.0.0.0/8'].includes(host))) {
		const sentence = l10n.t(
			'{0} is set and `NO_PROXY` does not name `127.0.0.1`: a client may look for the pool at the proxy.',
			toPool,
		);
		return [{ name, state: 'warning', sentence }];
	}
	if (toProvider === undefined) return [];
	const sentence = l10n.t('{0} is set: a pool that is started here goes to the provider through it.', toProvider);
	return [{ name, state: 'ok', sentence }];
}
