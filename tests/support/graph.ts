import type { Registered } from "./program";

/**
 * The longest chain of resources that have to be made one after the other: what bounds the time of an up.
 *
 * A resource waits for what it depends on, for its component's dependencies, and, in the cluster, for the provider.
 */
export function longestChain(resources: readonly Registered[]): string[] {
  const byName = new Map(resources.map((resource) => [resource.name, resource]));
  const waitsFor = ({ type, after, parent }: Registered): string[] => {
    const component = parent ? (byName.get(parent)?.after ?? []) : [];
    return [...after, ...component, ...(type.startsWith("kubernetes:") ? ["cluster-provider"] : [])];
  };
  const known = new Map<string, string[]>();
  const chainTo = (resource: Registered): string[] => {
    const before = known.get(resource.name);
    if (before) return before;
    const chains = waitsFor(resource).flatMap((name) => {
      const other = byName.get(name);
      return other && other !== resource ? [chainTo(other)] : [];
    });
    const chain = [
      ...chains.reduce((longest, each) => (each.length > longest.length ? each : longest), []),
      resource.name,
    ];
    known.set(resource.name, chain);
    return chain;
  };
  return resources.map(chainTo).reduce((longest, each) => (each.length > longest.length ? each : longest), []);
}

/** Dependencies between components, as lines of a Mermaid flowchart. */
export function componentGraph(resources: readonly Registered[]): string[] {
  const parents = new Map(resources.map(({ name, parent }) => [name, parent]));
  const componentOf = (name: string): string => parents.get(name) ?? name;
  const inCluster = resources.filter(({ type, parent }) => type.startsWith("kubernetes:") && parent);
  const edges = [
    ...inCluster.map(({ parent = "" }) => `cluster --> ${parent}`),
    ...resources.flatMap(({ name, after }) => after.map((other) => `${componentOf(other)} --> ${componentOf(name)}`)),
  ];
  const between = edges.filter((edge) => new Set(edge.split(" --> ")).size === 2);
  return [...new Set(between)].sort().map((edge) => `  ${edge}`);
}
