package observe

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

var permissionList = Parser{
	Source: "permission-list",
	Parse:  parsePermissionList,
	Needs: "pm list permissions -f -g: frameworks/base cmds/pm Pm.java doListPermissions, Android 5 and 6; " +
		"services/core com/android/server/pm/PackageManagerShellCommand.java, 7 to 16; from source only",
}

// permissionLister reads pm list permissions -f, which tells who defines a
// permission and what protects it. Labels and descriptions are in the handset's
// language, and span lines.
type permissionLister struct {
	*Lines
	emit  Emit
	names names
	at    fact.PermissionDefinition
	span  evidence.Span // of its first line
	prose bool          // in a description
}

func parsePermissionList(in Input, emit Emit) error {
	d := &permissionLister{Lines: in.Lines, emit: emit}
	for d.Next() {
		t := bytes.TrimSpace(d.Text())
		bare := bytes.TrimPrefix(t, []byte("+ "))
		key, val, ok := bytes.Cut(bare, []byte(":"))
		switch {
		case len(t) == 0:
			d.Skip()
		case ok && string(key) == "permission" && isName(val):
			d.at, d.prose = fact.PermissionDefinition{Name: android.Permission(d.names.of(val))}, false
			d.span = d.Span()
			d.Read()
		case ok && (string(key) == "group" && isName(val) || string(t) == "All Permissions:" || string(bare) == "ungrouped:"):
			d.at, d.prose = fact.PermissionDefinition{}, false
			d.Skip()
		case ok && string(key) == "package" && isName(val):
			d.at.Package = android.Package(d.names.of(val))
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

// protection reads protectionLevel:signature|privileged, which ends a permission.
func (d *permissionLister) protection(val []byte) {
	if d.at.Name == "" || len(val) == 0 {
		return
	}
	d.at.Protection = d.names.of(val)
	d.Read()
	d.emit(d.at, through(d.span, d.Span()))
	d.at, d.prose = fact.PermissionDefinition{}, false
}
