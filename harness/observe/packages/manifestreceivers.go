package packages

import (
	"bytes"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// ManifestReceivers reads which receivers the system starts for a broadcast.
var ManifestReceivers = printout.Parser{
	Source: "manifest-receivers",
	Parse:  parseManifestReceivers,
	Needs: "cmd package query-receivers -a ACTION, with --brief or without, below @@ action ACTION: services/core " +
		"com/android/server/pm/PackageManagerShellCommand.java runQueryIntentReceivers and printResolveInfo, core " +
		"android/content/pm/{ResolveInfo,ComponentInfo,ActivityInfo,ApplicationInfo}.java dump, Android 7 to 16; from source only",
}

func parseManifestReceivers(in printout.Input, emit printout.Emit) error {
	r := &componentDump{Lines: in.Lines}
	r.say = func(a answered, span evidence.Span) {
		emit(fact.ManifestReceiver{Action: r.question, Package: a.pkg, UID: a.uid, Receiver: a.component, Priority: a.priority,
			Exported: a.exported, Permission: a.permission}, span)
	}
	for r.Next() {
		t := bytes.TrimSpace(r.Text())
		action, marked := bytes.CutPrefix(t, []byte("@@ action "))
		switch {
		case marked && printout.IsName(action):
			r.ask(receiversFound, string(action))
		case r.question != "" && len(t) > 0:
			r.line(t)
		default:
			r.Settle()
		}
	}
	r.settle(true)
	return nil
}
