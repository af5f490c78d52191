/** One line of the report. */
export interface Figure {
	readonly row: string;
	readonly name: string;
	readonly value: number;
	readonly unit: string;
	/** The bound that is to be kept; none for what is only shown. */
	readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
	/** The same figure for others, or what it was made of. */
	readonly beside?: Readonly<Record<string, number>>;
}

export type Verdict = 'met' | 'missed' | 'unknown' | '';

export function verdictOf({ value, goal }: Figure): Verdict {
	if (goal === undefined) return '';
	if (!Number.isFinite(value)) return 'unknown';
	return ('atMost' in goal ? value <= goal.atMost : value >= goal.atLeast) ? 'met' : 'missed';
}

export function figureTable(figures: readonly Figure[]): string {
	const header = ['row', 'figure', 'pool', 'goal', 'verdict', 'beside'];
	const rows = figures.map(figure => [
		figure.row,
		figure.name,
		`${plainNumber(figure.value)} ${figure.unit}`.trim(),
		goalText(figure),
		verdictOf(figure),
		Object.entries(figure.beside ?? {})
			.map(([name, value]) => `${name} ${plainNumber(value)}`)
			.join(' · '),
	]);
	const widths = header.map((name, column) => Math.max(name.length, ...rows.map(row => row[column]?.length ?? 0)));
	return [header, widths.map(width => '-'.repeat(width)), ...rows]
		.map(row =>
			row
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}

/** Three significant digits, and no more than three behind the point. */
export function plainNumber(value: number): string {
	if (!Number.isFinite(value)) return '–';
	const size = Math.abs(value);
	const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
	return String(Number(value.toFixed(digits)));
}

function goalText({ goal }: Figure): string {
	if (goal === undefined) return '';
	return 'atMost' in goal ? `≤ ${plainNumber(goal.atMost)}` : `≥ ${plainNumber(goal.atLeast)}`;
}
