import * as l10n from '@vscode/l10n';
import { ModelRefusal } from '../client/modelRefusal.js';
import { clockWords } from '../shared/forecastWords.js';
import { paragraph } from '../shared/paragraph.js';
import { PoolError } from '../shared/poolError.js';

/** Why a chat gets no answer, in the kinds that the editor tells extensions apart by. */
export interface ChatFailure {
	readonly kind: 'not_found' | 'no_permissions' | 'blocked' | 'other';
	/** Says what to do. */
	readonly message: string;
}

/** By the codes of the pool and of the provider. */
const kindByCode: ReadonlyMap<string | null, ChatFailure['kind']> = new Map([
	['model_not_found', 'not_found'],
	['model_missing', 'not_found'],
	['pool_key_rejected', 'no_permissions'],
	['model_not_allowed', 'no_permissions'],
	['usage_limit_reached', 'blocked'],
	['key_budget_reached', 'blocked'],
	['rate_limit_exceeded', 'blocked'],
	['pool_disabled', 'blocked'],
	['content_filter', 'blocked'],
]);

export function chatFailure(thrown: unknown, now: number): ChatFailure {
	if (!(thrown instanceof ModelRefusal)) return { kind: 'other', message: PoolError.from(thrown).message };
	const { code, message, resetsAt } = thrown;
	const kind = kindByCode.get(code) ?? 'other';
	// A spent budget says itself when it is full again.
	if (resetsAt === null || code === 'key_budget_reached') return { kind, message };
	return { kind, message: paragraph([message, l10n.t('The first is back at {0}.', clockWords(resetsAt, now))]) };
}
