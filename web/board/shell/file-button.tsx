import type { ReactNode } from 'react'

/** A button that asks for files. */
export function FileButton({
  children,
  label,
  isMain = false,
  isMultiple = false,
  onFiles,
}: {
  readonly children: ReactNode
  /** What a screen reader calls it. Left out: what is on it. */
  readonly label?: string
  readonly isMain?: boolean
  readonly isMultiple?: boolean
  readonly onFiles: (files: readonly File[]) => void
}): ReactNode {
  return (
    <label className={`button file-button ${isMain ? 'button-main' : ''}`}>
      <input
        type="file"
        className="visually-hidden"
        multiple={isMultiple}
        aria-label={label}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])])
          // The same file may be chosen once more.
          currentTarget.value = ''
        }}
      />
      {children}
    </label>
  )
}
