package packages

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// PrivappPermissions reads which privileged permissions the image grants.
var PrivappPermissions = printout.Parser{
	Source: "privapp-permissions",
	Parse:  parsePrivapp,
	Needs: "pm get-privapp-permissions, get-privapp-deny-permissions and get-oem-permissions below @@ package, @@ deny and @@ oem PACKAGE: " +
		"services/core com/android/server/pm/PackageManagerShellCommand.java, Android 8 to 16; from source only",
}

// privappLists are the words behind "@@ ", and which list stands below.
var privappLists = map[string]fact.PrivappPermission{
	"package": {List: "privapp", Allowed: true},
	"deny":    {List: "privapp"},
	"oem":     {List: "oem", Allowed: true},
}

// parsePrivapp reads the answers for one package after another: {a, b} of an ArraySet, or
// {a=true, b=false} of an ArrayMap. It is {} where the image has no list.
func parsePrivapp(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	var at fact.PrivappPermission
	var names printout.Names
	for l.Next() {
		t := bytes.TrimSpace(l.Text())
		switch {
		case len(t) == 0:
			l.Skip()
		case bytes.HasPrefix(t, printout.HeadingMark):
			at = fact.PrivappPermission{}
			word, name := printout.Word(t[len(printout.HeadingMark):])
			list, known := privappLists[string(word)]
			if name = bytes.TrimSpace(name); known && printout.IsName(name) {
				at = list
				at.Package = android.Package(names.Of(name))
				l.Read()
			}
		case at.Package != "" && t[0] == '{' && t[len(t)-1] == '}':
			privappSet(l, t[1:len(t)-1], at, &names, emit)
		case android.SaysOf(string(t[:min(len(t), printout.LongestPhrase)])) == android.SaysUnsupported:
			c := evidence.Coverage{State: evidence.Truncated, Reason: string(t[:min(len(t), 200)])} // one or two of the lists are missing
			if at.List == "privapp" && at.Allowed {
				c.State = evidence.Unsupported
			}
			l.Cover(c)
			l.Read()
		default:
			l.Settle()
		}
	}
	return nil
}

// privappSet reads what stands between the braces; all of it, or nothing.
func privappSet(l *printout.Lines, t []byte, at fact.PrivappPermission, names *printout.Names, emit printout.Emit) {
	entries := bytes.Split(t, []byte(", "))
	if len(t) == 0 {
		entries = nil
	}
	for _, e := range entries {
		name, val, isPair := bytes.Cut(e, []byte("="))
		if !printout.IsName(name) || isPair && string(val) != "true" && string(val) != "false" {
			return
		}
	}
	l.Read()
	for _, e := range entries {
		name, val, isPair := bytes.Cut(e, []byte("="))
		p := at
		p.Permission = android.Permission(names.Of(name))
		if isPair {
			p.Allowed = string(val) == "true"
		}
		emit(p, l.Span())
	}
}
