import { Page } from '#kernel';
import { PANEL_TYPES } from '../dashboard-content';
import type { PanelTypeView } from '../dto/panel.dto';
import { PANEL_TYPE_DEFINITIONS } from './panel-types';

/** The panel types there are, as callers see them. */
export function listPanelTypes(): Page<PanelTypeView> {
  const all = PANEL_TYPES.map((name) => {
    const { type, title, description, options, example } = PANEL_TYPE_DEFINITIONS[name];
    return { type, title, description, options, example };
  });
  return new Page(all, { page: 1, limit: all.length, total: all.length });
}
