import * as z from 'zod';
import { defaultIssuerUrl, defaultPort, defaultUpstreamUrl } from '../shared/runtimeMessages.js';

/** The extension's settings after validation. */
export interface SettingValues {
	readonly port: number;
	readonly upstreamUrl: string;
	readonly issuerUrl: string;
}

export interface CheckedSettings {
	readonly values: SettingValues;
	/** One sentence for each value that was refused; its default is used instead. */
	readonly problems: readonly string[];
}

/** Tokens are sent to these addresses, so they never travel in the clear beyond this machine. */
const address = z
	.string()
	.refine(isHttpsOrLoopback)
	.transform(text => text.replace(/\/+$/, ''));

const settings = {
	port: { schema: z.number().int().min(1024).max(65535), default: defaultPort, rule: 'a port from 1024 to 65535' },
	upstreamUrl: { schema: address, default: defaultUpstreamUrl, rule: 'an https address, or one on this machine' },
	issuerUrl: { schema: address, default: defaultIssuerUrl, rule: 'an https address, or one on this machine' },
} as const;

export type SettingName = keyof typeof settings;

export const settingNames = Object.keys(settings) as SettingName[];

/** `read` returns the raw value of `codexPool.<name>`, undefined when nobody set it. */
export function checkSettings(read: (name: SettingName) => unknown): CheckedSettings {
	const problems: string[] = [];
	const check = <T>(name: SettingName, schema: z.ZodType<T>, fallback: T): T => {
		const raw = read(name);
		if (raw === undefined) return fallback;
		const checked = schema.safeParse(raw);
		if (checked.success) return checked.data;
		problems.push(`codexPool.${name} must be ${settings[name].rule}. The default is used: ${String(fallback)}.`);
		return fallback;
	};
	const values = {
		port: check('port', settings.port.schema, settings.port.default),
		upstreamUrl: check('upstreamUrl', settings.upstreamUrl.schema, settings.upstreamUrl.default),
		issuerUrl: check('issuerUrl', settings.issuerUrl.schema, settings.issuerUrl.default),
	};
	return { values, problems };
}

export function changedSettings(before: SettingValues, after: SettingValues): SettingName[] {
	return settingNames.filter(name => before[name] !== after[name]);
}

function isHttpsOrLoopback(text: string): boolean {
	const url = URL.parse(text);
	if (url === null || url.username !== '' || url.password !== '') return false;
	if (url.protocol === 'https:') return true;
	return url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
}
