package background

import (
	"path"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// AndroidqfProcesses reads androidqf's list of processes.
var AndroidqfProcesses = printout.Parser{
	Source: "androidqf-processes",
	Parse:  parseAndroidqfProcesses,
	Needs: "processes.txt of androidqf where its collector runs on the handset (android-collector/cmd/ps.go, adb/collector.go ProcessInfo: " +
		"/proc/PID/stat, status and cmdline), whatever the handset's release; from source only",
}

// parseAndroidqfProcesses reads the list of processes. Each gets the name that ps gives it: its
// first argument, without a path. A process without arguments, such as a thread of the kernel,
// has its name in brackets.
func parseAndroidqfProcesses(in printout.Input, emit printout.Emit) error {
	var p qfProcess
	printout.WalkRecords(in.Lines,
		func() { p = qfProcess{pid: -1, uid: -1} },
		func(e *printout.JSONEvent) printout.JSONMark { return p.field(e) },
		func(e *printout.JSONEvent) printout.JSONMark { return p.emit(e, emit) })
	return nil
}

type qfProcess struct {
	pid, uid int
	file     string // up to 15 bytes, as the kernel has it
	first    string // of its arguments
}

func (p *qfProcess) field(e *printout.JSONEvent) printout.JSONMark {
	switch key := e.Path[1]; {
	case len(e.Path) == 3 && key == "command_line":
		if p.first != "" {
			return printout.JSONPass
		}
		return printout.JSONText(e, &p.first)
	case len(e.Path) > 2 && key != "command_line" && key != "env":
		return printout.JSONLost
	case key == "pid":
		return printout.JSONInt(e, &p.pid)
	case key == "uid":
		return printout.JSONInt(e, &p.uid)
	case key == "filename":
		return printout.JSONText(e, &p.file)
	case qfProcessKeys[key]:
		return printout.JSONPass
	}
	return printout.JSONLost
}

var qfProcessKeys = map[string]bool{
	"command_line": true, "context": true, "cwd": true, "env": true, "kernel_time": true, "path": true, "pgroup": true, "ppid": true,
	"previous_context": true, "priority": true, "psid": true, "state": true, "user_time": true,
}

func (p *qfProcess) emit(e *printout.JSONEvent, emit printout.Emit) printout.JSONMark {
	name := path.Base(p.first)
	if p.first == "" {
		name = "[" + p.file + "]"
	}
	if p.pid < 0 || p.uid < 0 || name == "[]" {
		return printout.JSONLost
	}
	emit(fact.Process{PID: p.pid, UID: android.UID(p.uid), Name: name}, e.Whole)
	return printout.JSONTake
}
