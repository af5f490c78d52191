import { unsafeCSS, type CSSResult } from 'lit';
import baseText from './base.css';
import controlText from './controls.css';
import documentText from './document.css';
import stateText from './states.css';

/** For the page itself: the palette every component draws from. */
export const documentSheet = new CSSStyleSheet();
documentSheet.replaceSync(documentText);

/** Shared by all components: type, icons, buttons, selects, figures, focus, and what stands for absent content. */
export const controls: CSSResult = unsafeCSS(`${baseText}\n${controlText}\n${stateText}`);

/** The text of one of our own style sheets. */
export function sheet(text: string): CSSResult {
	return unsafeCSS(text);
}
