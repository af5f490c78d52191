import type { KeyView } from '../src/shared/keyApi.js';
import type { ModelView } from '../src/shared/modelApi.js';
import type { PanelTab } from '../src/shared/panelTabs.js';
import type { ExplainedRequest } from '../src/shared/requestApi.js';
import type { SessionView } from '../src/shared/sessionApi.js';
import type { UsageQuery, UsageReport } from '../src/shared/usageApi.js';
import { dayStart } from './durations.js';
import { HistoryReader } from './historyReader.js';
import { MarkedReader } from './markedReader.js';
import { OpenedReader } from './openedReader.js';
import type { PanelAction, ReadAgainEvent } from './panelAction.js';
import type { PanelClient } from './panelClient.js';
import type { PanelView } from './panelView.js';
import { RequestLog } from './requestLog.js';
import { readPage } from './requestPages.js';
import { RestingReader } from './restingReader.js';
import { UsageReader } from './usageReader.js';
import { historySince } from './windowTrend.js';

/** After these, what was read of a subject is old. */
const changesSessions: readonly PanelAction['name'][] = ['session/move', 'session/forget'];
const changesModels: readonly PanelAction['name'][] = ['model/expose', 'alias/set', 'alias/remove'];
const changesKeys: readonly PanelAction['name'][] = ['key/change', 'key/revoke', 'key/copy'];

/** What the panel reads on demand: each reads one subject, and only while somebody looks at it. */
export class PanelReaders {
	readonly #usage: UsageReader;
	readonly #log: RequestLog;
	readonly #explanation: OpenedReader<ExplainedRequest>;
	readonly #history: HistoryReader;
	readonly #sessions: RestingReader<readonly SessionView[]>;
	readonly #models: MarkedReader<readonly ModelView[]>;
	readonly #keys: RestingReader<readonly KeyView[]>;
	readonly #keysToday: RestingReader<UsageReport>;
	readonly #accountsToday: RestingReader<UsageReport>;

	constructor(client: PanelClient, change: (patch: Partial<PanelView>) => void) {
		const today = (by: UsageQuery['by']) => () => client.request('usage/read', { since: dayStart(Date.now()), by });
		this.#usage = new UsageReader(client, usage => change({ usage }));
		this.#log = new RequestLog(
			(filter, cursor) => readPage(client, filter, cursor),
			log => change({ log }),
		);
		this.#explanation = new OpenedReader(
			requestId => client.request('request/explain', { requestId }),
			explanation => change({ explanation }),
		);
		this.#history = new HistoryReader(
			accountId => client.request('account/history', { accountId, since: historySince(Date.now()) }),
			history => change({ history }),
		);
		this.#sessions = new RestingReader<readonly SessionView[]>(
			() => client.request('session/list'),
			sessions => change({ sessions }),
		);
		this.#models = new MarkedReader<readonly ModelView[]>(
			() => client.request('model/list'),
			models => change({ models }),
		);
		this.#keys = new RestingReader<readonly KeyView[]>(
			() => client.request('key/list'),
			keys => change({ keys }),
		);
		this.#keysToday = new RestingReader(today('key'), keysToday => change({ keysToday }));
		this.#accountsToday = new RestingReader(today('account'), accountsToday => change({ accountsToday }));
	}

	/** Reads what is looked at, unless it has been read and is not old. */
	follow({ choices, panel, now }: PanelView): void {
		const isRunning = panel?.connection === 'owner' || panel?.connection === 'follower';
		const pool = isRunning && !document.hidden ? panel.pool : null;
		const seen = (...tabs: PanelTab[]) => (tabs.includes(choices.tab) ? pool : null);
		const owner = pool === null ? '' : String(pool.owner.startedAt);
		/** Another after every request. */
		const settled = pool === null ? '' : `${owner}/${pool.totals.allTime.requests}`;

		const overview = seen('overview');
		this.#usage.follow(choices, overview && overview.accounts.length > 0 ? overview.totals.allTime.requests : null);
		const requests = seen('requests');
		this.#log.follow(requests && { mark: settled, filter: choices.filter, recent: requests.recentRequests });
		if (requests) this.#explanation.follow(choices.openRequest);
		const accounts = seen('accounts');
		// The one that was open may have been removed since.
		const open = accounts?.accounts.find(({ id }) => id === choices.openHistory);
		if (accounts) this.#history.follow(open ?? null);
		this.#sessions.follow(pool && seen('sessions') && `${owner}/${pool.revision}`);
		const able = pool?.accounts.filter(({ selected, state }) => selected && state !== 'disabled').map(({ id }) => id);
		this.#models.follow(seen('models', 'keys') && able ? `${owner}/${able.join()}` : null);
		const keys = seen('keys');
		// For their names the newest figures are not needed.
		this.#keys.follow(keys ? settled : (requests ?? (choices.group === 'key' ? overview : null)) && owner);
		const today = `${settled}/${dayStart(now)}`;
		this.#keysToday.follow(keys && today);
		this.#accountsToday.follow(choices.showsAccountTable ? accounts && today : null);
	}

	async again(what: ReadAgainEvent['what']): Promise<void> {
		switch (what) {
			case 'usage':
				await this.#usage.again();
				break;
			case 'sessions':
				await this.#sessions.again();
				break;
			case 'models':
				await this.#models.again();
				break;
			case 'keys':
				await this.#keys.again();
				break;
			case 'explanation':
				this.#explanation.again();
				break;
			case 'history':
				await this.#history.again();
				break;
			case 'requests':
				this.#log.again();
				break;
			case 'older requests':
				await this.#log.readOlder();
				break;
			default:
				what satisfies never;
		}
	}

	/** What an action has changed is read before the action counts as done. */
	async afterAction(name: PanelAction['name']): Promise<void> {
		if (changesSessions.includes(name)) await this.#sessions.again();
		if (changesModels.includes(name)) await this.#models.again();
		if (changesKeys.includes(name)) await this.#keys.again();
	}

	takeNewerRequests(): void {
		this.#log.takeNewer();
	}
}
