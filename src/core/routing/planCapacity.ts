/** Plans whose windows hold more than Plus's, as multiples of it (codex-lb's table of weekly credits). */
const capacities: ReadonlyMap<string, number> = new Map([
	['guest', 0.15],
	['free', 0.15],
	['free_workspace', 0.15],
	['go', 0.15],
	['prolite', 5],
	['self_serve_business_prolite', 5],
	['pro', 6.7],
	['promax', 6.7],
	['enterprise', 6.7],
]);

/** How much work an account's windows hold beside a Plus account's; 1 for a plan nobody has measured. */
export function planCapacity(plan: string | null): number {
	return capacities.get(plan ?? '') ?? 1;
}
