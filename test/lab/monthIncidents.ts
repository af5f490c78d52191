import type { SimulatedAccount } from '../support/upstream/accounts.js';
import { scriptOf } from './faultScripts.js';
import type { AccountEvent, MonthIncident } from './monthPlan.js';
import type { MonthAccount, MonthRun } from './monthRun.js';

const minuteMs = 60_000;
const endless = 1_000_000;

/** Makes happen what the plan says: at the provider, to the machine, or by the user's hand. */
export async function befallMonth(run: MonthRun, incident: MonthIncident): Promise<void> {
	const { upstream, clock, machine, pool } = run;
	switch (incident.kind) {
		case 'early_reset':
			run.accountAt(incident.account).simulated.usage.window(incident.minutes).begin();
			return;
		case 'fault':
			upstream.script(...scriptOf(incident.fault, undefined, incident.times));
			return;
		case 'outage':
			upstream.script({ kind: 'reply', status: 503, body: { error: { type: 'server_error' } } }, { times: endless });
			endIn(run, incident.minutes, () => upstream.clearFaults());
			return;
		case 'slow_polls':
			upstream.script({ kind: 'slow', wait: 4_000 }, { path: '/wham/usage', times: endless });
			clock.after(incident.minutes * minuteMs, () => upstream.clearFaults());
			return;
		case 'offline':
			upstream.isOffline = true;
			endIn(run, incident.minutes, () => (upstream.isOffline = false));
			return;
		case 'wrong_clock':
			machine.errorMs = incident.aheadHours * 60 * minuteMs;
			endIn(run, incident.minutes, () => (machine.errorMs = 0));
			return;
		case 'sleep':
			await run.quiet();
			clock.oversleep(incident.minutes * minuteMs);
			run.disturb();
			return;
		case 'restart':
			await run.reopen();
			return;
		case 'crash':
			await run.crash();
			return;
		case 'plan':
		case 'credits':
		case 'spend':
			befallQuota(run.accountAt(incident.account).simulated, incident);
			run.disturb(run.accountAt(incident.account));
			return;
		case 'remove': {
			const account = run.accountAt(incident.account);
			const { id } = account;
			// What is under way would be counted after it.
			await run.quiet();
			await pool.control.accounts.remove(id, { forgetUsage: incident.forgetUsage });
			account.isIn = false;
			if (incident.forgetUsage) run.books.forget(id);
			return;
		}
		case 'pause':
		case 'resume':
		case 'deselect':
		case 'select':
		case 'reserve':
		case 'expire_access':
		case 'end_sign_in':
		case 'sign_in':
		case 'deactivate':
		case 'redeem_reset':
			await befallAccount(run, incident.kind, run.accountAt(incident.account));
			run.disturb(run.accountAt(incident.account));
			return;
		default:
			incident satisfies never;
	}
}

function endIn(run: MonthRun, minutes: number, end: () => void): void {
	run.clock.after(minutes * minuteMs, end);
	run.disturb(undefined, minutes * minuteMs);
}

type QuotaIncident = Extract<MonthIncident, { kind: 'plan' | 'credits' | 'spend' }>;

function befallQuota(simulated: SimulatedAccount, incident: QuotaIncident): void {
	const { usage } = simulated;
	switch (incident.kind) {
		case 'plan':
			simulated.plan = incident.plan;
			usage.replaceWindows(incident.windows);
			return;
		case 'credits':
			usage.credits = { hasCredits: Number(incident.balance) > 0, unlimited: false, balance: incident.balance };
			return;
		case 'spend':
			usage.spendControl = { limit: '100.00', used: incident.used, reached: incident.reached };
			return;
		default:
			incident satisfies never;
	}
}

async function befallAccount(run: MonthRun, kind: AccountEvent, account: MonthAccount): Promise<void> {
	const { id, simulated } = account;
	const { control } = run.pool;
	switch (kind) {
		case 'pause':
		case 'resume':
			control.accounts.change(id, { paused: kind === 'pause' });
			return;
		case 'deselect':
		case 'select':
			control.accounts.change(id, { selected: kind === 'select' });
			return;
		case 'reserve':
			control.accounts.change(id, { reservePercent: 15 });
			return;
		case 'expire_access':
			simulated.expireAccess();
			return;
		case 'end_sign_in':
			simulated.breakRefresh('refresh_token_invalidated');
			simulated.expireAccess();
			return;
		case 'deactivate':
			simulated.standing = 'workspace_deactivated';
			return;
		case 'sign_in':
			simulated.standing = 'active';
			run.upstream.signInAnew(simulated);
			account.isIn = true;
			await control.accounts.import([JSON.stringify(simulated.authFile())]);
			return;
		case 'redeem_reset':
			simulated.usage.resetCredits.confirm();
			await run.clock.runUntilOver(control.accounts.redeemReset(id), 10 * minuteMs);
			return;
		default:
			kind satisfies never;
	}
}
