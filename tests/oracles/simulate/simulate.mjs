// Decides requests with @cloud-copilot/iam-simulate: one simulation in JSON per line in, one
// decision per line out, in order. A process of its own: that library is under the AGPL, and
// nothing of it is linked, copied or shipped.
import { createInterface } from 'node:readline'
import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

// Where it does not know a name, such as a condition key of a vector's own, the form that checks
// no names decides; that one has no session policies.
async function decide(simulation) {
  const found = await runSimulation(simulation, {})
  const ignored = found.result?.ignoredContextKeys ?? []
  if (found.overallResult && ignored.length === 0) return found.overallResult
  if (simulation.sessionPolicy) return JSON.stringify(found.errors ?? ignored)
  return runUnsafeSimulation(simulation, {})
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(await decide(JSON.parse(line)).catch((error) => `${error}`))
}
