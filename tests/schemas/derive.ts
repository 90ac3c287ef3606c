/**
 * Derives the structure of custom resources from their project's own CRD file: names, types and limits, no prose.
 *
 * MetalLB's file is in its chart, `charts/crds/templates/crds.yaml`; Istio's in the module istio.io/api of the pinned
 * version, `kubernetes/customresourcedefinitions.gen.yaml`, which is the one that its chart `base` installs.
 * Gateway API's is `standard-install.yaml` of its release.
 *
 * Use: `npx tsx tests/schemas/derive.ts FILE API KIND... > tests/schemas/PROJECT.json`, such as `FILE v1beta1 IPAddressPool`
 */
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

interface Crd {
  spec: { group: string; names?: { kind: string }; versions: { name: string; schema: { openAPIV3Schema: unknown } }[] };
}

/** The schema without prose and CEL rules, refusing fields that it does not name, as a strict API server does. */
function bare(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(bare);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).filter(
    ([key, value]) => !(key === "description" && typeof value === "string") && key !== "x-kubernetes-validations",
  );
  const plain = Object.fromEntries(entries.map(([key, value]) => [key, bare(value)]));
  return "properties" in plain && plain["type"] === "object" ? { ...plain, additionalProperties: false } : plain;
}

const [path, api, ...kinds] = process.argv.slice(2);
if (!path || !api || kinds.length === 0)
  throw new Error("give the path of the CRD file, the API version and the kinds");
const text = readFileSync(path, "utf8").replaceAll(/\{\{[^}]*\}\}/g, "x");
const crds = parseAllDocuments(text, { strict: false })
  .map((document) => document.toJS() as Crd | null)
  .filter((crd): crd is Crd => kinds.includes(crd?.spec?.names?.kind ?? ""));
const schemas = crds.flatMap(({ spec }) =>
  spec.versions
    .filter(({ name }) => name === api)
    .map((version) => {
      const schema = bare(version.schema.openAPIV3Schema) as { properties: Record<string, unknown> };
      return [
        `${spec.group}/${version.name} ${spec.names?.kind}`,
        { ...schema, properties: { ...schema.properties, apiVersion: {}, kind: {}, metadata: {} } },
      ];
    }),
);
const lines = schemas.map(([name, schema]) => `  ${JSON.stringify(name)}: ${JSON.stringify(schema)}`);
process.stdout.write(`{\n${lines.join(",\n")}\n}\n`);
