import type { WindowHistory } from '../../src/shared/forecastApi.js';
import type { KeyView } from '../../src/shared/keyApi.js';
import type { ModelView } from '../../src/shared/modelApi.js';
import {
	panelParams,
	type DropOutcome,
	type PanelMessage,
	type PanelRequestMessage,
	type PanelState,
} from '../../src/shared/panelMessages.js';
import type { ExplainedRequest, RequestList, RequestRecord } from '../../src/shared/requestApi.js';
import type { SessionView } from '../../src/shared/sessionApi.js';
import { usageQuerySchema, type UsageReport } from '../../src/shared/usageApi.js';
import { windowHistory } from './sampleHistory.js';
import { sampleModels } from './sampleModels.js';
import { panel, sampleKeys } from './samplePool.js';
import { usageReport } from './sampleUsage.js';
import { explained, sampleSessions } from './sampleRouting.js';

/** Of a key that was just made. */
export const madeSecret = 'cpk_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE';

/** Answers the panel as the editor would, and remembers what it was asked. */
export class FakeEditor {
	readonly asked: PanelRequestMessage[] = [];
	/** Names of requests that fail, with the sentence for the user. */
	readonly failing = new Map<string, string>();
	/** Names of requests that are not answered. */
	readonly silent = new Set<string>();
	state: PanelState = panel();
	hasUsage = true;
	sessions: readonly SessionView[] = sampleSessions;
	models: readonly ModelView[] = sampleModels;
	keys: readonly KeyView[] = sampleKeys;
	history: (since: number) => WindowHistory = windowHistory;
	/** Whether the user says yes when the editor asks. */
	confirms = true;
	/** The log behind the newest requests, newest first; null is those alone. */
	log: readonly RequestRecord[] | null = null;
	/** Looks at a single request in one go. */
	cutsShort = false;
	dropOutcome: DropOutcome = { imported: [], refused: [] };

	answer(message: PanelRequestMessage): PanelMessage | null {
		this.asked.push(message);
		const { id, name } = message;
		const failure = this.failing.get(name);
		if (failure !== undefined) return { kind: 'failure', id, message: failure };
		if (this.silent.has(name)) return null;
		const result = this.#result(message);
		return result === undefined ? { kind: 'reply', id } : { kind: 'reply', id, result };
	}

	#result({ name, params }: PanelRequestMessage): unknown {
		const results: Partial<Record<PanelRequestMessage['name'], () => unknown>> = {
			ready: () => this.state,
			'usage/read': () => this.#usage(params),
			'session/list': () => this.sessions,
			'model/list': () => this.models,
			'key/list': () => this.keys,
			'account/history': () => this.history(panelParams['account/history'].parse(params).since),
			'key/create': () => ({ id: 'made', name: panelParams['key/create'].parse(params).name, key: madeSecret }),
			'key/rotate': () => (this.confirms ? { id: 'build', name: 'Build server', key: madeSecret } : undefined),
			'request/list': () => this.#list(params),
			'account/drop': () => this.dropOutcome,
			'request/explain': () => this.#explain(params),
		};
		return results[name]?.();
	}

	get #requests(): readonly RequestRecord[] {
		return this.log ?? this.state.pool?.recentRequests ?? [];
	}

	#list(params: unknown): RequestList {
		const query = panelParams['request/list'].parse(params);
		const { accountId, model, keyId, client, sessionId, outcome, text = '' } = query;
		const wanted = Object.entries({ accountId, model, keyId, client, sessionId, outcome }).filter(
			([, value]) => value !== undefined,
		);
		const fitting = this.#requests.filter(
			request =>
				wanted.every(([name, value]) => Reflect.get(request, name) === value) &&
				[request.id, request.model, request.client, request.error].some(each => each?.includes(text)),
		);
		const from = query.before === undefined ? 0 : Number.parseInt(query.before, 36);
		if (this.cutsShort) {
			const [looked] = this.#requests.slice(from);
			const isLast = from + 1 >= this.#requests.length;
			const requests = looked && fitting.includes(looked) ? [looked] : [];
			return { requests, next: isLast ? null : (from + 1).toString(36), isCutShort: !isLast };
		}
		const end = from + query.limit;
		const next = end < fitting.length ? end.toString(36) : null;
		return { requests: fitting.slice(from, end), next, isCutShort: false };
	}

	#explain(params: unknown): ExplainedRequest | undefined {
		const { requestId } = panelParams['request/explain'].parse(params);
		const request = this.#requests.find(({ id }) => id === requestId);
		return request && explained(request, this.state.pool?.accounts ?? []);
	}

	#usage(params: unknown): UsageReport {
		const { since, by, until = null } = usageQuerySchema.parse(params);
		return this.hasUsage ? usageReport(since, by, until) : { since, until, by, rows: [] };
	}

	named(name: string): PanelRequestMessage[] {
		return this.asked.filter(message => message.name === name);
	}
}
