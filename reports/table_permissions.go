package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/harness/android"
	"assay/harness/finding"
	"assay/harness/observe/fact"
)

// permissions tells who holds what a user has a right to be asked for.
var permissions = Builder{
	Name:  "permissions",
	About: "who holds which sensitive permission, and how it was granted",
	Build: permissionsTable,
}

const permissionsAbout = "How a permission came to be held: user, the user was asked; default, given by the system without asking; system-fixed, so given and the user cannot take it back; " +
	"policy, by a device policy; role, with a role such as dialer; install, at installation; unknown. " +
	"What a shared user holds is one row: all of its packages have what one of them requests."

func permissionsTable(j finding.Judgement) Table {
	s := newSheet(
		j,
		"permissions",
		"Sensitive permissions",
		permissionsAbout,
		Column{Name: "Package", About: "the app, or the shared user of several"},
		Column{Name: "User", About: "the Android user; all for what holds for each", Right: true},
		Column{Name: "Permission", About: "without android.permission. in front"},
		Column{Name: "Opens", About: "what of the owner's it gives access to"},
		Column{Name: "Granted", About: "whether it is held"},
		Column{Name: "How", About: "it was granted"},
		Column{Name: "Flags", About: "as dumpsys package prints them"},
		Column{
			Name:  "Requested by",
			About: "of a shared user's packages: those that request it, those that do not, and those of which that is not known",
		},
		evidenceColumn,
	)
	rows := slices.SortedStableFunc(slices.Values(j.Grants), func(a, b finding.GrantRow) int {
		return cmp.Or(byHandset(a.Handset, b.Handset), cmp.Compare(a.Package, b.Package), cmp.Compare(a.User, b.User),
			cmp.Compare(a.Permission, b.Permission), cmp.Compare(a.How, b.How), byRef(a.Ref, b.Ref))
	})
	for _, g := range rows {
		s.add(g.Handset, value(string(g.Package)), user(g.User), value(strings.TrimPrefix(string(g.Permission), "android.permission.")),
			value(string(android.PermissionGroup(g.Permission))), yes(g.Granted), value(cmp.Or(g.How, "unknown")),
			value(strings.Join(g.Flags, " ")), value(requested(g.Sharing)), grounds(g.Ref))
	}
	s.note("%s", seen(j, "package"))
	return s.Table
}

// requested names a shared user's packages: a, b; not c; not known d, e and 3 more.
func requested(s *finding.Sharing) string {
	if s == nil {
		return ""
	}
	if s.Members == 0 {
		return "its packages are not known"
	}
	more := s.Members - len(s.Requested) - len(s.NotRequested) - len(s.Unknown)
	var parts []string
	for _, part := range []struct {
		before string
		who    []android.Package
	}{{"", s.Requested}, {"not ", s.NotRequested}, {"not known ", s.Unknown}} {
		var names []string
		for _, p := range part.who {
			names = append(names, string(p))
		}
		if len(names) > 0 {
			parts = append(parts, part.before+strings.Join(names, ", "))
		}
	}
	if more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, "; ")
}

func user(n int) Cell {
	if n == fact.AllUsers {
		return value("all")
	}
	return value(strconv.Itoa(n))
}
