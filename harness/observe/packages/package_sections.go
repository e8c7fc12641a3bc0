package packages

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// section is what stands under a heading at the left margin.
type section int

const (
	strange  section = iota // below an unknown heading: its lines are unread
	dull                    // known, and without interest
	messages                // known, and its lines are not indented either
	packages
	hidden
	sharedUsers
	permissions
	activities
	authorities
)

// sectionOf gives the section that a heading opens.
func sectionOf(t []byte) (section, bool) {
	t = printout.TrimPadding(t)
	if s, ok := sections[string(t)]; ok {
		return s, true
	}
	for _, prefix := range sectionPrefixes {
		if bytes.HasPrefix(t, []byte(prefix)) {
			return dull, true
		}
	}
	return strange, false
}

var sections = map[string]section{
	"APEX session state:":                  dull,
	"Active APEX packages:":                dull,
	"Active install sessions:":             dull,
	"Activity Resolver Table:":             activities,
	"App verification status:":             dull,
	"AppOp Permissions:":                   dull,
	"Compiler stats:":                      dull,
	"ContentProvider Authorities:":         authorities,
	"Database versions:":                   dull,
	"Default permissions:":                 dull,
	"Dexopt state:":                        dull,
	"Domain Verifier:":                     dull,
	"Domain verification status:":          dull,
	"Factory APEX packages:":               dull,
	"Features:":                            dull,
	"Finalized install sessions:":          dull,
	"Frozen packages:":                     dull,
	"Gentle update with constraints info:": dull,
	"HeimdAllFS state:":                    dull, // Samsung
	"Hidden system packages:":              hidden,
	"Historical install sessions:":         dull,
	"Inactive APEX packages:":              dull,
	"Intent Filter Verifier:":              dull,
	"Key Set Manager:":                     dull,
	"Known Packages:":                      dull,
	"Legacy install sessions:":             dull,
	"Libraries:":                           dull,
	"Loaded volumes:":                      dull,
	"Package Changes:":                     dull,
	"Package performance messages:":        dull, // Rockchip
	"Package warning messages:":            messages,
	"Packages:":                            packages,
	"Per UID read timeouts:":               dull,
	"Permissions:":                         permissions,
	"Profile utilization state:":           dull, // Samsung
	"Protected broadcast actions:":         dull,
	"Provider Resolver Table:":             dull,
	"Queries:":                             dull,
	"Receiver Resolver Table:":             dull,
	"Registered ContentProviders:":         dull,
	"Renamed packages:":                    dull,
	"SPEG state:":                          dull, // Samsung
	"Service Resolver Table:":              dull,
	"Service permissions:":                 dull,
	"Settings parse messages:":             messages,
	"Shared users:":                        sharedUsers,
	"Snapshot statistics":                  dull, // Android 12
	"Snapshot statistics:":                 dull,
	"System permissions:":                  dull,
	"Verifiers:":                           dull,
}

var sectionPrefixes = []string{
	"App linkages for user ",
	"Preferred Activities User ",
}

// permissionLine reads the Permissions section: Permission [NAME] (HASH):, then
// sourcePackage=NAME, then uid=N gids=[] type=N prot=LEVEL.
func (d *packageDump) permissionLine(t []byte) {
	t = t[printout.Indent(t):]
	if rest, ok := bytes.CutPrefix(t, []byte("Permission [")); ok {
		name, _, closed := bytes.Cut(rest, []byte("] ("))
		d.permission = fact.PermissionDefinition{}
		if closed {
			d.permission.Name = android.Permission(d.texts.Of(name))
			d.span = d.Span()
			d.Read()
		}
		return
	}
	key, val, _ := bytes.Cut(t, []byte("="))
	switch string(key) {
	case "sourcePackage":
		d.permission.Package = android.Package(d.names.Of(val))
		d.Read()
	case "uid":
		prot, ok := printout.Value(val, "prot")
		if !ok || d.permission.Name == "" || d.permission.Package == "" {
			return
		}
		d.permission.Protection = d.names.Of(prot)
		d.Read()
		d.emit(&d.permission, printout.JoinSpans(d.span, d.Span()))
		d.permission = fact.PermissionDefinition{}
	case "perm", "packageSetting", "flags", "allowed", "enforced":
		d.Skip()
	}
}

// filter is the intent filter of a resolver table that is being read.
type filter struct {
	main      bool // under android.intent.action.MAIN
	component string
	span      evidence.Span
}

const mainAction = "android.intent.action.MAIN:"

// activityLine reads the Activity Resolver Table, where a dump of one package
// (and the whole dump to Android 7) prints what each filter holds:
//
//	android.intent.action.MAIN:
//	  1245ea0 PACKAGE/.Activity filter 1113a59
//	    Action: "android.intent.action.MAIN"
//	    Category: "android.intent.category.LAUNCHER"
func (d *packageDump) activityLine(t []byte) {
	d.Skip()
	in := printout.Indent(t)
	switch {
	case in <= 6:
		d.filter = filter{main: string(t[in:]) == mainAction}
	case !d.filter.main:
	case in == 8:
		_, rest := printout.Word(t[in:])
		component, rest := printout.Word(rest)
		if bytes.HasPrefix(bytes.TrimLeft(rest, " "), []byte("filter ")) && bytes.IndexByte(component, '/') > 0 {
			d.Read()
			d.filter = filter{main: true, component: string(component), span: d.Span()}
			return
		}
		d.filter = filter{main: true}
	case d.filter.component != "" && string(t[in:]) == `Category: "android.intent.category.LAUNCHER"`:
		d.Read()
		pkg, _, _ := bytes.Cut([]byte(d.filter.component), []byte("/"))
		launchable := fact.Launchable{Package: android.Package(d.names.Of(pkg)), Component: d.filter.component}
		d.emit(launchable, printout.JoinSpans(d.filter.span, d.Span()))
		d.filter.component = ""
	}
}

// authorityLine reads the section ContentProvider Authorities (ComponentResolver
// dumpContentProviders). The section before it, Registered ContentProviders, lists the same
// without authorities.
//
//	[com.maker.notes]:
//	  Provider{9a3f2b1 com.maker.notes/.NotesProvider}
//	    applicationInfo=ApplicationInfo{1bc8d96 com.maker.notes}
func (d *packageDump) authorityLine(t []byte) {
	in := printout.Indent(t)
	t = t[in:]
	switch in {
	case 2:
		d.authority = ""
		name, opened := bytes.CutPrefix(t, []byte("["))
		name, closed := bytes.CutSuffix(name, []byte("]:"))
		if opened && closed && len(name) > 0 {
			d.authority, d.span = d.texts.Of(name), d.Span()
			d.Read()
		}
	case 4:
		inner, is := printout.Between(t, "Provider{", "}")
		_, component := printout.Word(inner)
		component = bytes.TrimLeft(component, " ")
		if is && d.authority != "" && bytes.IndexByte(component, '/') > 0 {
			d.Read()
			d.provider = fact.Provider{
				Authority: d.authority, Package: android.Package(d.names.Of(printout.PackageOf(component))), Component: d.texts.Of(component),
			}
			d.emit(&d.provider, printout.JoinSpans(d.span, d.Span()))
			d.authority = ""
		}
	case 6:
		if bytes.HasPrefix(t, []byte("applicationInfo=")) {
			d.Skip()
		}
	}
}
