package packages

import (
	"bytes"
	"fmt"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/printout"
)

// answered is one component that answered an intent.
type answered struct {
	pkg        android.Package
	component  string      // package/class
	uid        android.UID // of its app; NoUID where --brief does not tell
	priority   int         // of its filter
	exported   string      // true or false; empty where --brief does not tell
	permission android.Permission
}

// componentKind is how cmd package query-<plural> prints components of a kind.
type componentKind struct{ plural, title, info string }

var (
	activitiesFound = componentKind{"activities", "Activity", "ActivityInfo:"}
	receiversFound  = componentKind{"receivers", "Receiver", "ActivityInfo:"}
	servicesFound   = componentKind{"services", "Service", "ServiceInfo:"}
)

// componentPart is where in a component's lines the reader stands.
type componentPart int

const (
	partHead  componentPart = iota // of ResolveInfo.dump: its filter's priority
	partFront                      // of ActivityInfo.dump or ServiceInfo.dump
	partApp                        // of ApplicationInfo.dump, up to the UID
	partRest                       // everything of it that is needed has been read
)

// componentDump reads the answers to one intent after another:
//
//	2 services found:
//	  Service #0:
//	    priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=false
//	    ServiceInfo:
//	      name=com.maker.notes.Sync
//	      packageName=com.maker.notes
//	      enabled=true exported=true directBootAware=false
//	      permission=null
//	      flags=0x0
//	      ApplicationInfo:
//	        uid=10123 flags=0x38a8be45 privateFlags=0x0 theme=0x0
//
// An app's own label stands among these lines, and it may have line ends in it. So a component
// is not believed that says one thing twice, nor a line where Android prints none.
type componentDump struct {
	*printout.Lines
	say   func(answered, evidence.Span)
	names printout.Names

	kind     componentKind
	question string // "" before the first
	answer   bool   // the answer has said how many components it has
	promised int    // how many that is
	begun    int    // how many of them have begun
	told     int    // how many of them have been emitted

	at     answered
	part   componentPart
	class  string
	span   evidence.Span
	seen   map[string]bool // keys of the component that have been read
	margin int             // how far its ApplicationInfo is indented
	broken bool            // it says one thing twice, or something that cannot be read
}

// ask begins the answer to a question.
func (r *componentDump) ask(kind componentKind, question string) {
	r.settle(false)
	r.kind, r.question, r.answer = kind, question, false
	r.promised, r.begun, r.told = 0, 0, 0
	r.begin()
	r.Read()
}

// begin begins a component.
func (r *componentDump) begin() {
	r.at, r.part, r.class, r.broken = answered{uid: android.NoUID}, partHead, "", false
	if clear(r.seen); r.seen == nil {
		r.seen = map[string]bool{}
	}
}

// settle ends the answer, and compares it with the number of components that it announced. A
// component that is cut off by the end of the print-out is not emitted.
func (r *componentDump) settle(end bool) {
	if !end && r.part == partApp {
		r.tell()
	}
	switch {
	case r.question == "":
	case !r.answer:
		r.doubt("there is no answer to " + r.question)
	case r.told < r.promised:
		r.doubt(fmt.Sprintf("%d %s of %s are missing", r.promised-r.told, r.kind.plural, r.question))
	}
}

// doubt says that the print-out is not whole, unless the coverage is set already.
func (r *componentDump) doubt(reason string) {
	if !r.Covered() {
		r.Cut(reason)
	}
}

// stray is for a line that Android does not print in this place.
func (r *componentDump) stray() {
	r.doubt("text of an app's own stands among the answers to " + r.question)
}

func (r *componentDump) line(t []byte) {
	switch {
	case bytes.HasSuffix(t, []byte(" "+r.kind.plural+" found:")):
		r.count(t)
	case string(t) == "No "+r.kind.plural+" found":
		if r.answer {
			r.stray()
			return
		}
		r.answer = true
		r.Read()
	case bytes.HasPrefix(t, []byte(r.kind.title+" #")):
		r.next(t)
	case r.part == partHead:
		r.head(t)
	case r.part == partFront:
		r.front(t)
	default:
		r.app(t)
	}
}

// count reads how many components the answer has: 2 services found:.
func (r *componentDump) count(t []byte) {
	word, _ := printout.Word(t)
	n, ok := printout.Number(word)
	if !ok || r.answer {
		r.stray()
		return
	}
	r.answer, r.promised = true, n
	r.Read()
}

// next reads that the next component begins: Service #0:.
func (r *componentDump) next(t []byte) {
	if r.part == partApp {
		r.tell()
	}
	n, ok := printout.Number(bytes.TrimSuffix(t[len(r.kind.title)+2:], []byte(":")))
	if !ok || n != r.begun || n >= r.promised {
		r.stray()
	}
	r.begun++
	r.begin()
	r.Skip()
}

