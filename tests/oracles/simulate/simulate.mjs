// Decides requests with @cloud-copilot/iam-simulate: one simulation in JSON per line in, one
// answer per line out, in order. A process of its own: that library is under the AGPL, and
// nothing of it is linked, copied or shipped.
import { createInterface } from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'

for await (const line of createInterface({ input: process.stdin })) {
  const found = await runSimulation(JSON.parse(line), {})
  console.log(JSON.stringify({
    decision: found.overallResult ?? null,
    errors: found.errors ?? null,
    ignored: found.result?.ignoredContextKeys ?? [],
  }))
}
