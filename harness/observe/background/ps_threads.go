package background

// psTask is what ps prints of a task beside its process; -1 where it has no such
// column.
type psTask struct{ pid, tid, ppid, vsize, rss int }

// mostComm is how long the name of a thread is at the most (TASK_COMM_LEN).
const mostComm = 15

// psThreads tells threads from processes where no column TID does: toolbox's ps -t
// prints a process and right behind it its other threads, each with its own number
// as PID and the process's as PPID (toolbox ps.c ps_line, ps_threads; dumpstate asks
// so to Android 7). A child that happens to stand there looks alike, but for its
// memory: a thread shares its process's.
type psThreads struct {
	process psTask
	name    string // of the process
	proven  bool   // the print-out has threads: one had both sizes of its process
}

// thread says whether a task is a thread of the process before it. The resident
// size of a busy process changes between its lines: once the print-out has shown
// that it lists threads, the virtual size and another name will do. What runs in
// the kernel has no memory, and is a process.
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
