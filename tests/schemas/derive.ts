/**
 * Derives the structure of MetalLB's custom resources from the chart's own CRD file, names and types only.
 *
 * Use: `npx tsx tests/schemas/derive.ts CHART/charts/crds/templates/crds.yaml > tests/schemas/metallb.json`
 */
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

const used = ["IPAddressPool", "L2Advertisement"];

interface Crd {
  spec: { group: string; names: { kind: string }; versions: { name: string; schema: { openAPIV3Schema: unknown } }[] };
}

/** The schema without prose, refusing fields that it does not name, as a strict API server does. */
function bare(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(bare);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).filter(
    ([key, value]) => !(key === "description" && typeof value === "string"),
  );
  const plain = Object.fromEntries(entries.map(([key, value]) => [key, bare(value)]));
  return "properties" in plain ? { ...plain, additionalProperties: false } : plain;
}

const [path] = process.argv.slice(2);
if (!path) throw new Error("give the path of the CRD file");
const text = readFileSync(path, "utf8").replaceAll(/\{\{[^}]*\}\}/g, "x");
const crds = parseAllDocuments(text, { strict: false })
  .map((document) => document.toJS() as Crd | null)
  .filter((crd): crd is Crd => used.includes(crd?.spec?.names.kind ?? ""));
const schemas = crds.flatMap(({ spec }) =>
  spec.versions.map((version) => {
    const schema = bare(version.schema.openAPIV3Schema) as { properties: Record<string, unknown> };
    return [
      `${spec.group}/${version.name} ${spec.names.kind}`,
      { ...schema, properties: { ...schema.properties, metadata: {} } },
    ];
  }),
);
process.stdout.write(`${JSON.stringify(Object.fromEntries(schemas), null, 2)}\n`);
