import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { PanelActionEvent, ViewChoiceEvent, type PanelAction } from '../panelAction.js';
import type { Figure } from '../figures.js';
import type { Status } from '../accountStatus.js';
import { formatAgo, formatExact } from '../durations.js';
import type { ViewChoices } from '../viewChoices.js';
import { icon, type IconName } from './icon.js';

/** Small pieces every section is made of. */

/** A number with its unit dimmed. */
export function figure({ value, unit }: Figure): TemplateResult {
	return html`<span class="figure"
		>${value}${unit === '' ? nothing : html`<span class="unit">&nbsp;${unit}</span>`}</span
	>`;
}

/** A relative time with the exact one in its title. */
export function ago(moment: number, now: number): TemplateResult {
	return html`<time dir="auto" datetime=${new Date(moment).toISOString()} title=${formatExact(moment)}
		>${formatAgo(moment, now)}</time
	>`;
}

/** Icon and word; never colour alone. */
export function status({ icon: name, word, tone, title }: Status): TemplateResult {
	return html`<span class="status ${tone}" title=${title}>${icon(name)}<span>${word}</span></span>`;
}

interface IconButton {
	readonly icon: IconName;
	readonly label: string;
	readonly isBusy?: boolean;
	/** Only where the button switches something on and off. */
	readonly isPressed?: boolean;
	readonly press: (event: Event) => void;
}

/** A button without words: its label is its name and its tooltip. Busy, it keeps the focus and ignores presses. */
export function iconButton({ icon: name, label, isBusy = false, isPressed, press }: IconButton): TemplateResult {
	return html`<button
		type="button"
		class="icon-button"
		title=${label}
		aria-label=${label}
		aria-disabled=${isBusy ? 'true' : nothing}
		aria-pressed=${isPressed === undefined ? nothing : String(isPressed)}
		@click=${press}
	>
		${icon(name, isBusy ? 'busy' : '')}
	</button>`;
}

interface SwitchControl {
	readonly isOn: boolean;
	readonly label: string;
	/** Shown beside the track; without words the label is only its name and tooltip. */
	readonly words?: { readonly on: string; readonly off: string };
	readonly toggle: (event: Event) => void;
}

/** Shows the pool's truth and not the last press: it moves when the next snapshot says so. */
export function switchControl({ isOn, label, words, toggle }: SwitchControl): TemplateResult {
	return html`<button
		type="button"
		class="switch"
		role="switch"
		aria-checked=${isOn ? 'true' : 'false'}
		aria-label=${label}
		title=${label}
		@click=${toggle}
	>
		${words ? html`<span>${label}</span>` : nothing}
		<span class="track"><span class="thumb"></span></span>
		${words ? html`<span class="dim" aria-hidden="true">${isOn ? words.on : words.off}</span>` : nothing}
	</button>`;
}

interface SelectControl<T extends string> {
	readonly label: string;
	readonly value: T;
	readonly options: Readonly<Record<T, string>>;
	/** `element`: where the choice was made; an action can be raised from it. */
	readonly choose: (value: T, element: HTMLElement) => void;
}

export function selectControl<T extends string>({ label, value, options, choose }: SelectControl<T>): TemplateResult {
	const names = Object.keys(options) as T[]; // The record's keys are exactly T.
	const change = (event: Event) => {
		const { target } = event;
		if (!(target instanceof HTMLSelectElement)) return;
		const name = names.find(candidate => candidate === target.value);
		if (name !== undefined) choose(name, target);
	};
	return html`<span class="select">
		<select aria-label=${label} title=${label} .value=${live(value)} @change=${change}>
			${names.map(name => html`<option dir="auto" value=${name} ?selected=${name === value}>${options[name]}</option>`)}
		</select>
		${icon('chevron-down')}
	</span>`;
}

/** Changes the view from where the user pressed. */
export function leadTo(choices: Partial<ViewChoices>): (event: Event) => void {
	return event => event.currentTarget?.dispatchEvent(new ViewChoiceEvent(choices));
}

/** Raises an action from where the user pressed. */
export function raise(action: PanelAction): (event: Event) => void {
	return event => event.currentTarget?.dispatchEvent(new PanelActionEvent(action));
}
