import { html, LitElement, type TemplateResult } from 'lit';
import { controls, sheet } from '../styles/sheets.js';
import welcomeText from '../styles/welcome.css';
import { text } from '../text.js';
import { raise } from './parts.js';

/** Shown until the first account is there: what this is, and the one next step. */
class Welcome extends LitElement {
	static override readonly styles = [controls, sheet(welcomeText)];

	protected override render(): TemplateResult {
		const [first, ...later] = text.welcomeSteps;
		return html`<section>
			<h2>${text.welcomeTitle}</h2>
			<p class="lead">${text.welcomeBody}</p>
			<ol>
				<li class="next">
					<h3>${first?.title}</h3>
					<p>${first?.body}</p>
					<div class="actions">
						<vscode-button @click=${raise({ name: 'account/add' })}> ${text.addAccount} </vscode-button>
						<button type="button" class="link" @click=${raise({ name: 'account/import' })}>
							${text.welcomeImport}
						</button>
					</div>
					<p class="drop">${text.welcomeDrop}</p>
				</li>
				${later.map(
					step =>
						html`<li>
							<h3>${step.title}</h3>
							<p>${step.body}</p>
						</li>`,
				)}
			</ol>
		</section>`;
	}
}

customElements.define('pool-welcome', Welcome);
