import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import type { Routing, Strategy } from '../../src/shared/routingApi.js';
import { explainStrategy, knownStrategies } from '../../src/shared/routingWords.js';
import { accountName } from '../accountStatus.js';
import { strategyTitle } from '../routingNames.js';
import { text } from '../text.js';
import './numberInput.js';
import { selectControl } from './parts.js';

type ChangeRouting = (change: Partial<Routing>) => void;

const mostInFlight = 1_000;
const longestHoldMinutes = 360;

/** How the pool spreads requests: its strategy with what each means, and two limits. */
export function routingSettings({ routing, accounts }: PoolState, change: ChangeRouting): TemplateResult {
	return html`<fieldset>
			<legend>${text.strategy}</legend>
			<p class="dim">${text.strategyHint}</p>
			<div class="options">
				${knownStrategies.map(strategy => option(strategy, routing, () => change(choiceOf(strategy, routing, accounts))))}
			</div>
			${routing.strategy === 'single_account' ? singleAccount(routing, accounts, change) : nothing}
		</fieldset>
		<fieldset>
			<legend>${text.limits}</legend>
			<div class="limits">
				<pool-number
					.label=${text.inFlightLimit}
					.hint=${text.inFlightHint}
					.value=${live(routing.inFlightLimit)}
					.max=${mostInFlight}
					.change=${(inFlightLimit: number) => change({ inFlightLimit })}
				></pool-number>
				<pool-number
					.label=${text.holdMinutes}
					.hint=${text.holdHint}
					.unit=${text.minutes}
					.value=${live(routing.holdMinutes)}
					.max=${longestHoldMinutes}
					.change=${(holdMinutes: number) => change({ holdMinutes })}
				></pool-number>
			</div>
		</fieldset>`;
}

function option(strategy: Strategy, { strategy: current }: Routing, choose: () => void): TemplateResult {
	return html`<div class="option">
		<input
			type="radio"
			name="strategy"
			id=${`strategy-${strategy}`}
			aria-describedby=${`meaning-${strategy}`}
			.checked=${live(strategy === current)}
			@change=${choose}
		/>
		<label for=${`strategy-${strategy}`}>${strategyTitle(strategy)}</label>
		<span class="dim" id=${`meaning-${strategy}`}>${explainStrategy(strategy)}</span>
	</div>`;
}

/** The single account is one that exists: without it, every request would fail. */
function choiceOf(
	strategy: Strategy,
	{ singleAccountId }: Routing,
	accounts: readonly AccountView[],
): Partial<Routing> {
	if (strategy !== 'single_account' || accounts.some(({ id }) => id === singleAccountId)) return { strategy };
	const first = accounts.find(({ selected, state }) => selected && state === 'active') ?? accounts[0];
	return { strategy, ...(first && { singleAccountId: first.id }) };
}

function singleAccount(
	{ singleAccountId }: Routing,
	accounts: readonly AccountView[],
	change: ChangeRouting,
): TemplateResult {
	const options = Object.fromEntries(accounts.map(account => [account.id, accountName(account)]));
	const isKnown = singleAccountId !== null && Object.hasOwn(options, singleAccountId);
	return html`<div class="single">
		<span aria-hidden="true">${text.singleAccount}</span>
		${selectControl({
			label: text.singleAccount,
			value: isKnown ? singleAccountId : '',
			options: isKnown ? options : { '': text.removedAccount, ...options },
			choose: id => {
				if (id !== '') change({ singleAccountId: id });
			},
		})}
	</div>`;
}
