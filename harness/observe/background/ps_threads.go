package background

// psTask is what ps prints of a task besides its process; -1 where it has no such column.
type psTask struct{ pid, tid, ppid, vsize, rss int }

// mostComm is how long the name of a thread is at the most (TASK_COMM_LEN).
const mostComm = 15

// psThreads tells threads from processes where there is no column TID. ps -t of toolbox prints a
// process, and right behind it its other threads, each with its own number as PID and that of
// the process as PPID (toolbox ps.c ps_line, ps_threads; dumpstate asks so up to Android 7). A
// child process that stands there looks the same, but has memory of its own, where a thread
// shares the memory of its process.
type psThreads struct {
	process psTask
	name    string // of the process
	proven  bool   // the print-out has threads: one had the same two sizes as its process
}

// thread says whether a task is a thread of the process before it. The resident size of a busy
// process changes from line to line: so once the print-out has shown that it lists threads, the
// same virtual size and a name of its own are enough. A task of the kernel has no memory, and
// is a process.
func (p *psThreads) thread(t psTask, name []byte) bool {
	of := p.process
	if t.vsize > 0 && t.vsize == of.vsize && t.ppid == of.pid && len(name) <= mostComm {
		if t.rss == of.rss || p.proven && string(name) != p.name {
			p.proven = true
			return true
		}
	}
	p.process, p.name = t, string(name)
	return false
}
