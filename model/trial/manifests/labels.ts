import type { Texts } from "./objects";

/** Labels in a message, as KEY: VALUE. */
export const labelText = (labels: Texts): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ");

/** True if the labels have every entry of a selector (`matchLabels`). An empty selector matches all labels. */
export const matchesLabels = (selector: Texts, labels: Texts): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
