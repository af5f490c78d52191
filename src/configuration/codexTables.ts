import { parse } from '@decimalturn/toml-patch';
import * as l10n from '@vscode/l10n';
import { PoolError } from '../shared/poolError.js';

/** Codex's user configuration as tables. */

export const providerId = 'codex-account-pool';

export type Table = { [key: string]: unknown };

export function parseConfig(text: string): Table {
	try {
		return parse(text) as Table;
	} catch (cause) {
		// The parser's message quotes the file, which may hold keys: only the place is told.
		const line = cause instanceof Error && 'line' in cause ? cause.line : undefined;
		const problem =
			typeof line === 'number'
				? l10n.t('It is not valid TOML (line {0}). Mend it, then try again.', line)
				: l10n.t('It is not valid TOML. Mend it, then try again.');
		throw new PoolError('invalid_request', problem, { cause });
	}
}

export function activeProfile(config: Table): { name: string; table: Table } | undefined {
	const name = config['profile'];
	if (typeof name !== 'string') return undefined;
	const table = asTable(asTable(config['profiles'])?.[name]);
	return table && { name, table };
}

export function providersOf(config: Table): Table {
	return asTable(config['model_providers']) ?? {};
}

export function asTable(value: unknown): Table | undefined {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : undefined;
}
