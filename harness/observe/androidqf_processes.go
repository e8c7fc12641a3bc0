package observe

import (
	"path"

	"assay/harness/android"
	"assay/harness/observe/fact"
)

var androidqfProcesses = Parser{
	Source: "androidqf-processes",
	Parse:  parseAndroidqfProcesses,
	Needs: "processes.txt of androidqf where its collector runs on the handset (android-collector/cmd/ps.go, adb/collector.go ProcessInfo: " +
		"/proc/PID/stat, status and cmdline), whatever the handset's release; from source only",
}

// parseAndroidqfProcesses reads the list of processes. Each is named as ps names it:
// by its first argument, without a path, and in brackets where it has none, as a
// thread of the kernel.
func parseAndroidqfProcesses(in Input, emit Emit) error {
	var p qfProcess
	walkRecords(in.Lines,
		func() { p = qfProcess{pid: -1, uid: -1} },
		func(e *jsonEvent) mark { return p.field(e) },
		func(e *jsonEvent) mark { return p.emit(e, emit) })
	return nil
}

type qfProcess struct {
	pid, uid int
	file     string // up to 15 bytes, as the kernel has it
	first    string // of its arguments
}

func (p *qfProcess) field(e *jsonEvent) mark {
	switch key := e.Path[1]; {
	case len(e.Path) == 3 && key == "command_line":
		if p.first != "" {
			return markPass
		}
		return textOf(e, &p.first)
	case len(e.Path) > 2 && key != "command_line" && key != "env":
		return markLost
	case key == "pid":
		return wholeOf(e, &p.pid)
	case key == "uid":
		return wholeOf(e, &p.uid)
	case key == "filename":
		return textOf(e, &p.file)
	case qfProcessKeys[key]:
		return markPass
	}
	return markLost
}

var qfProcessKeys = map[string]bool{
	"command_line": true, "context": true, "cwd": true, "env": true, "kernel_time": true, "path": true, "pgroup": true, "ppid": true,
	"previous_context": true, "priority": true, "psid": true, "state": true, "user_time": true,
}

func (p *qfProcess) emit(e *jsonEvent, emit Emit) mark {
	name := path.Base(p.first)
	if p.first == "" {
		name = "[" + p.file + "]"
	}
	if p.pid < 0 || p.uid < 0 || name == "[]" {
		return markLost
	}
	emit(fact.Process{PID: p.pid, UID: android.UID(p.uid), Name: name}, e.Whole)
	return markTake
}
