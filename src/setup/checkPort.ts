import * as l10n from '@vscode/l10n';
import type { PortHolder } from '../client/probePort.js';
import type { Owner } from '../shared/poolApi.js';
import type { Check } from './check.js';

export interface PortFacts {
	readonly port: number;
	/** Who was found on it. */
	readonly holder: PortHolder;
	/** Of the pool that let us in; null when none did. */
	readonly owner: Owner | null;
	/** Why none did, as a sentence. */
	readonly problem: string | null;
	/** Of the program that asks. */
	readonly version: string;
}

/** Whether our pool holds the port, and speaks as we do. */
export function checkPort({ port, holder, owner, problem, version }: PortFacts): Check {
	const name = l10n.t('Pool');
	if (owner !== null) {
		return owner.version === version
			? { name, state: 'ok', sentence: l10n.t('The pool runs on port {0}, version {1}.', port, version) }
			: {
					name,
					state: 'warning',
					sentence: l10n.t(
						'The pool on port {0} is of version {1}, this is version {2}. Restart what runs the older one.',
						port,
						owner.version,
						version,
					),
				};
	}
	switch (holder) {
		case 'free': {
			const sentence = problem ?? l10n.t('No pool runs on port {0}: no client gets an answer.', port);
			return { name, state: 'problem', sentence, remedy: { action: 'startPool' } };
		}
		case 'foreign': {
			const sentence = l10n.t(
				'Port {0} is used by another program. Choose another port, or stop that program.',
				String(port),
			);
			return { name, state: 'problem', sentence, remedy: { action: 'choosePort' } };
		}
		case 'silent': {
			const sentence = l10n.t(
				'Port {0} is held by a pool that does not answer. Its window may be suspended: wake or close it.',
				String(port),
			);
			return { name, state: 'problem', sentence };
		}
		case 'pool':
		case 'stranger': {
			const sentence =
				problem ??
				l10n.t(
					'The pool on port {0} was started with another home folder. Set CODEX_POOL_HOME to its folder, or restart it.',
					port,
				);
			return { name, state: 'problem', sentence };
		}
		default:
			return holder satisfies never;
	}
}

/** A pool that is off answers, but serves nobody. */
export function checkSwitch(enabled: boolean): Check[] {
	if (enabled) return [];
	const sentence = l10n.t('The pool is turned off: it refuses every request.');
	return [{ name: l10n.t('Pool'), state: 'problem', sentence, remedy: { action: 'turnOn' } }];
}
