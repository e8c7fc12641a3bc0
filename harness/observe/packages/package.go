package packages

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysPackage reads every package: what it is, what it holds, what users have of it.
var DumpsysPackage = printout.Parser{
	Source: "dumpsys-package",
	Parse:  parsePackage,
	Needs: "services/core com/android/server/pm/{PackageManagerService,DumpHelper,Settings}.java, " +
		"permission/{BasePermission,Permission}.java, IntentResolver.java, ComponentResolver.java dumpContentProviders, Android 5 to 16",
}

// PackageDetail reads the dump of one package, which tells more of it.
var PackageDetail = printout.Parser{
	Source: "package-detail",
	Parse:  parsePackage,
	Needs:  DumpsysPackage.Needs + "; dumpsys package NAME, which alone prints requested permissions and filters",
}

// packageDump reads dumpsys package, of all packages or of one.
type packageDump struct {
	*printout.Lines
	emit     printout.Emit
	names    *printout.Names
	said     printout.Recent[[]string] // lists of flags
	section  section
	whole    bool   // begins as a dump of everything does
	modern   bool   // has what Android 8 and later print
	ended    bool   // has a heading that follows all packages
	several  bool   // holds the dumps of several packages
	overlays bool   // the lines are paths of a library's overlays
	wanted   []byte // of several: the package whose dump this is, until its block has come

	// The block that is being read.
	install android.Package
	block   fact.Install
	shared  fact.SharedUser
	pending bool // block is not yet emitted
	span    evidence.Span
	last    evidence.Span // the last line of pending
	user    int
	list    list

	permission fact.PermissionDefinition
	filter     filter
	authority  string

	texts    printout.Texts
	fields   printout.Recent[func(*packageDump, []byte)]
	lists    printout.Recent[list]
	ofUsers  printout.Recent[bool]
	state    fact.UserState // what was last emitted
	asked    fact.Request
	given    fact.Grant
	provider fact.Provider
}

// list is what the deeper lines of a block are.
type list int

const (
	noList   list = iota
	skipList      // without interest
	paths         // of overlays: on Android 8 the user's fields follow with the same indent
	requests
	installs
	runtimes
)

func parsePackage(in printout.Input, emit printout.Emit) error {
	d := &packageDump{Lines: in.Lines, emit: emit, names: in.Lines.Names(), section: strange, modern: in.SDK >= 26}
	for d.Next() {
		t := d.Text()
		if len(t) == 0 {
			d.Skip()
			continue
		}
		if t[0] == marker[0] && bytes.HasPrefix(t, marker) {
			d.next()
			continue
		}
		if t[0] != ' ' && t[0] != '\t' {
			d.heading(t)
			continue
		}
		switch d.section {
		case dull:
			d.Skip()
		case packages, hidden, sharedUsers:
			d.blockLine(t)
		case permissions:
			d.permissionLine(t)
		case activities:
			d.activityLine(t)
		case authorities:
			d.authorityLine(t)
		}
	}
	d.miss()
	d.check()
	if d.ended && !d.several {
		d.MarkEnd() // a dump of one package, taken without a script
	}
	return nil
}

// marker begins the line that the collector of package-detail prints before each
// package's dump: "@@ package com.x".
var marker = []byte("@@ package ")

// next goes on to the dump of another package.
func (d *packageDump) next() {
	d.miss()
	d.wanted = append(d.wanted[:0], d.Text()[len(marker):]...)
	d.check()
	d.Read()
	d.finish()
	d.section, d.list, d.install, d.ended, d.whole, d.several = strange, noList, "", false, false, true
}

// miss notes that the dump of a package has ended without its block.
func (d *packageDump) miss() {
	if len(d.wanted) > 0 {
		d.Lacks("the block of " + string(d.wanted[:min(len(d.wanted), 200)]))
	}
}

// heading reads a line at the left margin.
func (d *packageDump) heading(t []byte) {
	if d.several && bytes.HasPrefix(t, []byte("Unable to find package")) {
		d.wanted = d.wanted[:0] // it has been removed since it was listed
	}
	s, ok := sectionOf(t)
	if !ok {
		if d.section == messages {
			d.Skip() // messages are not indented
			return
		}
		if printout.IsFraming(t) || fence(t) || t[0] == '#' || d.several && bytes.HasPrefix(t, []byte("Unable to find package")) {
			d.Skip()
			return
		}
		if !d.Refused() {
			d.stray(t)
		}
		return
	}
	d.finish()
	d.Read()
	switch string(t) {
	case "Database versions:":
		d.whole = true
	case "Dexopt state:", "Compiler stats:", "Package warning messages:":
		d.ended = true
	}
	d.section = s
	d.install, d.shared, d.list, d.filter, d.authority = "", fact.SharedUser{}, noList, filter{}, ""
}

// stray reads a line that is not indented and that is no known heading. A section whose lines
// are read goes on behind it, or the line would hide all facts that follow (printout.Stray). From
// Android 10 there is such a line above the paths of a library's overlays:
// Settings.dumpPackageLPr ends the line before its name.
//
//	com.google.android.trichromelibrary_636802733 overlay paths:
//	        /product/overlay/Theme.apk
func (d *packageDump) stray(t []byte) {
	switch d.section {
	case packages, hidden:
		if d.install != "" && bytes.HasSuffix(t, []byte(" overlay paths:")) {
			d.overlays = true
			d.Read()
		} else {
			d.MarkStray()
		}
	case sharedUsers:
		d.MarkStray()
	case permissions, activities, authorities:
	default:
		d.section = strange
	}
}

