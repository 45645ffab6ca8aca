/** What is in a folder. */
export interface FileEntry {
  name: string;
  type: 'file' | 'folder' | 'link' | 'other';
  /** Bytes; null where the server does not tell. */
  size: number | null;
  /** RFC 3339; null where the server does not tell it in a way that can be read. */
  modifiedAt: string | null;
}

/** An open connection to a server with files. Paths are absolute; one thing is done at a time. */
export interface FileWay {
  /** @throws where there is no such folder, or it is a file. */
  requireFolder(path: string): Promise<void>;
  /** Whatever the server says there is, up to so many entries. */
  list(path: string, most: number): Promise<FileEntry[]>;
  /** @throws ConnectorError for a file that is larger than so many bytes. */
  download(path: string, most: number): Promise<Buffer>;
  upload(path: string, bytes: Buffer): Promise<void>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** The same in place of the one that is there. */
  replace(from: string, to: string): Promise<void>;
  /** With all folders above it; one that is there is none to make. */
  makeFolder(path: string): Promise<void>;
  /** At once, whatever is under way. */
  close(): void;
}
