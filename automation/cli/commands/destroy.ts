import { command } from "../command";
import { flag } from "../option";

export const destroy = command({
  name: "destroy",
  summary: "removes the environment, and keeps its configuration",
  details:
    "It removes the containers, networks and volumes that carry the stack's id, and never touches objects of other stacks. It also works if the cluster or the state is already gone. Pulumi runs first: with a wrong passphrase, the cluster stays as it is.",
  options: { images: flag("also removes the image caches that no cluster on this machine uses") },
  tools: () => ["pulumi", "k3d"],
  before: async ({ stack }) => {
    await (await import("../../commands/destroy")).refuseNothingToRemove(stack);
    return undefined;
  },
  run: async ({ stack, options, say }) => (await import("../../commands/destroy")).destroy(stack, say, options.images),
});
