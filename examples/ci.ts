// Brings an environment up, checks it, rolls version 2 out, and removes it:
// eval "$(npm run --silent env)" && npx tsx examples/ci.ts
import { destroy, refuseFindings, rollout, up, verify } from "../automation";

async function main(): Promise<void> {
  await up("ci", console.log);
  try {
    refuseFindings(await verify("ci", console.log));
    const { end } = await rollout("ci", { steps: [25, 100] }, console.log);
    if (end !== "promoted") throw new Error(`the rollout was ${end}`);
  } finally {
    await destroy("ci", console.log);
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
