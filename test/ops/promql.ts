/** What a PromQL query asks for: metrics, and the labels that it selects, groups or joins by. */
import { parser } from '@prometheus-io/lezer-promql';

export type Asked = {
  metrics: { name: string; matchers: { label: string; values: string[] }[] }[];
  groupings: string[];
};

/** @throws where the query has a fault of syntax */
export function readQuery(query: string): Asked {
  const asked: Asked = { metrics: [], groupings: [] };
  const text = ({ from, to }: { from: number; to: number }) => query.slice(from, to);
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError) throw new Error(`${query}: not PromQL at character ${node.from}`);
      if (node.name === 'VectorSelector') {
        const { node: selector } = node;
        const name = selector.getChild('Identifier');
        const matchers = selector.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
        asked.metrics.push({
          name: name === null ? '' : text(name),
          matchers: matchers.map((matcher) => {
            const [label, value] = [matcher.getChild('LabelName'), matcher.getChild('StringLiteral')];
            return {
              label: label === null ? '' : text(label),
              values: value === null ? [] : text(value).slice(1, -1).split('|'),
            };
          }),
        });
      }
      if (node.name === 'GroupingLabels')
        for (const label of node.node.getChildren('LabelName')) asked.groupings.push(text(label));
    },
  });
  return asked;
}
