import { command } from "../command";

export const versions = command({
  name: "versions",
  summary: "shows the pinned versions, the newest ones, and the pairs that are supported together",
  details:
    "It asks the chart repositories of the stack, npm and GitHub. A place that does not answer within ten seconds is shown with the reason. It changes nothing. [Upgrade Istio](upgrade.md) explains what to do about a newer Istio.",
  options: {},
  tools: () => [],
  run: async ({ stack, say }) => (await import("../../commands/versions")).showVersions(stack, say),
});
