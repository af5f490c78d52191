import { unsafeCSS, type CSSResult } from 'lit';
import controlText from './controls.css';
import documentText from './document.css';

/** For the page itself: the palette every component draws from. */
export const documentSheet = new CSSStyleSheet();
documentSheet.replaceSync(documentText);

/** Shared by all components: type, icons, buttons, selects, figures, focus. */
export const controls: CSSResult = unsafeCSS(controlText);

/** The text of one of our own style sheets. */
export function sheet(text: string): CSSResult {
	return unsafeCSS(text);
}
