package observe

import (
	"bytes"
	"fmt"

	"assay/harness/android"
)

var manifestReceivers = Parser{
	Source: "manifest-receivers",
	Parse:  parseManifestReceivers,
	Needs: "cmd package query-receivers --brief -a ACTION below @@ action ACTION: services/core " +
		"com/android/server/pm/PackageManagerShellCommand.java runQueryIntentReceivers and printResolveInfo, Android 7 to 16; from source only",
}

// ManifestReceiver is a receiver that the system starts for a broadcast, by its
// app's manifest.
type ManifestReceiver struct {
	Action   string          `json:"action"`
	Package  android.Package `json:"package"`
	Receiver string          `json:"receiver"` // package/class
	Priority int             `json:"priority"` // of its filter
}

func (ManifestReceiver) Kind() string { return "manifest-receiver" }

// manifestDump reads the answers for one action after another.
type manifestDump struct {
	*Lines
	emit  Emit
	names names
	at    ManifestReceiver
	owed  int // receivers that the answer still owes
}

func parseManifestReceivers(in Input, emit Emit) error {
	r := &manifestDump{Lines: in.Lines, emit: emit}
	for r.Next() {
		t := bytes.TrimSpace(r.Text())
		action, marked := bytes.CutPrefix(t, []byte("@@ action "))
		switch {
		case marked && isName(action):
			r.settle()
			r.at = ManifestReceiver{Action: string(action)}
			r.Read()
		case r.at.Action != "" && len(t) > 0:
			r.line(t)
		default:
			other(r.Lines)
		}
	}
	r.settle()
	return nil
}

// settle holds the answer to the number of receivers that it began with.
func (r *manifestDump) settle() {
	if r.owed > 0 {
		r.Cut(fmt.Sprintf("%d receivers of %s are missing", r.owed, r.at.Action))
	}
	r.owed = 0
}

func (r *manifestDump) line(t []byte) {
	count, counted := bytes.CutSuffix(t, []byte(" receivers found:"))
	priority, begins := bytes.CutPrefix(t, []byte("priority="))
	switch {
	case counted:
		if n, ok := number(count); ok {
			r.owed = n
			r.Read()
		}
	case string(t) == "No receivers found":
		r.Read()
	case bytes.HasPrefix(t, []byte("Receiver #")):
		r.Skip()
	case begins:
		word, _ := field(priority)
		if n, ok := integer(word); ok {
			r.at.Priority = n
			r.Read()
		}
	case r.owed > 0 && bytes.IndexByte(t, '/') > 0 && isName(packageOf(t)) && bytes.IndexByte(t, ' ') < 0:
		r.owed--
		r.at.Package, r.at.Receiver = android.Package(r.names.of(packageOf(t))), r.names.of(t)
		r.Read()
		r.emit(r.at, r.Span())
		r.at.Priority = 0
	default:
		other(r.Lines)
	}
}