// check says whether the end of the print-out shows that it is whole. A dump of everything ends
// with warning messages behind the packages; from Android 8 a dump of one package ends with how
// it was compiled.
func (d *packageDump) check() {
	if d.ended || d.Covered() {
		return
	}
	if d.whole {
		d.Cut("the dump of all packages has no end")
	} else if d.modern && d.install != "" {
		d.Cut("the dump ends within its packages")
	}
}

// finish closes the block that is being read.
func (d *packageDump) finish() {
	if d.pending {
		d.pending = false
		d.emit(&d.block, printout.JoinSpans(d.span, d.last))
	}
}

// blockLine reads a line under Packages, Hidden system packages or Shared users.
func (d *packageDump) blockLine(t []byte) {
	in := printout.Indent(t)
	d.overlays = d.overlays && in < len(t) && t[in] == '/'
	switch {
	case d.overlays:
		d.Skip()
	case d.StrayBefore() != printout.NoStray && in <= 2 && !isBlockHead(t):
		d.finish()
		d.section = strange // the line before was the heading of another section
	case in <= 2:
		d.blockHead(t)
	case in == 4:
		d.fieldLine(t[4:])
	case d.list == skipList:
		d.Skip()
	case d.list == requests:
		d.request(t[in:])
	case d.list == installs:
		d.grant(t[in:], fact.InstallGrant)
	case in >= 8 && d.list == runtimes:
		d.grant(t[in:], fact.RuntimeGrant)
	case d.list == paths && in < len(t) && t[in] == '/':
		d.Skip()
	default:
		d.userLine(t[in:], in)
	}
}

// isBlockHead says whether a line begins a package's block, or a shared user's.
func isBlockHead(t []byte) bool {
	t = bytes.TrimLeft(t, " ")
	return bytes.HasPrefix(t, []byte("Package [")) || bytes.HasPrefix(t, []byte("SharedUser ["))
}

// blockHead reads Package [NAME] (HASH): or SharedUser [NAME] (HASH):.
func (d *packageDump) blockHead(t []byte) {
	d.finish()
	d.install, d.shared, d.list = "", fact.SharedUser{}, noList
	word, rest, ok := bytes.Cut(bytes.TrimLeft(t, " "), []byte(" ["))
	name, _, closed := bytes.Cut(rest, []byte("] ("))
	if !ok || !closed {
		return
	}
	d.user, d.list, d.span = fact.AllUsers, noList, d.Span()
	switch {
	case string(word) == "Package" && d.section != sharedUsers && packageName(name):
		d.install = android.Package(d.names.Of(name))
		d.block = fact.Install{Package: d.install, Hidden: d.section == hidden, UID: android.NoUID}
		d.pending, d.last = true, d.span
		if bytes.Equal(name, d.wanted) {
			d.wanted = d.wanted[:0]
		}
		d.Read()
	case string(word) == "SharedUser" && d.section == sharedUsers:
		d.shared = fact.SharedUser{Name: d.names.Of(name), UID: android.NoUID}
		d.Read()
	}
}

// request reads NAME or, from Android 10, NAME: restricted=true.
func (d *packageDump) request(t []byte) {
	name, _, _ := bytes.Cut(t, []byte(": "))
	// A manifest may ask for a name that ends in a space: OPPO's CPH2083 has one.
	if d.install == "" || bytes.IndexByte(bytes.TrimRight(name, " "), ' ') >= 0 {
		return
	}
	d.Read()
	d.asked = fact.Request{Package: d.install, Hidden: d.section == hidden, Permission: android.Permission(d.names.Of(name))}
	d.emit(&d.asked, d.Span())
}

// grant reads NAME: granted=true, flags=[ A|B], or, up to Android 5, NAME alone,
// which is granted. Android 6 to 9 print flags=[ A B ].
func (d *packageDump) grant(t []byte, kind fact.GrantType) {
	g := &d.given
	*g = fact.Grant{Package: d.install, SharedUser: d.shared.Name, Hidden: d.section == hidden, User: fact.AllUsers, Type: kind, Granted: true}
	if kind == fact.RuntimeGrant {
		g.User = d.user
	}
	line, ok := android.CutGrant(t)
	if !ok {
		return
	}
	g.Granted = line.Granted
	if line.Flags != nil {
		g.Flags = d.flagsOf(line.Flags)
	}
	if len(line.Rest) > 0 {
		d.grantUser(line.Rest)
	}
	name := line.Name
	if bytes.IndexByte(name, ' ') >= 0 || d.install == "" && d.shared.Name == "" {
		return
	}
	g.Permission = android.Permission(d.names.Of(name))
	d.Read()
	d.emit(g, d.Span())
}

// grantUser reads the userId= that some makers print behind the flags.
func (d *packageDump) grantUser(rest []byte) {
	if v, ok := printout.Value(rest, "userId"); ok {
		if n, ok := printout.Number(bytes.TrimRight(v, ",")); ok {
			d.given.User = n
		}
	}
}

// flagsOf splits words up to a closing bracket.
func (d *packageDump) flagsOf(words []byte) []string {
	if i := bytes.IndexByte(words, ']'); i >= 0 {
		words = words[:i]
	}
	return d.names.Flags(words, &d.said)
}
