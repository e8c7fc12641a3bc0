package packages

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// PermissionList reads which permissions are defined, and by whom.
var PermissionList = printout.Parser{
	Source: "permission-list",
	Parse:  parsePermissionList,
	Needs: "pm list permissions -f -g: frameworks/base cmds/pm Pm.java doListPermissions, Android 5 and 6; " +
		"services/core com/android/server/pm/PackageManagerShellCommand.java, 7 to 16; from source only",
}

// permissionLister reads pm list permissions -f, which says who defines a permission and what
// protects it. Labels and descriptions are in the handset's language, and may span lines.
type permissionLister struct {
	*printout.Lines
	emit  printout.Emit
	names printout.Names
	at    fact.PermissionDefinition
	span  evidence.Span // of its first line
	prose bool          // in a description
}

func parsePermissionList(in printout.Input, emit printout.Emit) error {
	d := &permissionLister{Lines: in.Lines, emit: emit}
	for d.Next() {
		t := bytes.TrimSpace(d.Text())
		bare := bytes.TrimPrefix(t, []byte("+ "))
		key, val, ok := bytes.Cut(bare, []byte(":"))
		switch {
		case len(t) == 0:
			d.Skip()
		case ok && string(key) == "permission" && printout.IsName(val):
			d.at, d.prose = fact.PermissionDefinition{Name: android.Permission(d.names.Of(val))}, false
			d.span = d.Span()
			d.Read()
		case ok && (string(key) == "group" && printout.IsName(val) || string(t) == "All Permissions:" || string(bare) == "ungrouped:"):
			d.at, d.prose = fact.PermissionDefinition{}, false
			d.Skip()
		case ok && string(key) == "package" && printout.IsName(val):
			d.at.Package = android.Package(d.names.Of(val))
			d.Read()
		case ok && string(key) == "protectionLevel":
			d.protection(val)
		case ok && (string(key) == "label" || string(key) == "description"):
			d.prose = d.at.Package != ""
			d.Skip()
		case d.prose:
			d.Skip()
		default:
			d.Settle()
		}
	}
	return nil
}

// protection reads protectionLevel:signature|privileged, the last line of a permission.
func (d *permissionLister) protection(val []byte) {
	if d.at.Name == "" || len(val) == 0 {
		return
	}
	d.at.Protection = d.names.Of(val)
	d.Read()
	d.emit(d.at, printout.JoinSpans(d.span, d.Span()))
	d.at, d.prose = fact.PermissionDefinition{}, false
}
