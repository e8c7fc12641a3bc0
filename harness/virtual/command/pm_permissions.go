package command

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// listedPermissions says which permissions pm list permissions lists, and how.
type listedPermissions struct {
	groups, labels, dangerousOnly, userOnly bool
	only                                    string // a group; empty: all
}

// listPermissions prints who defines which permission (doListPermissions).
func (s *packageCommand) listPermissions() int {
	var l listedPermissions
	for len(s.args) > 0 {
		switch a := s.next(); a {
		case "-g":
			l.groups = true
		case "-f":
			l.labels = true
		case "-d":
			l.dangerousOnly = true
		case "-u":
			l.userOnly = true
		case "-s":
			l.groups, l.labels = true, true
		default:
			if strings.HasPrefix(a, "-") {
				fmt.Fprintln(s.call.Stdout, "Error: Unknown option: "+a)
				return 1
			}
			l.only = a
		}
	}
	if l.dangerousOnly {
		fmt.Fprint(s.call.Stdout, "Dangerous Permissions:\n\n")
	} else {
		fmt.Fprint(s.call.Stdout, "All Permissions:\n\n")
	}
	byGroup := map[string][]phone.Permission{}
	for _, d := range s.h.State.Permissions {
		if (l.dangerousOnly || l.userOnly) && !strings.HasPrefix(d.Protection, "dangerous") {
			continue
		}
		g := ""
		if l.groups {
			g = s.groupOf(d)
		}
		byGroup[g] = append(byGroup[g], d)
	}
	names := slices.Sorted(maps.Keys(byGroup))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(phone.Bit(a == ""), phone.Bit(b == "")) })
	for i, g := range names {
		if l.only != "" && g != l.only {
			continue
		}
		if l.groups && i > 0 {
			fmt.Fprintln(s.call.Stdout)
		}
		l.print(s.call.Stdout, g, byGroup[g])
	}
	return 0
}

// print prints a group, and the permissions in it.
func (l listedPermissions) print(w io.Writer, group string, permissions []phone.Permission) {
	prefix, plus := "", ""
	if l.groups {
		prefix = "  "
	}
	if l.labels {
		plus = "+ "
	}
	switch {
	case l.groups && group == "":
		fmt.Fprintf(w, "%sungrouped:\n", plus)
	case l.groups:
		fmt.Fprintf(w, "%sgroup:%s\n", plus, group)
		if l.labels {
			fmt.Fprintf(w, "  package:android\n  label:null\n  description:null\n")
		}
	}
	for _, d := range permissions {
		fmt.Fprintf(w, "%s%spermission:%s\n", prefix, plus, d.Name)
		if l.labels {
			fmt.Fprintf(w, "%s  package:%s\n%s  label:null\n%s  description:null\n"+
				"%s  protectionLevel:%s\n", prefix, d.Package, prefix, prefix, prefix, d.Protection)
		}
	}
}

// groupOf is the group that a permission is listed in: Android 10 took runtime
// permissions out of theirs, on paper.
func (s *packageCommand) groupOf(d phone.Permission) string {
	g, _ := persona.PermissionGroup(d.Name)
	switch {
	case g == d.Name || !strings.HasPrefix(d.Protection, "dangerous"):
		return ""
	case s.sdk >= 29:
		return "android.permission-group.UNDEFINED"
	}
	return "android.permission-group." + g
}

// privapp prints the permissions that the image's allow-lists give a package.
func (s *packageCommand) privapp() int {
	p := s.h.State.Package(s.next())
	if p == nil || len(p.Privileged) == 0 {
		fmt.Fprintln(s.call.Stdout, "{}")
		return 0
	}
	names := make([]string, len(p.Privileged))
	for i, n := range p.Privileged {
		names[i] = persona.FullPermission(n)
	}
	slices.Sort(names)
	fmt.Fprintf(s.call.Stdout, "{%s}\n", strings.Join(names, ", "))
	return 0
}

// nobodys prints the deny-list or the OEM's list of a package: no image here has
// either.
func (s *packageCommand) nobodys() int {
	fmt.Fprintln(s.call.Stdout, "{}")
	return 0
}
