import { sessionIdOf } from '../../src/core/routing/sessionTable.js';
import { scriptOf } from './faultScripts.js';
import { accountEvents, type AccountEvent, type Incident } from './history.js';
import type { LabAccount, LabRun } from './labRun.js';

/** Makes happen what the history says, at the provider or by the user's hand. */
export async function befall(run: LabRun, incident: Incident): Promise<void> {
	run.tell(JSON.stringify(incident));
	if (isAccountEvent(incident)) {
		await befallAccount(run, incident.kind, run.accountAt(incident.account));
		return;
	}
	switch (incident.kind) {
		case 'fault': {
			const account = incident.account === undefined ? undefined : run.accountAt(incident.account).simulated;
			run.upstream.script(...scriptOf(incident.fault, account, incident.times));
			return;
		}
		case 'spend':
			run.accountAt(incident.account).simulated.spend(incident.window, 100);
			return;
		case 'offline':
			run.upstream.isOffline = true;
			run.clock.after(incident.ms, () => (run.upstream.isOffline = false));
			return;
		case 'pass':
			await run.clock.pass(incident.ms);
			return;
		case 'move_session':
		case 'forget_session':
			decideSession(run, incident);
			return;
		case 'route':
			run.pool.control.changePool({ routing: incident.routing });
			return;
		case 'restart':
			await run.quiet();
			run.openPool();
			return;
		default:
			incident satisfies never;
	}
}

type Befalling = Incident & { readonly kind: AccountEvent };

function isAccountEvent(incident: Incident): incident is Befalling {
	return accountEvents.some(kind => kind === incident.kind);
}

function decideSession(run: LabRun, incident: Incident & { kind: 'move_session' | 'forget_session' }): void {
	const session = run.sessionAt(incident.session);
	const id = sessionIdOf(session.key);
	if (run.pool.sessions.owner(id) === undefined) return;
	if (incident.kind === 'forget_session') {
		run.pool.control.forgetSession(id);
	} else {
		const { ledger } = run.accountAt(incident.account);
		if (!ledger.isIn) return;
		run.pool.control.moveSession(id, ledger.id);
	}
	session.decidedAt = run.clock.now();
}

async function befallAccount(run: LabRun, event: AccountEvent, { ledger, simulated }: LabAccount): Promise<void> {
	const { control } = run.pool;
	switch (event) {
		case 'expire_access':
			simulated.expireAccess();
			return;
		case 'revoke_access':
			simulated.revokeAccess();
			return;
		case 'rotate_elsewhere':
			simulated.rotateElsewhere();
			return;
		case 'break_refresh':
			simulated.breakRefresh('refresh_token_invalidated');
			return;
		case 'deactivate_workspace':
			simulated.standing = 'workspace_deactivated';
			return;
		case 'deactivate_user':
			simulated.standing = 'user_deactivated';
			return;
		case 'reactivate':
			simulated.standing = 'active';
			return;
		case 'pause':
		case 'resume':
			if (!ledger.isIn) return;
			ledger.decide(
				{ isPaused: control.accounts.change(ledger.id, { paused: event === 'pause' }).state === 'paused' },
				run.clock.now(),
			);
			return;
		case 'deselect':
		case 'select':
			if (!ledger.isIn) return;
			control.accounts.change(ledger.id, { selected: event === 'select' });
			ledger.decide({ isSelected: event === 'select' }, run.clock.now());
			return;
		case 'remove':
			if (!ledger.isIn) return;
			ledger.decide({ isIn: false, isPaused: false, isSelected: true }, run.clock.now());
			await control.accounts.remove(ledger.id);
			return;
		case 'add': {
			simulated.standing = 'active';
			run.upstream.signInAnew(simulated);
			const isNew = !ledger.isIn;
			const [added] = await control.accounts.import([JSON.stringify(simulated.authFile())]);
			if (isNew) control.accounts.change(ledger.id, { reservePercent: ledger.reservePercent });
			ledger.signIn(run.clock.now());
			// A pause ends when the account needed this sign-in.
			ledger.decide({ isPaused: added?.state === 'paused' }, run.clock.now());
			return;
		}
		default:
			event satisfies never;
	}
}
