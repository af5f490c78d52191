import type uPlot from 'uplot';

/** A chart that is drawn anew when the theme changes and follows the width of its place. */
export interface WatchedPlot {
	readonly element: HTMLElement;
	/** Draws it again, with other data. */
	redraw(): void;
	dispose(): void;
}

const leastWidth = 120;

export function watchPlot(element: HTMLElement, draw: (width: number) => uPlot): WatchedPlot {
	const width = () => Math.max(leastWidth, Math.floor(element.clientWidth));
	let plot = draw(width());
	const redraw = () => {
		plot.destroy();
		plot = draw(width());
	};
	// The editor changes the theme by rewriting the page's classes and variables; a canvas does not notice by itself.
	const themes = new MutationObserver(redraw);
	themes.observe(document.documentElement, { attributeFilter: ['style', 'class'] });
	themes.observe(document.body, { attributeFilter: ['class'] });
	const sizes = new ResizeObserver(() => {
		if (element.clientWidth > 0 && width() !== plot.width) plot.setSize({ width: width(), height: plot.height });
	});
	sizes.observe(element);
	return {
		element,
		redraw,
		dispose: () => {
			themes.disconnect();
			sizes.disconnect();
			plot.destroy();
		},
	};
}
