import { isDeepStrictEqual } from 'node:util';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { isLoopbackHost } from '../shared/loopbackHost.js';
import { checkPrices, type Prices } from '../shared/priceApi.js';
import { defaultRetention, retentionSchema } from '../shared/retention.js';
import { defaultIssuerUrl, defaultPort, defaultUpstreamUrl } from '../shared/runtimeMessages.js';
import { statusClicks, statusFormats } from './statusText.js';

/** Tokens are sent to these addresses, so they never travel in the clear beyond this machine. */
const address = z
	.string()
	.refine(isHttpsOrLoopback)
	.transform(text => text.replace(/\/+$/, ''));

const anAddress = l10n.t('an https address, or one on this machine');
const aSwitch = l10n.t('true or false');

/** What `codexPool.<name>` may be. A value that is refused counts as its default, and `rule` tells the user so. */
const settings = {
	port: {
		schema: z.number().int().min(1024).max(65535),
		default: defaultPort,
		rule: l10n.t('a port from 1024 to 65535'),
	},
	upstreamUrl: { schema: address, default: defaultUpstreamUrl, rule: anAddress },
	issuerUrl: { schema: address, default: defaultIssuerUrl, rule: anAddress },
	acceptOwnLogins: { schema: z.boolean(), default: false, rule: aSwitch },
	'notifications.accountSpent': { schema: z.boolean(), default: true, rule: aSwitch },
	'notifications.accountRecovered': { schema: z.boolean(), default: true, rule: aSwitch },
	'notifications.poolLow': { schema: z.boolean(), default: true, rule: aSwitch },
	'notifications.poolEnding': { schema: z.boolean(), default: true, rule: aSwitch },
	'notifications.signInNeeded': { schema: z.boolean(), default: true, rule: aSwitch },
	'notifications.resetExpiring': { schema: z.boolean(), default: true, rule: aSwitch },
	'history.days': {
		schema: retentionSchema.shape.days,
		default: defaultRetention.days,
		rule: l10n.t('a number of days from 1 to 3650'),
	},
	'history.rows': {
		schema: retentionSchema.shape.rows,
		default: defaultRetention.rows,
		rule: l10n.t('a number of requests from 1000 to 10000000'),
	},
	'statusBar.format': {
		schema: z.enum(statusFormats),
		default: 'headroom',
		rule: l10n.t('one of {0}', statusFormats.join(', ')),
	},
	'statusBar.click': {
		schema: z.enum(statusClicks),
		default: 'panel',
		rule: l10n.t('one of {0}', statusClicks.join(', ')),
	},
	chat: { schema: z.boolean(), default: true, rule: aSwitch },
	hideEmails: { schema: z.boolean(), default: false, rule: aSwitch },
	lowPercent: { schema: z.number().int().min(0).max(50), default: 15, rule: l10n.t('a whole number from 0 to 50') },
} as const;

type CheckedName = keyof typeof settings;

/** The extension's settings after validation. */
export type SettingValues = { readonly [N in CheckedName]: z.output<(typeof settings)[N]['schema']> } & {
	/** The user's own, by model. */
	readonly prices: Prices;
};

export type SettingName = keyof SettingValues;

const checkedNames = Object.keys(settings) as CheckedName[];
export const settingNames = [...checkedNames, 'prices'] as const;

/** What only this window makes use of: a running pool need not be started anew for it. */
export const windowSettings: ReadonlySet<SettingName> = new Set<SettingName>([
	...checkedNames.filter(name => name.startsWith('notifications.') || name.startsWith('statusBar.')),
	'chat',
	'hideEmails',
	'lowPercent',
]);

export interface CheckedSettings {
	readonly values: SettingValues;
	/** One sentence for each value that was refused: its default is used instead, or a price left out. */
	readonly problems: readonly string[];
}

/** `read` returns the raw value of `codexPool.<name>`, undefined when nobody set it. */
export function checkSettings(read: (name: SettingName) => unknown): CheckedSettings {
	const problems: string[] = [];
	const check = (name: CheckedName): unknown => {
		const { schema, default: fallback, rule } = settings[name];
		const raw = read(name);
		if (raw === undefined) return fallback;
		const checked = schema.safeParse(raw);
		if (checked.success) return checked.data;
		problems.push(l10n.t('{0} must be {1}. The default is used: {2}.', `codexPool.${name}`, rule, String(fallback)));
		return fallback;
	};
	const own = checkPrices(read('prices') ?? {});
	const checked = Object.fromEntries(checkedNames.map(name => [name, check(name)]));
	return {
		// Each value came from the schema of its own name.
		values: { ...(checked as Omit<SettingValues, 'prices'>), prices: own.prices },
		problems: [...problems, ...own.problems.map(problem => `codexPool.prices: ${problem}`)],
	};
}

export function changedSettings(before: SettingValues, after: SettingValues): SettingName[] {
	return settingNames.filter(name => !isDeepStrictEqual(before[name], after[name]));
}

function isHttpsOrLoopback(text: string): boolean {
	const url = URL.parse(text);
	if (url === null || url.username !== '' || url.password !== '') return false;
	if (url.protocol === 'https:') return true;
	return url.protocol === 'http:' && isLoopbackHost(url.hostname);
}
