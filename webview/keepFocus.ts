/**
 * The editor's own dialogs take the focus from the page, and give it back to the page alone. So it returns to what had
 * it last; when that is gone, to the innermost part around it that takes the focus in its place.
 */
export function keepFocus(page: Window): void {
	let last: readonly EventTarget[] = [];
	// A step from one element of the page to the next is not told outside of their shadow root; leaving the page is.
	page.addEventListener('focusout', event => {
		if (event.relatedTarget === null) last = event.composedPath();
	});
	page.addEventListener('focus', () => {
		for (const element of last) {
			if (page.document.activeElement !== page.document.body) return;
			if (element instanceof HTMLElement && element.isConnected) element.focus();
		}
	});
}
