import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PanelTab } from '../shared/panelTabs.js';
import type { HostStatus } from './hostStatus.js';
import { newsActionLabels, newsText, type NewsAction } from './newsText.js';
import { PoolNewsReader, type PoolNews } from './poolNews.js';
import type { Settings } from './settings.js';

const memoryName = 'poolNotices.episodes';
const silence = l10n.t('Don’t Show Again');

export interface PoolNoticesOptions {
	readonly settings: Settings;
	readonly memory: vscode.Memento;
	readonly signInAgain: (accountId: string) => void;
	readonly showTab: (tab: PanelTab) => void;
	/** Asks which account when none is named. */
	readonly redeemReset: (accountId?: string) => void;
}

/** Tells the user what has happened in the pool, each episode once. */
export class PoolNotices {
	readonly #options: PoolNoticesOptions;
	readonly #news: PoolNewsReader;

	constructor(options: PoolNoticesOptions) {
		this.#options = options;
		const { memory } = options;
		this.#news = new PoolNewsReader({
			load: () => memory.get<string[]>(memoryName, []),
			save: episodes => void memory.update(memoryName, episodes),
		});
	}

	update(status: HostStatus<unknown>): void {
		if ((status.kind !== 'owner' && status.kind !== 'follower') || status.pool === null) return;
		const { values } = this.#options.settings;
		// Looked at in every window, so that a window that takes the pool over repeats nothing.
		const fresh = this.#news.look(status.pool, values.lowPercent, Date.now());
		// Only one window owns the pool, so only one speaks; a pool without a window has nobody else to speak for it.
		if (status.kind === 'follower' && status.pool.owner.launcher === 'editor') return;
		for (const news of fresh) if (values[`notifications.${news.kind}`]) void this.#tell(news);
	}

	async #tell(news: PoolNews): Promise<void> {
		const { isWarning, message, action } = newsText(news, Date.now());
		const show = isWarning ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
		const chosen = await show(message, newsActionLabels[action], silence);
		if (chosen === silence) await this.#options.settings.change(`notifications.${news.kind}`, false);
		else if (chosen !== undefined) this.#act(action, news);
	}

	#act(action: NewsAction, news: PoolNews): void {
		switch (action) {
			case 'signInAgain':
				if (news.kind === 'signInNeeded') this.#options.signInAgain(news.account.id);
				return;
			case 'showAccounts':
				this.#options.showTab('accounts');
				return;
			case 'showOverview':
				this.#options.showTab('overview');
				return;
			case 'redeemReset':
				this.#options.redeemReset(redeemableId(news));
				return;
			default:
				action satisfies never;
		}
	}
}

/** The account that the news is about, when it is one. */
function redeemableId(news: PoolNews): string | undefined {
	if (news.kind === 'resetExpiring') return news.account.id;
	const accounts = news.kind === 'accountSpent' ? news.redeemable : [];
	return accounts.length === 1 ? accounts[0]?.id : undefined;
}
