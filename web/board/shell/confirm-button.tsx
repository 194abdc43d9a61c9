import { type ReactNode, useId, useRef } from 'react'

/** A button for what cannot be undone. It asks first. */
export function ConfirmButton({
  children,
  label,
  question,
  explanation,
  answer,
  isDisabled = false,
  onConfirm,
}: {
  /** What is on the button. */
  readonly children: ReactNode
  /** What a screen reader calls it. */
  readonly label: string
  readonly question: string
  readonly explanation: string
  /** What is on the button that does it. */
  readonly answer: string
  readonly isDisabled?: boolean
  readonly onConfirm: () => void
}): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null)
  const questionId = useId()
  return (
    <>
      <button
        type="button"
        className="button button-danger"
        aria-label={label}
        disabled={isDisabled}
        onClick={() => dialog.current?.showModal()}
      >
        {children}
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby={questionId}>
        <h2 id={questionId}>{question}</h2>
        <p className="quiet">{explanation}</p>
        <form method="dialog" className="dialog-answers">
          <button type="submit" className="button">
            Keep it
          </button>
          <button type="submit" className="button button-danger" onClick={onConfirm}>
            {answer}
          </button>
        </form>
      </dialog>
    </>
  )
}
