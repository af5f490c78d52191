import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';

/** All there is, or only some of it; what was chosen is kept while all is. */
export interface Selection {
	readonly isAll: boolean;
	readonly chosen: ReadonlySet<string>;
}

export interface Choosable {
	readonly value: string;
	readonly label: TemplateResult | string;
	readonly note: string;
}

interface SomeOrAll {
	/** Of the boxes; the two ways are called `all-` and this. */
	readonly name: string;
	readonly legend: string;
	readonly words: { readonly all: string; readonly some: string };
	readonly selection: Selection;
	readonly choosable: readonly Choosable[];
	readonly describedBy: string | typeof nothing;
	readonly problem: TemplateResult | typeof nothing;
	readonly change: (selection: Selection) => void;
}

/** Null stands for all. */
export function selectionOf(values: readonly string[] | null): Selection {
	return { isAll: values === null, chosen: new Set(values) };
}

export function valuesOf({ isAll, chosen }: Selection): string[] | null {
	return isAll ? null : [...chosen];
}

/** A choice between all there is, later additions too, and boxes to check. */
export function someOrAll(field: SomeOrAll): TemplateResult {
	const { name, legend, words, selection, choosable, describedBy, problem, change } = field;
	const way = (isAll: boolean): TemplateResult =>
		html`<label class="choice">
			<input
				type="radio"
				name=${`all-${name}`}
				.checked=${live(selection.isAll === isAll)}
				@change=${() => change({ ...selection, isAll })}
			/>
			<span>${isAll ? words.all : words.some}</span>
		</label>`;
	const box = ({ value, label, note }: Choosable): TemplateResult =>
		html`<label class="choice">
			<input
				type="checkbox"
				name=${name}
				value=${value}
				.checked=${live(selection.chosen.has(value))}
				@change=${() => change({ ...selection, chosen: toggled(selection.chosen, value) })}
			/>
			<span>${label} <span class="dim">${note}</span></span>
		</label>`;
	return html`<fieldset aria-describedby=${describedBy}>
		<legend>${legend}</legend>
		${way(true)} ${way(false)} ${selection.isAll ? nothing : html`<div class="names">${choosable.map(box)}</div>`}
		${problem}
	</fieldset>`;
}

function toggled(values: ReadonlySet<string>, value: string): ReadonlySet<string> {
	const changed = new Set(values);
	if (!changed.delete(value)) changed.add(value);
	return changed;
}
