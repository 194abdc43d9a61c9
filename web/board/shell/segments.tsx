import { type ReactNode, useId } from 'react'

/** One of a few, as buttons side by side. */
export function Segments<Value extends string>({
  legend,
  options,
  chosen,
  onChoose,
}: {
  /** What is chosen, for a screen reader. */
  readonly legend: string
  readonly options: readonly (readonly [value: Value, title: string])[]
  readonly chosen: Value
  readonly onChoose: (value: Value) => void
}): ReactNode {
  const group = useId()
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">{legend}</legend>
      {options.map(([value, title]) => (
        <label key={value}>
          <input
            type="radio"
            name={group}
            className="visually-hidden"
            checked={value === chosen}
            onChange={() => onChoose(value)}
          />
          {title}
        </label>
      ))}
    </fieldset>
  )
}
