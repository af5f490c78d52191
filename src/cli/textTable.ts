export interface Column {
	readonly title: string;
	readonly align?: 'left' | 'right';
}

export interface TableOptions {
	/** Dresses the finished title line, for example in bold. */
	readonly styleTitle?: (line: string) => string;
}

const gap = '  ';

/** Aligned columns under upper-case titles. Cells hold text of strangers (names, e-mails): control characters are dropped. */
export function textTable(
	columns: readonly Column[],
	rows: readonly (readonly string[])[],
	options: TableOptions = {},
): string {
	const cells = rows.map(row => columns.map((_, index) => plainText(row[index] ?? '')));
	const titles = columns.map(column => plainText(column.title).toUpperCase());
	const widths = titles.map((title, index) =>
		Math.max(displayWidth(title), ...cells.map(row => displayWidth(row[index] ?? ''))),
	);
	const line = (row: readonly string[]): string =>
		row
			.map((cell, index) => {
				const padding = ' '.repeat((widths[index] ?? 0) - displayWidth(cell));
				return columns[index]?.align === 'right' ? padding + cell : cell + padding;
			})
			.join(gap)
			.trimEnd();
	const { styleTitle = (text: string) => text } = options;
	return [styleTitle(line(titles)), ...cells.map(line)].join('\n');
}

/** Text that cannot steer a terminal. */
export function plainText(text: string): string {
	return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();
}

/** Columns of a terminal that `text` takes: East Asian and emoji characters take two. */
function displayWidth(text: string): number {
	let width = 0;
	for (const { segment } of new Intl.Segmenter().segment(text)) {
		width +=
			/\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u.test(
				segment,
			)
				? 2
				: 1;
	}
	return width;
}
