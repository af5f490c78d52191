import { html, nothing, type TemplateResult } from 'lit';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { ExplainedRequest } from '../../src/shared/requestApi.js';
import { choiceStories, type Candidate, type ChoiceStory } from '../choiceStory.js';
import type { Loaded } from '../loaded.js';
import { text } from '../text.js';
import { notRead } from './absent.js';
import { icon } from './icon.js';
import { size } from './size.js';

type Explanation = Loaded<ExplainedRequest>;

/** More would bury the answer; the others are one press away. */
const shownAtFirst = 6;

/** Every choice that was made for a request: who could have served it, and why the others could not. */
export function requestChoices(explanation: Explanation | undefined, accounts: readonly AccountView[]): TemplateResult {
	return html`<h4>
			${text.choices} ${explanation?.kind === 'ready' ? html`<span class="meaning">${text.suits}</span>` : nothing}
		</h4>
		${answer(explanation ?? { kind: 'loading' }, accounts)}`;
}

function answer(explanation: Explanation, accounts: readonly AccountView[]): TemplateResult {
	switch (explanation.kind) {
		case 'loading':
			return html`<div class="choices-loading" aria-busy="true" role="status" aria-label=${text.explaining}>
				<span></span><span></span>
			</div>`;
		case 'failed':
			return notRead(text.notExplained(explanation.problem), 'explanation');
		case 'ready': {
			const stories = choiceStories(explanation.value.choices, accounts);
			if (stories.length === 0) return html`<p class="dim">${text.noChoices}</p>`;
			return html`<ol class="choices">
				${stories.map(choice)}
			</ol>`;
		}
		default:
			return explanation satisfies never;
	}
}

function choice({ title, because, waited, candidates }: ChoiceStory): TemplateResult {
	const beyond = candidates.slice(shownAtFirst);
	return html`<li>
		<p>
			${waited === null ? nothing : html`<span class="dim" title=${text.waitedTitle}>${waited}</span>`}
			<strong>${title}</strong> ${because}
		</p>
		<ul class="candidates">
			${candidates.slice(0, shownAtFirst).map(candidate)}
		</ul>
		${
			beyond.length === 0
				? nothing
				: html`<details>
						<summary>${text.moreCandidates(beyond.length)}</summary>
						<ul class="candidates">
							${beyond.map(candidate)}
						</ul>
					</details>`
		}
	</li>`;
}

function candidate({ account, isChosen, out, suitsPercent, score }: Candidate): TemplateResult {
	return html`<li class=${isChosen ? 'chosen' : ''}>
		${isChosen ? icon('pass', 'good') : icon(out === null ? 'circle-outline' : 'circle-slash', 'quiet')}
		<span class="who" dir="auto">${account}</span>
		${
			suitsPercent === null
				? html`<span class="dim out">${out}</span>`
				: html`<span class="span" role="img" aria-label=${score} title=${score}
						><span ${size(suitsPercent)}></span
					></span>`
		}
	</li>`;
}
