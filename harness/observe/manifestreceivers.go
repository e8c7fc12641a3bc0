package observe

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/evidence"
)

var manifestReceivers = Parser{
	Source: "manifest-receivers",
	Parse:  parseManifestReceivers,
	Needs: "cmd package query-receivers -a ACTION, with --brief or without, below @@ action ACTION: services/core " +
		"com/android/server/pm/PackageManagerShellCommand.java runQueryIntentReceivers and printResolveInfo, core " +
		"android/content/pm/{ResolveInfo,ComponentInfo,ActivityInfo,ApplicationInfo}.java dump, Android 7 to 16; from source only",
}

// ManifestReceiver is a receiver that the system starts for a broadcast, by its
// app's manifest.
type ManifestReceiver struct {
	Action   string          `json:"action"`
	Package  android.Package `json:"package"`
	UID      android.UID     `json:"uid"`                // NoUID where --brief does not tell
	Receiver string          `json:"receiver"`           // package/class
	Priority int             `json:"priority"`           // of its filter
	Exported string          `json:"exported,omitempty"` // true or false; empty where --brief does not tell
	// Permission is what a sender must hold; empty where there is no guard, and
	// where Exported is not told.
	Permission android.Permission `json:"permission,omitempty"`
}

func (ManifestReceiver) Kind() string { return "manifest-receiver" }

func parseManifestReceivers(in Input, emit Emit) error {
	r := &componentDump{Lines: in.Lines}
	r.say = func(a answered, span evidence.Span) {
		emit(ManifestReceiver{Action: r.question, Package: a.pkg, UID: a.uid, Receiver: a.component, Priority: a.priority,
			Exported: a.exported, Permission: a.permission}, span)
	}
	for r.Next() {
		t := bytes.TrimSpace(r.Text())
		action, marked := bytes.CutPrefix(t, []byte("@@ action "))
		switch {
		case marked && isName(action):
			r.ask(receiversFound, string(action))
		case r.question != "" && len(t) > 0:
			r.line(t)
		default:
			other(r.Lines)
		}
	}
	r.settle(true)
	return nil
}
