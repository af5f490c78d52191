import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import type { PoolState } from '../../src/shared/poolApi.js';
import { text } from '../text.js';
import { icon } from './icon.js';
import { iconButton, raise } from './parts.js';

/** What the panel says above its tabs, or instead of them. */

export function startingState(problem: string | null): TemplateResult {
	return html`<section class="state" aria-busy="true">
		<h2>${text.startingTitle}</h2>
		<p>${problem ?? text.startingBody}</p>
		<div class="skeleton" aria-hidden="true"><span></span><span></span><span></span></div>
	</section>`;
}

export function offlineState(problem: string | null): TemplateResult {
	return html`<section class="state">
		<h2>${icon('debug-disconnect')}${text.offlineTitle}</h2>
		<p>${problem ?? text.offlineBody}</p>
		<div class="actions">
			<vscode-button @click=${raise({ name: 'pool/retry' })}>${text.retry}</vscode-button>
			<vscode-button secondary @click=${raise({ name: 'log/show' })}>${text.showLog}</vscode-button>
		</div>
	</section>`;
}

/** While what was there before stays on the screen. */
export function startingNote(problem: string | null, stale: string): TemplateResult {
	return html`<div class="note" aria-busy="true">
		${icon('refresh', 'busy')}<span>${problem ?? text.startingTitle} <span class="dim">${stale}</span></span>
	</div>`;
}

export function offlineNote(problem: string | null, stale: string): TemplateResult {
	return html`<div class="note warning">
		${icon('debug-disconnect')}
		<span
			><strong>${l10n.t('The pool is not running.')}</strong> ${problem ?? text.offlineBody}
			<span class="dim">${stale}</span></span
		>
		<vscode-button @click=${raise({ name: 'pool/retry' })}>${text.retry}</vscode-button>
		<vscode-button secondary @click=${raise({ name: 'log/show' })}>${text.showLog}</vscode-button>
	</div>`;
}

export function failureNote(sentence: string, dismiss: () => void): TemplateResult {
	return html`<div class="note error">
		${icon('error')}<span>${sentence}</span>${iconButton({ icon: 'close', label: text.dismiss, press: dismiss })}
	</div>`;
}

export function followerNote({ owner }: PoolState): TemplateResult {
	const sentence = owner.launcher === 'cli' ? text.followerCli : text.follower;
	return html`<div class="note">${icon('info')}<span>${sentence(owner.baseUrl)}</span></div>`;
}

export function configureNote(): TemplateResult {
	return html`<div class="note">
		${icon('plug')}<span>${text.codexNotConfigured}</span>
		<vscode-button @click=${raise({ name: 'codex/configure' })}>${text.configureCodex}</vscode-button>
	</div>`;
}

/** Where a tab was not read before the pool was gone. */
export function unreadState(): TemplateResult {
	return html`<section class="state"><p class="dim">${text.unread}</p></section>`;
}

/** Where a tab has nothing to show without an account. */
export function noAccountsState(title: string, body: string): TemplateResult {
	return html`<section class="state">
		<h2>${title}</h2>
		<p>${body}</p>
		<div class="actions">
			<vscode-button @click=${raise({ name: 'account/add' })}
				>${icon('add', 'leading')}${text.addAccount}</vscode-button
			>
			<vscode-button secondary title=${text.importHint} @click=${raise({ name: 'account/import' })}
				>${text.importAccounts}</vscode-button
			>
		</div>
	</section>`;
}
