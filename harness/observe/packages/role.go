package packages

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysRole reads who holds which role.
var DumpsysRole = printout.Parser{
	Source: "dumpsys-role",
	Parse:  parseRoles,
	Needs: "services/core com/android/server/role/RoleManagerService.java dump, Android 10 and 11; packages/modules/Permission " +
		"service com/android/role/{RoleService,RoleUserState}.java, 12 to 16; DualDumpOutputStream.java; read from print-outs of 10, 13 and 14",
}

// roleDump reads dumpsys role: name=value in nested braces. A field of several values has them in
// brackets, each on a line.
type roleDump struct {
	*printout.Lines
	emit   printout.Emit
	names  printout.Names
	depth  int
	list   bool // in the brackets of holders=[
	holder fact.RoleHolder
}

func parseRoles(in printout.Input, emit printout.Emit) error {
	d := &roleDump{Lines: in.Lines, emit: emit}
	inside := false
	for d.Next() {
		t := bytes.TrimSpace(d.Text())
		switch {
		case len(t) == 0:
			d.Skip()
		case bytes.HasPrefix(t, []byte("ROLE STATE (dumpsys role):")), bytes.HasPrefix(t, []byte("ROLE MANAGER STATE (dumpsys role):")):
			inside = true
			d.Read()
		case !inside || d.depth == 0 && t[0] != '{':
			d.Settle()
		default:
			d.line(t)
		}
	}
	if d.depth > 0 {
		d.Cut("the dump ends within its braces")
	}
	return nil
}

func (d *roleDump) line(t []byte) {
	switch last := t[len(t)-1]; {
	case last == '{' || last == '[':
		d.depth++
		d.list = bytes.Equal(t, []byte("holders=["))
		d.Read()
		return
	case len(t) == 1 && (last == '}' || last == ']'):
		d.depth--
		d.list = false
		d.Read()
		return
	}
	if d.list {
		d.held(t)
		return
	}
	key, val, ok := bytes.Cut(t, []byte("="))
	switch string(key) {
	case "user_id":
		if n, isUser := printout.Number(val); isUser {
			d.holder = fact.RoleHolder{User: n}
			d.Read()
		}
	case "name":
		d.holder.Role = d.names.Of(val)
		d.Read()
	case "holders":
		if ok {
			d.held(val)
		}
	case "active_user_id", // of a role that one user alone has at a time, from Android 16
		"fallback_enabled", "packages_hash", "version":
		d.Skip()
	default:
		d.Refused()
	}
}

func (d *roleDump) held(name []byte) {
	if d.holder.Role == "" || !printout.IsName(name) {
		return
	}
	h := d.holder
	h.Package = android.Package(d.names.Of(name))
	d.Read()
	d.emit(h, d.Span())
}

// RoleHolders reads who holds each role that was asked about.
var RoleHolders = printout.Parser{
	Source: "role-holders",
	Parse:  parseRoleHolders,
	Needs: "cmd role get-role-holders --user 0 ROLE below @@ role ROLE: services/core com/android/server/role/RoleManagerShellCommand.java, " +
		"Android 10 and 11; packages/modules/Permission service com/android/role/RoleShellCommand.java, 12 to 16; from source only",
}

// parseRoleHolders reads the answers for one role after another: packages with semicolons between
// them, or an empty line where nobody holds the role.
func parseRoleHolders(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	role := ""
	var names printout.Names
	for l.Next() {
		t := bytes.TrimSpace(l.Text())
		if name, ok := bytes.CutPrefix(t, []byte("@@ role ")); ok && printout.IsName(name) {
			role = string(name)
			l.Read()
			continue
		}
		holders := bytes.Split(t, []byte(";"))
		known := role != "" && len(t) > 0
		for _, h := range holders {
			known = known && printout.IsName(h)
		}
		if !known {
			l.Settle()
			continue
		}
		l.Read()
		for _, h := range holders {
			emit(fact.RoleHolder{Role: role, Package: android.Package(names.Of(h))}, l.Span())
		}
	}
	return nil
}
