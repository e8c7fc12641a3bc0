package device

import (
	"bytes"

	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Dumpstate reads the head of a bug report: when it was begun.
var Dumpstate = printout.Parser{
	Source: "dumpstate",
	Parse:  parseDumpstate,
	Needs:  "the first lines of a bugreport: frameworks/native cmds/dumpstate/dumpstate.cpp PrintHeader, Android 5 to 16",
}

// dumpstateLines begin the other lines of the header: they repeat properties, or tell the
// kernel's version and dumpstate's arguments. From Android 12 the boot loader's configuration
// follows in lines androidboot.X = "Y".
var dumpstateLines = []string{
	"==", "Android SDK version: ", "Bootconfig: ", "Bootloader: ", "Bugreport format version: ", "Build: ", "Build fingerprint: ",
	"Command line: ", "Dumpstate info: ", "Kernel: ", "Module Metadata version: ", "Network: ", "Radio: ", "SDK extension", "Uptime: ",
	"androidboot.", "buildvariant", "kernel.",
}

// parseDumpstate reads when the report was begun:
//
//	== dumpstate: 2026-09-01 10:11:12
func parseDumpstate(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	told := false
	for l.Next() {
		t := l.Text()
		rest, ok := bytes.CutPrefix(t, []byte("== dumpstate: "))
		switch {
		case ok && !told:
			if local, ok := printout.LocalTime(rest); ok {
				told = true
				l.Read()
				emit(fact.Moment{Local: local}, l.Span())
			}
		case printout.HasAnyPrefix(t, dumpstateLines):
			l.Skip()
		default:
			l.Settle()
		}
	}
	return nil
}
