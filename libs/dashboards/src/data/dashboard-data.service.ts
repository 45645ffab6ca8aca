import { Injectable } from '@nestjs/common';
import { invalid, Page, type Member } from '#kernel';
import { SeriesService, type SeriesAnswer } from '#uns';
import { MOST_VALUES, type Panel, type Variable } from '../dashboard-content';
import { DashboardsRepository } from '../dashboards.repository';
import type { DashboardData, PanelData, SeriesView, VariableChoices } from '../dto/data.dto';
import { spanOf } from '../time-range';
import { fillIn } from '../variables';
import { DashboardViews } from '../views/dashboard-views';
import { widthText } from './bucket-width';
import type { DataQuery } from './data-query';
import { requestsOf, valueless, type PanelRequest } from './panel-requests';

/** What dashboards show. */
@Injectable()
export class DashboardDataService {
  constructor(
    private readonly dashboards: DashboardsRepository,
    private readonly series: SeriesService,
    private readonly views: DashboardViews,
  ) {}

  /**
   * The series of all panels, read together, for somebody who looks at it. What is wrong with a topic, or missing for a panel, is told there.
   * @throws DomainError `not_found`; `bad_request` for times that are none and variables that are not defined; `unavailable`.
   */
  async data(member: Member, id: string, { from, to, values: given }: DataQuery): Promise<DashboardData> {
    const { organizationId, userId } = member;
    const { timeRange, variables, panels } = await this.dashboards.get(organizationId, id);
    await this.views.note(organizationId, id, userId);
    const span = spanOf({ from: from ?? timeRange.from, to: to ?? timeRange.to }, Date.now());
    const values = await this.valuesOf(member, variables, given);
    const asking = panels.filter(({ queries }) => queries.length > 0);
    const requests = asking.map((panel) => requestsOf(panel, span, values));
    const answers = await this.series.series(
      member,
      requests.flat().map(({ request }) => request),
    );
    return {
      from: new Date(span.from).toISOString(),
      to: new Date(span.to).toISOString(),
      variables: Object.fromEntries(values),
      panels: asking.map((panel, index) =>
        panelData(panel, requests[index]!, answers.splice(0, requests[index]!.length), values),
      ),
    };
  }

  /** What there is to choose for each variable, all on one page. @throws DomainError `not_found` */
  async choices(member: Member, id: string): Promise<Page<VariableChoices>> {
    const { variables } = await this.dashboards.get(member.organizationId, id);
    const found = await this.levels(member, variables, MOST_VALUES);
    const all = variables.map(({ name, label, values, default: usual }) => {
      const offered = values ?? found.get(name)!;
      return { name, label, value: usual ?? offered[0] ?? null, values: offered };
    });
    return new Page(all, { page: 1, limit: all.length, total: all.length });
  }

  /** The value that each variable has for this call; those without any are left out. */
  private async valuesOf(
    member: Member,
    variables: readonly Variable[],
    given: ReadonlyMap<string, string>,
  ): Promise<Map<string, string>> {
    const stranger = [...given.keys()].find((name) => !variables.some((variable) => variable.name === name));
    if (stranger !== undefined) {
      const name = stranger.slice(0, 100);
      throw invalid({ field: `var-${name}`, message: `Variable ${name} is not defined` });
    }
    const chosen = ({ name, default: usual, values }: Variable) => given.get(name) ?? usual ?? values?.[0];
    const open = variables.filter((variable) => chosen(variable) === undefined);
    const found = await this.levels(member, open, 1);
    return new Map(
      variables.flatMap((variable): [string, string][] => {
        const value = chosen(variable) ?? found.get(variable.name)?.[0];
        return value === undefined ? [] : [[variable.name, value]];
      }),
    );
  }

  /** For each variable that has topics, what they have in its place. */
  private async levels(member: Member, variables: readonly Variable[], limit: number): Promise<Map<string, string[]>> {
    const open = variables.filter(({ topics }) => topics !== null);
    const filters = open.map(({ topics }) => topics!);
    const found = await this.series.levels(member, filters, limit);
    return new Map(open.map(({ name }, index) => [name, found[index]!]));
  }
}

function panelData(
  panel: Panel,
  requests: readonly PanelRequest[],
  answers: readonly SeriesAnswer[],
  values: ReadonlyMap<string, string>,
): PanelData {
  const problem = problemOf(panel, requests, answers, values);
  return {
    id: panel.id,
    title: fillIn(panel.title, values),
    series: answers.flatMap((answer, index) => seriesOf(panel, requests[index]!, answer)),
    ...(problem !== undefined && { problem }),
  };
}

function seriesOf({ options }: Panel, { query, place, request }: PanelRequest, { series }: SeriesAnswer): SeriesView[] {
  const { field, aggregate } = query;
  const bucket = request.buckets ? widthText(request.buckets.milliseconds) : null;
  const unit = typeof options.unit === 'string' ? { unit: options.unit } : {};
  return series.map(({ topic, ...read }) => ({ query: place, topic, field, aggregate, bucket, ...unit, ...read }));
}

function problemOf(
  { queries }: Panel,
  requests: readonly PanelRequest[],
  answers: readonly SeriesAnswer[],
  values: ReadonlyMap<string, string>,
): string | undefined {
  const [missing] = queries.flatMap(({ topic }) => valueless(topic, values));
  if (missing !== undefined) return `Variable ${missing} has no value`;
  const crowded = answers.findIndex(({ more }) => more);
  return crowded < 0 ? undefined : `${requests[crowded]!.request.topic} selects more topics than are shown`;
}
