/** As the panel writes it, unbroken: `62 %`. */
export function percentText(value: number): string {
	return `${value}\u00a0%`;
}
