import { testFormat } from "./format";
import type { Shape } from "./shape";

type Schema = Readonly<Record<string, unknown>>;

function schemaOf(shape: Shape): Schema {
  switch (shape.is) {
    case "text":
      return {
        type: "string",
        ...(shape.of && { enum: shape.of }),
        ...(shape.pattern && { pattern: shape.pattern.source }),
      };
    case "integer":
      return { type: "integer", minimum: shape.least, maximum: shape.most };
    case "switch":
      return { type: "boolean" };
    case "any":
      return {};
    case "list":
      return { type: "array", items: schemaOf(shape.of) };
    case "map":
      return { type: "object", additionalProperties: schemaOf(shape.of) };
    case "object":
      return { $ref: `#/$defs/${shape.name}` };
    case "either":
      return { anyOf: shape.of.map(schemaOf) };
  }
}

/** JSON schema of `*.test.yaml`, for editors. */
export function testSchema(): Schema {
  const definitions = Object.entries(testFormat).map(([name, fields]) => {
    const properties = Object.entries(fields).map(([key, { shape, does }]) => [
      key,
      { ...schemaOf(shape), description: does },
    ]);
    const required = Object.entries(fields).flatMap(([key, field]) => (field.required ? [key] : []));
    return [
      name,
      {
        type: "object",
        additionalProperties: false,
        properties: Object.fromEntries(properties),
        ...(required.length > 0 && { required }),
      },
    ];
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Cases of npm run try",
    $ref: "#/$defs/file",
    $defs: Object.fromEntries(definitions),
  };
}
