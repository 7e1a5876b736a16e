/**
 * The file of --summary-export: k6's older shape of a summary, from the one that handleSummary() is given. Groups and checks are objects
 * by name, values of a metric stand beside each other, a rate is `value`, and a threshold is true where it FAILED.
 */

interface Group {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly groups: readonly Group[];
  readonly checks: readonly { readonly name: string }[];
}

interface Metric {
  readonly type: string;
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

/** `dataJson`: what handleSummary() is given. */
export function exportedSummary(dataJson: string): string {
  const { root_group: root, metrics }: { root_group: Group; metrics: Record<string, Metric> } =
    JSON.parse(dataJson);
  const content = {
    root_group: groupByName(root),
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, metric]) => [name, flat(metric)]),
    ),
  };
  return `${JSON.stringify(content, undefined, 4)}\n`;
}

function groupByName({ groups, checks, ...own }: Group): object {
  return {
    ...own,
    groups: Object.fromEntries(groups.map((group) => [group.name, groupByName(group)])),
    checks: Object.fromEntries(checks.map((check) => [check.name, check])),
  };
}

function flat({ type, values, thresholds }: Metric): object {
  const { rate, ...rest } = values;
  return {
    ...(type === 'rate' ? { ...rest, value: rate } : values),
    ...(thresholds === undefined
      ? {}
      : {
          thresholds: Object.fromEntries(
            Object.entries(thresholds).map(([expression, { ok }]) => [expression, !ok]),
          ),
        }),
  };
}
