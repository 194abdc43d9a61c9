import type { CallQueueFigures } from './call-queue.ts'
import type { Circuit, CircuitState } from './circuit.ts'
import type { PolledUpstream } from './polled-upstream.ts'

/** How an upstream fares at present, for operators. */
export interface UpstreamHealth {
  circuit(): CircuitState
  /** Calls under way and waiting, over all kinds of connections. */
  calls(): CallQueueFigures
  /** Calls back on each change of the circuit. */
  onCircuit(listener: (state: CircuitState) => void): void
}

/** Makes the health of an upstream that has these queues. */
export function healthOf(
  circuit: Circuit,
  queues: readonly { figures(): CallQueueFigures }[],
): UpstreamHealth {
  return {
    circuit: circuit.state,
    calls: () => sumOf(queues.map((queue) => queue.figures())),
    onCircuit: circuit.onChange,
  }
}

/** Calls back when the circuit has closed. */
export const onRecovery =
  (circuit: Circuit): PolledUpstream['onRecovered'] =>
  (listener) =>
    circuit.onChange((state) => {
      if (state === 'closed') listener()
    })

/** Figures of several queues together. */
export const sumOf = (figures: readonly CallQueueFigures[]): CallQueueFigures => ({
  underWay: figures.reduce((sum, { underWay }) => sum + underWay, 0),
  waiting: figures.reduce((sum, { waiting }) => sum + waiting, 0),
})
