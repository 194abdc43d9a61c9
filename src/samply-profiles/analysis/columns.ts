import { TaskRefusal } from '../../workers/serve.ts'

/** What the columns of one profile may take together, in bytes. They are outside of the thread's heap, which has a bound of its own. */
const maxColumnBytes = 512 * 1024 * 1024

const firstCapacity = 1024

/** How much memory the columns of a profile take. */
export interface ColumnBudget {
  /** @throws TaskRefusal past {@link maxColumnBytes} */
  take(bytes: number): void
  giveBack(bytes: number): void
}

/** Makes the budget of one profile. */
export function createColumnBudget(): ColumnBudget {
  let taken = 0
  return {
    take(bytes) {
      taken += bytes
      if (taken > maxColumnBytes) {
        throw new TaskRefusal(`its tables take more than ${maxColumnBytes / 1024 ** 2} MB`)
      }
    },
    giveBack(bytes) {
      taken -= bytes
    },
  }
}

/** A column that grows while it is read. */
export interface Column<Values> {
  push(value: number): void
  /** What was read; empty where there is no such column. */
  read(): Values
  /** Forgets it. */
  drop(): void
}

/** What stands for null, and for “none”, in a column of places. */
export const none = -1

/**
 * A column of places in another table. Null becomes {@link none}.
 *
 * @param name of the column, for who is told that a value is none, such as `threads[3].stackTable.frame`
 */
export function placeColumn(budget: ColumnBudget, name: string): Column<Int32Array> {
  return growingColumn(budget, {
    make: (length) => new Int32Array(length),
    part: (values, length) => values.subarray(0, length),
    check(value) {
      if (Number.isNaN(value)) return none
      if ((value | 0) !== value)
        throw new TaskRefusal(`\`${name}\` has ${value}, which is no place in a table`)
      return value
    },
  })
}

/** A column of any numbers. Null becomes NaN. */
export function numberColumn(budget: ColumnBudget): Column<Float64Array> {
  return growingColumn(budget, {
    make: (length) => new Float64Array(length),
    part: (values, length) => values.subarray(0, length),
    check: (value) => value,
  })
}

interface ColumnKind<Values> {
  make(length: number): Values
  part(values: Values, length: number): Values
  /** @throws TaskRefusal for what cannot stand in such a column */
  check(value: number): number
}

function growingColumn<Values extends Int32Array | Float64Array>(
  budget: ColumnBudget,
  { make, part, check }: ColumnKind<Values>,
): Column<Values> {
  let values = make(0)
  let length = 0
  const grow = () => {
    const larger = make(Math.max(firstCapacity, length * 2))
    budget.take(larger.byteLength)
    larger.set(values)
    budget.giveBack(values.byteLength)
    values = larger
  }
  return {
    push(value) {
      if (length === values.length) grow()
      values[length] = check(value)
      length += 1
    },
    read: () => part(values, length),
    drop() {
      budget.giveBack(values.byteLength)
      values = make(0)
      length = 0
    },
  }
}
