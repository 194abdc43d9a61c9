import { Component, type ReactNode } from 'react'

/**
 * Stands in for a screen that cannot be shown: after an update of the gateway a page that was open before may ask for files
 * that are there no more.
 */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true }
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children
    return (
      <div className="problems" role="alert">
        <p>This screen could not be shown. The gateway may have been updated since the page was loaded.</p>
        <button type="button" className="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </div>
    )
  }
}
