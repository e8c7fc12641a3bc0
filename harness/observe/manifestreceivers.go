package observe

import (
	"bytes"
	"fmt"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
)

var manifestReceivers = Parser{
	Source: "manifest-receivers",
	Parse:  parseManifestReceivers,
	Needs: "cmd package query-receivers -a ACTION, with --brief or without, below @@ action ACTION: services/core " +
		"com/android/server/pm/PackageManagerShellCommand.java runQueryIntentReceivers and printResolveInfo, core " +
		"android/content/pm/{ResolveInfo,ComponentInfo,ActivityInfo}.java dump, Android 7 to 16; from source only",
}

// ManifestReceiver is a receiver that the system starts for a broadcast, by its
// app's manifest.
type ManifestReceiver struct {
	Action   string          `json:"action"`
	Package  android.Package `json:"package"`
	Receiver string          `json:"receiver"`           // package/class
	Priority int             `json:"priority"`           // of its filter
	Exported string          `json:"exported,omitempty"` // true or false; empty where --brief does not tell
	// Permission is what a sender must hold; empty where there is no guard, and
	// where Exported is not told.
	Permission android.Permission `json:"permission,omitempty"`
}

func (ManifestReceiver) Kind() string { return "manifest-receiver" }

// manifestDump reads the answers for one action after another.
type manifestDump struct {
	*Lines
	emit  Emit
	names names
	at    ManifestReceiver
	owed  int // receivers that the answer still owes

	class  string // of the receiver whose ActivityInfo is being read
	span   evidence.Span
	inside bool // its ApplicationInfo, of which it has told all before
}

func parseManifestReceivers(in Input, emit Emit) error {
	r := &manifestDump{Lines: in.Lines, emit: emit}
	for r.Next() {
		t := bytes.TrimSpace(r.Text())
		action, marked := bytes.CutPrefix(t, []byte("@@ action "))
		switch {
		case marked && isName(action):
			r.settle()
			r.at, r.class, r.inside = ManifestReceiver{Action: string(action)}, "", false
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
		r.at, r.class, r.inside = ManifestReceiver{Action: r.at.Action}, "", false
		r.Skip()
	case r.inside:
		r.Skip()
	case string(t) == "ActivityInfo:":
		r.class, r.span = "?", r.Span()
		r.Read()
	case r.class != "":
		r.detail(t)
	case among(t, resolveInfoLines):
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

// detail reads the ActivityInfo of a receiver up to its ApplicationInfo:
//
//	name=com.maker.notes.BootReceiver
//	packageName=com.maker.notes
//	enabled=true exported=false directBootAware=true
//	permission=android.permission.RECEIVE_BOOT_COMPLETED
func (r *manifestDump) detail(t []byte) {
	key, val, _ := bytes.Cut(t, []byte("="))
	switch string(key) {
	case "name":
		if isComponentName(val) {
			r.class = r.names.of(val)
			r.Read()
		}
	case "packageName":
		if isName(val) {
			r.at.Package = android.Package(r.names.of(val))
			r.Read()
		}
	case "enabled":
		if exported, ok := value(t, "exported"); ok && (string(exported) == "true" || string(exported) == "false") {
			r.at.Exported = r.names.of(exported)
			r.Read()
		}
	case "permission":
		if isName(val) {
			r.at.Permission = android.Permission(r.names.of(val))
			r.Read()
		}
	case "ApplicationInfo:", "ApplicationInfo: null":
		r.told()
	default:
		if among(t, activityInfoLines) {
			r.Skip()
			return
		}
		other(r.Lines)
	}
}

// told emits the receiver, of which all has been said.
func (r *manifestDump) told() {
	r.inside = true
	if r.class == "?" || r.at.Package == "" || r.at.Exported == "" || r.owed == 0 {
		return
	}
	class := r.class
	if rest, ok := strings.CutPrefix(class, string(r.at.Package)); ok && strings.HasPrefix(rest, ".") {
		class = rest
	}
	r.owed--
	r.at.Receiver = string(r.at.Package) + "/" + class
	r.Read()
	r.emit(r.at, through(r.span, r.Span()))
}

// resolveInfoLines are lines of ResolveInfo.dump that say nothing of who is started.
var resolveInfoLines = []string{"labelRes=", "resolvePackageName="}

// isComponentName allows what a class of Java's may be called beyond isName.
func isComponentName(b []byte) bool { return isName(bytes.ReplaceAll(b, []byte("$"), nil)) }

// activityInfoLines are the other lines of PackageItemInfo.dumpFront,
// ComponentInfo.dumpFront and ActivityInfo.dump.
var activityInfoLines = []string{
	"attributionTags=", "banner=", "colorMode=", "description=", "knownActivityEmbeddingCerts=", "labelRes=", "launchMode=", "lockTaskLaunchMode=",
	"maxAspectRatio=", "minAspectRatio=", "processName=", "requestedVrComponent=", "requiredDisplayCategory=", "resizeMode=", "screenOrientation=",
	"splitName=", "supportsSizeChanges=", "taskAffinity=", "uiOptions=", "windowLayout=",
}
