package reports

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"assay/harness/android"
	"assay/harness/finding"
	"assay/harness/observe"
)

// permissions tells who holds what a user has a right to be asked for.
var permissions = Builder{
	Name:  "permissions",
	About: "who holds which sensitive permission, and how it was granted",
	Build: permissionsTable,
}

const permissionsAbout = "How a permission came to be held: user, the user was asked; default, given by the system without asking; system-fixed, so given and the user cannot take it back; " +
	"policy, by a device policy; role, with a role such as dialer; install, at installation; unknown."

func permissionsTable(j finding.Judgement) Table {
	s := newSheet(j, "permissions", "Sensitive permissions", permissionsAbout,
		Column{Name: "Package", About: "the app"},
		Column{Name: "User", About: "the Android user; all for what holds for each", Right: true},
		Column{Name: "Permission", About: "without android.permission. in front"},
		Column{Name: "Opens", About: "what of the owner's it gives access to"},
		Column{Name: "Granted", About: "whether it is held"},
		Column{Name: "How", About: "it was granted"},
		Column{Name: "Flags", About: "as dumpsys package prints them"},
		evidenceColumn,
	)
	rows := slices.SortedStableFunc(slices.Values(j.Grants), func(a, b finding.GrantRow) int {
		return cmp.Or(byHandset(a.Handset, b.Handset), cmp.Compare(a.Package, b.Package), cmp.Compare(a.User, b.User),
			cmp.Compare(a.Permission, b.Permission), cmp.Compare(a.How, b.How), byRef(a.Ref, b.Ref))
	})
	for _, g := range rows {
		s.add(g.Handset, value(string(g.Package)), user(g.User), value(strings.TrimPrefix(string(g.Permission), "android.permission.")),
			value(string(android.PermissionGroup(g.Permission))), yes(g.Granted), value(cmp.Or(g.How, "unknown")),
			value(strings.Join(g.Flags, " ")), grounds(g.Ref))
	}
	s.note("%s", seen(j, "package"))
	return s.Table
}

func user(n int) Cell {
	if n == observe.AllUsers {
		return value("all")
	}
	return value(strconv.Itoa(n))
}
