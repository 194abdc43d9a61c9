import { type DragEvent, type ReactNode, useState } from 'react'
import type { Problem } from '../gateway/problem.ts'
import { FileButton } from '../shell/file-button.tsx'
import { Problems } from '../shell/problems.tsx'
import { useViewer, type Viewer } from '../sign-in/viewer.ts'
import { beginUpload } from './transfers.ts'

const folderKey = 'vaultline-board folder'

/** Where files are dropped or chosen. */
export function NewUpload(): ReactNode {
  const viewer = useViewer()
  const [folder, setFolder] = useState(() => localStorage.getItem(folderKey) ?? ownFolder(viewer))
  const [overwrite, setOverwrite] = useState(false)
  const [problems, setProblems] = useState<readonly Problem[]>([])
  const { isOver, handlers } = useDropTarget((files) => begin(files))

  async function begin(files: readonly File[]) {
    localStorage.setItem(folderKey, folder)
    setProblems([])
    const begun = files.map((file) => beginUpload(file, pathIn(folder, file.name), overwrite))
    setProblems((await Promise.all(begun)).flat())
  }

  return (
    <section aria-label="New upload" className={`drop-zone ${isOver ? 'drop-zone-over' : ''}`} {...handlers}>
      <div className="drop-call">
        <p className="drop-title">Drop files here</p>
        <p className="quiet">or</p>
        <FileButton isMain isMultiple onFiles={begin}>
          Choose files
        </FileButton>
      </div>
      <div className="drop-settings">
        <label className="label">
          Folder in file staging
          <input
            className="field"
            value={folder}
            spellCheck={false}
            onChange={({ currentTarget }) => setFolder(currentTarget.value)}
          />
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={overwrite}
            onChange={({ currentTarget }) => setOverwrite(currentTarget.checked)}
          />
          Replace a file that is there already
        </label>
      </div>
      <Problems of={problems} />
    </section>
  )
}

function useDropTarget(onFiles: (files: readonly File[]) => void) {
  const [isOver, setOver] = useState(false)
  const over = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  return {
    isOver,
    handlers: {
      onDragEnter: over,
      onDragOver: over,
      onDragLeave: () => setOver(false),
      onDrop(event: DragEvent) {
        event.preventDefault()
        setOver(false)
        onFiles([...event.dataTransfer.files])
      },
    },
  }
}

/** Who is no admin may only write into a folder of this name. */
function ownFolder(viewer: Viewer | undefined): string {
  return viewer === undefined ? '/' : `/u${viewer.userId}`
}

function pathIn(folder: string, name: string): string {
  return `/${folder}/${name}`.replaceAll(/\/{2,}/g, '/')
}
