import { html, nothing, type TemplateResult } from 'lit';
import { sentences } from '../joined.js';
import { text } from '../text.js';
import type { WindowReading } from '../windowReading.js';
import { icon } from './icon.js';
import { size } from './size.js';

/** One usage window of an account, as a meter with its figures, and when it is used up at this pace. */
export function windowBar(reading: WindowReading, account: string, pace: string | null): TemplateResult {
	const percent = reading.usedPercent;
	return html`<div class="window ${reading.risk}">
		<div class="line">
			<span title=${reading.name}>${reading.name}</span>
			<span class="dim origin" title=${reading.originExact}>${reading.origin}</span>
		</div>
		<div
			class="bar"
			role="meter"
			aria-label=${text.windowLabel(reading.name, account)}
			aria-valuemin="0"
			aria-valuemax="100"
			aria-valuenow=${percent ?? 0}
			aria-valuetext=${sentences(reading.used, reading.resets)}
		>
			<span class="fill" ${size(percent ?? 0)}></span>
		</div>
		<div class="line">
			<span class="used">
				${reading.risk === 'calm' ? nothing : html`<span class="risk" title=${text.risk[reading.risk]}>${icon('warning')}</span>`}
				${reading.used}
			</span>
			<span class="resets" title=${reading.resetsExact}>${reading.resets}</span>
		</div>
		${pace === null ? nothing : html`<p class="dim pace">${pace}</p>`}
	</div>`;
}