// head reads what ResolveInfo.dump, or --brief, says of a component.
func (r *componentDump) head(t []byte) {
	priority, begins := bytes.CutPrefix(t, []byte("priority="))
	switch {
	case string(t) == r.kind.info:
		r.part, r.span = partFront, r.Span()
		r.Read()
	case printout.HasAnyPrefix(t, resolveInfoLines):
		r.Skip()
	case begins:
		word, _ := printout.Word(priority)
		if n, ok := printout.Integer(word); ok {
			r.at.priority = n
			r.Read()
		}
	case r.told < r.promised && bytes.IndexByte(t, '/') > 0 && printout.IsName(printout.PackageOf(t)) && bytes.IndexByte(t, ' ') < 0:
		r.told++
		r.at.pkg, r.at.component = android.Package(r.names.Of(printout.PackageOf(t))), r.names.Of(t)
		r.Read()
		r.say(r.at, r.Span())
		r.at.priority = 0
	default:
		r.Settle()
	}
}

// front reads a component's own lines, up to its ApplicationInfo.
func (r *componentDump) front(t []byte) {
	key, val, _ := bytes.Cut(t, []byte("="))
	switch word := string(key); word {
	case "name", "packageName", "enabled", "permission":
		if r.seen[word] || word == "permission" && !r.seen["enabled"] {
			r.broken = true
			r.stray()
			return
		}
		if r.seen[word] = r.own(word, val, t); r.seen[word] {
			r.Read()
		}
		r.broken = r.broken || !r.seen[word]
	case "ApplicationInfo:":
		r.part, r.margin = partApp, printout.Indent(r.Text())
		r.span = printout.JoinSpans(r.span, r.Span())
		r.Read()
	case "ApplicationInfo: null":
		r.span = printout.JoinSpans(r.span, r.Span())
		r.Read()
		r.tell()
	default:
		if printout.HasAnyPrefix(t, activityInfoLines) {
			r.Skip()
			return
		}
		r.Settle()
	}
}

// own reads one line of what a component says of itself. For a component without a permission
// ActivityInfo.dump has no such line, and ServiceInfo.dump has permission=null.
func (r *componentDump) own(key string, val, line []byte) bool {
	switch key {
	case "name":
		r.class = r.names.Of(val)
		return isComponentName(val)
	case "packageName":
		r.at.pkg = android.Package(r.names.Of(val))
		return printout.IsName(val)
	case "enabled":
		exported, _ := printout.Value(line, "exported")
		r.at.exported = r.names.Of(exported)
		return string(exported) == "true" || string(exported) == "false"
	}
	if string(val) != "null" {
		r.at.permission = android.Permission(r.names.Of(val))
	}
	return printout.IsName(val)
}

// app reads a component's ApplicationInfo, for its UID.
func (r *componentDump) app(t []byte) {
	if printout.Indent(r.Text()) <= r.margin {
		r.stray()
		return
	}
	val, begins := bytes.CutPrefix(t, []byte("uid="))
	if !begins {
		r.Skip()
		return
	}
	word, _ := printout.Word(val)
	n, ok := printout.Number(word)
	if !ok || r.part == partRest {
		r.stray()
		return
	}
	r.at.uid = android.UID(n)
	r.span = printout.JoinSpans(r.span, r.Span())
	r.Read()
	r.tell()
}

// tell emits the component, of which everything has been read.
func (r *componentDump) tell() {
	r.part = partRest
	if r.broken || !r.seen["name"] || !r.seen["packageName"] || !r.seen["enabled"] || r.told >= r.promised {
		return
	}
	class := r.class
	if rest, ok := strings.CutPrefix(class, string(r.at.pkg)); ok && strings.HasPrefix(rest, ".") {
		class = rest
	}
	r.told++
	r.at.component = string(r.at.pkg) + "/" + class
	r.say(r.at, r.span)
}

// resolveInfoLines are lines of ResolveInfo.dump that say nothing of who answers.
var resolveInfoLines = []string{"labelRes=", "resolvePackageName="}

// isComponentName says whether a word can be the name of a class of Java's: $ may stand in it.
func isComponentName(b []byte) bool { return printout.IsName(bytes.ReplaceAll(b, []byte("$"), nil)) }

// activityInfoLines are the other lines of PackageItemInfo.dumpFront,
// ComponentInfo.dumpFront, ActivityInfo.dump and ServiceInfo.dump.
var activityInfoLines = []string{
	"attributionTags=",
	"banner=",
	"colorMode=",
	"description=",
	"flags=0x",
	"knownActivityEmbeddingCerts=",
	"labelRes=",
	"launchMode=",
	"lockTaskLaunchMode=",
	"maxAspectRatio=",
	"minAspectRatio=",
	"processName=",
	"requestedVrComponent=",
	"requiredDisplayCategory=",
	"resizeMode=",
	"screenOrientation=",
	"splitName=",
	"supportsSizeChanges=",
	"taskAffinity=",
	"uiOptions=",
	"windowLayout=",
}
