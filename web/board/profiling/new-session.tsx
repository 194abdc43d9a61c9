import { type FormEvent, type ReactNode, useState } from 'react'
import { useMutation } from 'urql'
import { problemsOf } from '../gateway/problem.ts'
import { announce } from '../shell/announcer.tsx'
import { Problems } from '../shell/problems.tsx'
import { CreateProfilingSessionDocument } from './operations.generated.ts'

const emptyForm = { label: '', description: '', userId: '' }

/** The form that begins a session. */
export function NewSession(): ReactNode {
  const [form, setForm] = useState(emptyForm)
  const [{ fetching, error }, create] = useMutation(CreateProfilingSessionDocument)

  async function submit(event: FormEvent) {
    event.preventDefault()
    const { label, description, userId } = form
    const input = { label, description, userId: userId === '' ? null : userId }
    const { data } = await create({ input })
    if (data?.createProfilingSession === null || data === undefined) return
    announce(`${label} is recording.`)
    setForm(emptyForm)
  }

  const field = (name: keyof typeof form) => ({
    className: 'field',
    value: form[name],
    onChange: ({ currentTarget }: { currentTarget: HTMLInputElement }) =>
      setForm((before) => ({ ...before, [name]: currentTarget.value })),
  })
  return (
    <form className="card new-session" onSubmit={submit} aria-label="New profiling session">
      <label className="label">
        Label
        <input {...field('label')} required maxLength={255} />
      </label>
      <label className="label">
        What it is for
        <input {...field('description')} maxLength={4000} />
      </label>
      <label className="label">
        Only of user
        <input {...field('userId')} inputMode="numeric" pattern="\d*" placeholder="all users" />
      </label>
      <button type="submit" className="button button-main" disabled={fetching}>
        {fetching ? 'Starting…' : 'Record'}
      </button>
      <Problems of={problemsOf(error)} />
    </form>
  )
}
