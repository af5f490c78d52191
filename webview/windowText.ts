import * as l10n from '@vscode/l10n';
import { percentText } from './percentText.js';

/** What the panel says about usage windows, spans and moments. */
export const windowText = {
	// Spans and moments
	underAMinute: l10n.t('under a minute'),
	justNow: l10n.t('just now'),
	ago: (span: string) => l10n.t('{0} ago', span),
	spans: {
		days: (count: number) => l10n.t({ message: '{0} d', args: [count], comment: ['days, short'] }),
		hours: (count: number) => l10n.t({ message: '{0} h', args: [count], comment: ['hours, short'] }),
		minutes: (count: number) => l10n.t({ message: '{0} m', args: [count], comment: ['minutes, short'] }),
	},
	namedWindows: { 1_440: l10n.t('Daily'), 10_080: l10n.t('Weekly'), 43_200: l10n.t('Monthly') } as Readonly<
		Record<number, string>
	>,
	dayWindow: (days: number) => l10n.t('{0}-day', days),
	hourWindow: (hours: number) => l10n.t('{0}-hour', hours),
	minuteWindow: (minutes: number) => l10n.t('{0}-minute', minutes),
	modelWindow: (name: string, limit: string) =>
		l10n.t({ message: '{0}, {1}', args: [name, limit], comment: ['a window and its model'] }),

	// One window
	used: (percent: number) => l10n.t('{0} used', percentText(percent)),
	notMeasuredSinceReset: l10n.t('Not measured since its reset'),
	noWindows: l10n.t('No usage reported yet'),
	resetsIn: (span: string) => l10n.t('Resets in {0}', span),
	resetAt: (moment: string) => l10n.t('Reset {0}', moment),
	resetUnknown: l10n.t('Reset unknown'),
	usedUpAt: (moment: string, isSure: boolean) =>
		isSure ? l10n.t('At this pace used up at {0}', moment) : l10n.t('At this pace used up about {0}', moment),
	resetAtMoment: (moment: string) => l10n.t('Resets {0}', moment),
	origin: {
		header: (ago: string) => l10n.t('from a reply, {0}', ago),
		event: (ago: string) => l10n.t('from a stream, {0}', ago),
		poll: (ago: string) => l10n.t('checked {0}', ago),
	},
	originShort: {
		header: (ago: string) => l10n.t('reply {0}', ago),
		event: (ago: string) => l10n.t('stream {0}', ago),
		poll: (ago: string) => l10n.t('check {0}', ago),
	},
	risk: { calm: '', close: l10n.t('Almost used up'), spent: l10n.t('Used up') },
	windowLabel: (name: string, account: string) => l10n.t('{0} window of {1}', name, account),
};
