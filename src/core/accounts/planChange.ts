/** Plans that nobody pays for. */
const freePlans: ReadonlySet<string> = new Set(['free', 'free_workspace', 'guest']);

/**
 * Whether one word of the provider is not enough for this change of plan. Replies have named a free plan where a paid
 * one was meant (codex-lb §3); a better plan is believed at once.
 */
export function isDoubtful(known: string | null, told: string): boolean {
	return known !== null && !freePlans.has(known) && freePlans.has(told);
}
