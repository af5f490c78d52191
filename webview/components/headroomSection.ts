import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { poolForecastWords } from '../../src/shared/forecastWords.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import { routedAccounts } from '../../src/shared/servingAccounts.js';
import { formatExact, formatMoment, formatSpan, windowName } from '../durations.js';
import { answerOf, poolHeadroom, type HeadroomShare, type PoolAnswer, type WindowHeadroom } from '../headroom.js';
import { phrases } from '../joined.js';
import headroomText from '../styles/headroomSection.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { wholePercent } from '../windowReading.js';
import { icon, type IconName } from './icon.js';
import { leadTo, raise } from './parts.js';
import { size } from './size.js';

/** What a narrow panel names before it says how many more there are. */
const namedWhenNarrow = 4;

interface Answer {
	readonly icon: IconName;
	readonly tone: 'good' | 'warning' | 'error' | 'quiet';
	readonly title: string;
	readonly body: string;
}

/** The first row: can I keep working, and how long? */
class HeadroomSection extends LitElement {
	static override readonly styles = [controls, sheet(headroomText)];

	@property({ attribute: false }) accessor pool: PoolState | null = null;
	@property({ attribute: false }) accessor now = 0;
	/** Without a running pool the figures may stand, but the answer does not. */
	@property({ attribute: false }) accessor isRunning = true;

	protected override render(): TemplateResult | typeof nothing {
		if (!this.pool) return nothing;
		const accounts = routedAccounts(this.pool);
		const isAlone = this.pool.accounts.length === 1;
		return html`<section aria-label=${text.headroom}>
			${this.isRunning ? verdict(answerOf(this.pool, this.now), this.#pace(this.pool), this.now) : nothing}
			${repeat(
				poolHeadroom(accounts, this.now),
				window => window.durationMinutes,
				window => this.#window(window, isAlone),
			)}
		</section>`;
	}

	/** How long it lasts, once enough has been seen to tell; never after that time. */
	#pace({ forecast }: PoolState): string {
		if (!forecast.pool || (forecast.pool.lastsUntil ?? Infinity) <= this.now) return '';
		return text.atThisPace(poolForecastWords(forecast.pool, this.now));
	}

	/** `isAlone`: what is said of one account among others would say the same of the only one twice. */
	#window(window: WindowHeadroom, isAlone: boolean): TemplateResult {
		const name = windowName(window.durationMinutes);
		const spoken = phrases(window.shares.map(shareSentence));
		return html`<div class="window">
			<p>
				<strong>${isAlone ? text.windowOf(name) : text.windowsOf(name)}</strong>
				<span>${bestSentence(window, isAlone)}</span>
				${isAlone ? nothing : html`<span class="dim">${text.usable(window.usable, window.accounts)}</span>`}
				${this.#nextReset(window)}
			</p>
			<div class="bar" role="img" aria-label=${spoken}>
				${window.shares.map(
					(share, index) =>
						html`<span
							class="share ${lookOf(share, index)}"
							title=${shareSentence(share)}
							${size(share.leftPercent / window.shares.length)}
						></span>`,
				)}
			</div>
			${isAlone || window.bestLeftPercent === 0 ? nothing : legend(window.shares)}
		</div>`;
	}

	#nextReset({ nextResetAt }: WindowHeadroom): TemplateResult | typeof nothing {
		if (nextResetAt === null) return nothing;
		return html`<time class="dim" datetime=${new Date(nextResetAt).toISOString()} title=${formatExact(nextResetAt)}
			>${text.nextReset(formatSpan(nextResetAt - this.now))}</time
		>`;
	}
}

customElements.define('pool-headroom', HeadroomSection);

function verdict(answer: PoolAnswer, pace: string, now: number): TemplateResult {
	const words = inWords(answer, now);
	return html`<div class="answer">
		<div class="verdict ${words.tone}">
			${icon(words.icon)}
			<h2>${words.title}</h2>
		</div>
		${words.body === '' ? nothing : html`<p class="dim">${words.body}</p>`}
		${answer.kind === 'ready' && pace !== '' ? html`<p class="pace">${pace}</p>` : nothing} ${nextStep(answer)}
	</div>`;
}

