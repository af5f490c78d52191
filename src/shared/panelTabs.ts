/** The parts of the panel, in the order of their tabs. */
export const panelTabs = ['overview', 'accounts', 'requests', 'sessions', 'models', 'keys', 'connect'] as const;
export type PanelTab = (typeof panelTabs)[number];

export function isPanelTab(value: unknown): value is PanelTab {
	return panelTabs.some(tab => tab === value);
}
