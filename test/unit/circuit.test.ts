import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import fc from 'fast-check'
import {
  type Circuit,
  CircuitOpenError,
  type CircuitState,
  createCircuit,
  failuresToOpen,
  firstOpenMs,
  maxOpenMs,
  type Outcome,
  type Permit,
} from '../../src/upstream/circuit.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'

let clock: FakeClock
let circuit: Circuit
let states: CircuitState[]

beforeEach(() => {
  clock = createFakeClock()
  circuit = createCircuit(clock)
  states = []
  circuit.onChange((state) => states.push(state))
})

/** Calls of different things, one after the other, each with this end. */
function end(...outcomes: readonly Outcome[]) {
  for (const [index, outcome] of outcomes.entries()) circuit.begin(`/x/${index}`).end(outcome)
}

const times = (count: number, outcome: Outcome) => Array.from({ length: count }, () => outcome)
const open = () => end(...times(failuresToOpen, 'failed'))
const retryAfter = (mayProbe = true) => {
  try {
    circuit.begin('/x', mayProbe)
  } catch (error) {
    assert.ok(error instanceof CircuitOpenError)
    return error.retryAfter
  }
  throw new Error('the call was let through')
}

describe('a circuit', () => {
  it('opens after so many failures in a row, and then tells when to come back', () => {
    end(...times(failuresToOpen - 1, 'failed'))
    assert.equal(circuit.state(), 'closed')
    end('failed')
    assert.equal(circuit.state(), 'open')
    assert.equal(retryAfter(), firstOpenMs / 1000)
    clock.advance(firstOpenMs - 100)
    assert.equal(retryAfter(), 1)
  })

  it('stays closed where an answer comes in between', () => {
    const row = times(failuresToOpen - 1, 'failed')
    end(...row, 'answered', ...row, 'answered', ...row)
    assert.equal(circuit.state(), 'closed')
  })

  it('stays closed where failures are far apart', () => {
    for (let count = 0; count < 20; count += 1) {
      end('failed', 'failed')
      clock.advance(60_001)
    }
    assert.equal(circuit.state(), 'closed')
  })

  it('takes what says nothing of the upstream for nothing', () => {
    end(...times(failuresToOpen - 1, 'failed'), ...times(20, 'unknown'))
    assert.equal(circuit.state(), 'closed')
    end('failed')
    assert.equal(circuit.state(), 'open')
  })

  it('stays closed where one thing alone fails, but not where there is no connection', () => {
    for (let count = 0; count < 20; count += 1) circuit.begin('/job/1').end('failed')
    assert.equal(circuit.state(), 'closed')
    circuit.begin('/job/1').end('unreached')
    assert.equal(circuit.state(), 'open')
  })

  it('half-opens with one probe, and all others wait for what becomes of it', () => {
    open()
    clock.advance(firstOpenMs)
    const probe = circuit.begin('/x')
    assert.equal(circuit.state(), 'half-open')
    for (let count = 0; count < 1000; count += 1) assert.equal(retryAfter(), 1)
    probe.end('answered')
    assert.equal(circuit.state(), 'closed')
    circuit.begin('/x').check()
    assert.deepEqual(states, ['open', 'half-open', 'closed'])
  })

  it('stays open for longer with each probe that fails, up to a bound', () => {
    open()
    for (const openMs of [...[1, 2, 4, 8].map((times) => times * firstOpenMs), maxOpenMs, maxOpenMs]) {
      assert.equal(retryAfter(), openMs / 1000)
      clock.advance(openMs)
      circuit.begin('/x').end('unreached')
    }
    clock.advance(maxOpenMs)
    circuit.begin('/x').end('answered')
    open()
    assert.equal(retryAfter(), firstOpenMs / 1000)
  })

  it('sends another probe at once where nothing became of one', () => {
    open()
    clock.advance(firstOpenMs)
    circuit.begin('/x').end('unknown')
    circuit.begin('/x').end('answered')
    assert.equal(circuit.state(), 'closed')
  })

  it('lets nobody probe who may not', () => {
    open()
    clock.advance(firstOpenMs)
    assert.equal(retryAfter(false), 1)
    assert.equal(circuit.state(), 'open')
  })

  it('does not mind what became of calls that began before it opened, or before it closed', () => {
    const [early, late] = [circuit.begin('/x'), circuit.begin('/x')]
    open()
    early.end('answered')
    assert.equal(circuit.state(), 'open')
    assert.throws(early.check, CircuitOpenError)
    clock.advance(firstOpenMs)
    circuit.begin('/x').end('answered')
    for (let count = 0; count < failuresToOpen; count += 1) late.end('unreached')
    assert.equal(circuit.state(), 'closed')
    late.check()
  })
})

describe('whatever calls and time bring', () => {
  const outcome = fc.constantFrom<Outcome>('answered', 'failed', 'unreached', 'unknown')
  const step = fc.oneof(
    fc.record({ kind: fc.constant('begin' as const), path: fc.nat(3), mayProbe: fc.boolean() }),
    fc.record({ kind: fc.constant('end' as const), which: fc.nat(), outcome }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(maxOpenMs) }),
  )

  it('no call begins while the circuit is open, and one at most finds out', () => {
    fc.assert(
      fc.property(fc.array(step, { size: 'max', maxLength: 200 }), (steps) => {
        const time = createFakeClock()
        const tried = createCircuit(time)
        let probes: Permit[] = []
        let openedAtMs = 0
        tried.onChange((state) => {
          if (state === 'open') openedAtMs = time.now()
        })
        const begun: Permit[] = []
        for (const next of steps) {
          if (next.kind === 'pass') time.advance(next.ms)
          else if (next.kind === 'end') {
            const [ended] = begun.splice(next.which % Math.max(1, begun.length), 1)
            ended?.end(next.outcome)
            probes = probes.filter((probe) => probe !== ended)
          } else {
            const before = tried.state()
            try {
              const permit = tried.begin(`/x/${next.path}`, next.mayProbe)
              begun.push(permit)
              if (before === 'closed') continue
              assert.equal(before, 'open')
              assert.ok(next.mayProbe)
              probes.push(permit)
            } catch (error) {
              assert.ok(error instanceof CircuitOpenError, String(error))
              assert.notEqual(before, 'closed')
              assert.ok(error.retryAfter >= 1 && error.retryAfter <= maxOpenMs / 1000)
              const isOver = before === 'open' && time.now() - openedAtMs >= maxOpenMs
              assert.ok(!(isOver && next.mayProbe), 'it is left alone for longer than the bound')
            }
          }
          assert.ok(probes.length <= 1)
          assert.equal(probes.length === 1, tried.state() === 'half-open')
        }
      }),
      { numRuns: 300 },
    )
  })
})