function legend(shares: readonly HeadroomShare[]): TemplateResult {
	const beyond = shares.length - namedWhenNarrow;
	return html`<ul class="legend" aria-hidden="true">
		${shares.map(
			(share, index) =>
				html`<li class="${lookOf(share, index)} ${index < namedWhenNarrow ? '' : 'beyond'}">
					<span class="who">${share.name}</span> <span class="dim">${leftOf(share)}</span>
				</li>`,
		)}
		${beyond > 0 ? html`<li class="rest dim">${text.moreShares(beyond)}</li>` : nothing}
	</ul>`;
}

/** Three tints of one colour are enough to tell neighbours apart and to find them in the line below. */
function lookOf({ leftPercent, isMeasured }: HeadroomShare, index: number): string {
	if (leftPercent === 0) return 'none';
	return isMeasured ? `tint-${index % 3}` : 'unknown';
}

function leftOf({ leftPercent, isMeasured }: HeadroomShare): string {
	if (leftPercent === 0) return text.noShare;
	return isMeasured ? text.percent(wholePercent(leftPercent)) : text.unknownShare;
}

function bestSentence({ shares, bestLeftPercent, usable }: WindowHeadroom, isAlone: boolean): string {
	const best = shares.find(({ leftPercent }) => leftPercent === bestLeftPercent);
	if (!best || usable === 0 || bestLeftPercent === 0) return text.nothingLeft;
	const percent = wholePercent(bestLeftPercent);
	return isAlone ? text.left(percent) : text.leftOn(best.name, percent);
}

function shareSentence(share: HeadroomShare): string {
	if (share.leftPercent === 0) return text.shareNone(share.name);
	return share.isMeasured ? text.shareLeft(share.name, wholePercent(share.leftPercent)) : text.shareUnknown(share.name);
}

function inWords(answer: PoolAnswer, now: number): Answer {
	switch (answer.kind) {
		case 'ready':
			return readyInWords(answer);
		case 'off':
			return { icon: 'circle-slash', tone: 'quiet', title: text.answerOff, body: text.answerOffBody };
		case 'resting': {
			const { until } = answer;
			const title =
				until === null
					? text.answerResting
					: text.answerRestingUntil(formatSpan(until - now), formatMoment(until, now));
			return { icon: 'clockface', tone: 'warning', title, body: '' };
		}
		case 'sign_in':
			return { icon: 'warning', tone: 'error', title: text.answerSignIn, body: '' };
		case 'blocked':
			return { icon: 'warning', tone: 'warning', title: text.answerBlocked, body: text.answerBlockedBody };
		case 'none_selected':
			return { icon: 'circle-slash', tone: 'quiet', title: text.answerNoneSelected, body: text.answerNoneSelectedBody };
		case 'single_gone':
			return { icon: 'warning', tone: 'error', title: text.answerSingleGone, body: text.answerSingleGoneBody };
		default:
			return answer satisfies never;
	}
}

function readyInWords({ isMeasured, isLow }: PoolAnswer & { kind: 'ready' }): Answer {
	const look = isLow ? ({ icon: 'warning', tone: 'warning' } as const) : ({ icon: 'pass', tone: 'good' } as const);
	const body = isLow ? text.answerLow : isMeasured ? '' : text.answerUnmeasured;
	return { ...look, title: text.answerReady, body };
}

/** One sentence, one button. */
function nextStep(answer: PoolAnswer): TemplateResult | typeof nothing {
	switch (answer.kind) {
		case 'off':
			return html`<vscode-button @click=${raise({ name: 'pool/change', params: { enabled: true } })}
				>${text.turnOn}</vscode-button
			>`;
		case 'sign_in':
			return html`<vscode-button @click=${raise({ name: 'account/add' })}>${text.signIn}</vscode-button>`;
		case 'single_gone':
			return html`<vscode-button @click=${leadTo({ tab: 'accounts', showsRouting: true })}
				>${text.chooseStrategy}</vscode-button
			>`;
		case 'blocked':
		case 'none_selected':
			return html`<vscode-button @click=${leadTo({ tab: 'accounts' })}>${text.showAccounts}</vscode-button>`;
		case 'ready':
		case 'resting':
			return nothing;
		default:
			return answer satisfies never;
	}
}
