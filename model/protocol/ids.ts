// What things are called: numbers, each kind its own.

export type ThreadId = number;
export type TaskId = number;
export type PageId = number;
/** The name of a container's directory. Whose memory it names changes with rmdir and mkdir. */
export type ContainerName = number;
/** Where a container or a record lies in memory. An address is given out again once nothing remembers what was freed there. */
export type Address = number;
