package command

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// list prints packages, permissions, features, users and so on.
func (s *packageCommand) list() int {
	kind := s.next()
	switch kind {
	case "package", "packages":
		return s.listPackages()
	case "permissions":
		return s.listPermissions()
	case "permission-groups":
		for _, g := range persona.PermissionGroups() {
			fmt.Fprintf(s.Stdout, "permission group:android.permission-group.%s\n", g)
		}
		return 0
	case "features":
		for _, f := range phone.SystemFeatures {
			fmt.Fprintf(s.Stdout, "feature:%s\n", f)
		}
		return 0
	case "users":
		fmt.Fprintln(s.Stdout, "Users:")
		for _, u := range s.h.UserIDs() {
			name, flags := "Owner", "13"
			if u != 0 {
				name, flags = "User "+strconv.Itoa(u), "10"
			}
			fmt.Fprintf(s.Stdout, "\tUserInfo{%d:%s:%s} running\n", u, name, flags)
		}
		return 0
	case "":
		fmt.Fprintln(s.Stderr, "Error: didn't specify type of data to list")
		return 255
	}
	fmt.Fprintf(s.Stderr, "Error: unknown list type '%s'\n", kind)
	return 255
}

// listOptions says since when pm list packages knows its options.
var listOptions = map[string]int{
	"--apex-only": 29, "--show-versioncode": 28, "--uid": 26, "--user": 21, "-3": 21, "-U": 26, "-a": 29, "-d": 21, "-e": 21, "-f": 21,
	"-i": 21, "-l": 21, "-lf": 21, "-q": 34, "-s": 21, "-u": 21,
}

// listPackages prints a line for each package
// (PackageManagerShellCommand.runListPackages).
func (s *packageCommand) listPackages() int {
	has := map[string]bool{}
	user, wantUID, filter := 0, -1, ""
	for len(s.args) > 0 {
		a := s.next()
		if !strings.HasPrefix(a, "-") {
			filter = a
			break
		}
		if since, ok := listOptions[a]; !ok || s.sdk < since {
			if s.sdk < 24 {
				fmt.Fprintln(s.Stderr, "Error: Unknown option: "+a)
				return 1
			}
			fmt.Fprintln(s.Stdout, "Error: Unknown option: "+a)
			return 255
		}
		has[a] = true
		switch a {
		case "--user":
			s.args = append([]string{"--user"}, s.args...)
			var err error
			if user, err = s.user(); err != nil {
				fmt.Fprintln(s.Stderr, "Error:", err)
				return 255
			}
		case "--uid":
			wantUID, _ = strconv.Atoi(s.next())
		}
	}
	if has["--apex-only"] {
		return 0
	}
	for _, p := range s.h.State.Order {
		u := p.Users[user]
		disabled := u.Enabled >= 2
		switch {
		case filter != "" && !strings.Contains(p.Name, filter),
			has["-s"] && !p.IsSystem, has["-3"] && p.IsSystem,
			has["-d"] && !disabled, has["-e"] && disabled,
			!u.Installed && !has["-u"], wantUID >= 0 && user*100000+p.AppID != wantUID:
			continue
		}
		line := "package:"
		if has["-f"] {
			line += p.APKPath() + "="
		}
		line += p.Name
		if has["--show-versioncode"] {
			line += " versionCode:" + strconv.FormatInt(p.Code, 10)
		}
		if has["-i"] {
			line += "  installer=null"
		}
		if has["-U"] || has["--uid"] {
			line += " uid:" + strconv.Itoa(user*100000+p.AppID)
		}
		fmt.Fprintln(s.Stdout, line)
	}
	return 0
}

// listPermissions prints who defines which permission (doListPermissions).
func (s *packageCommand) listPermissions() int {
	var groups, labels, dangerousOnly, userOnly bool
	only := ""
	for len(s.args) > 0 {
		switch a := s.next(); a {
		case "-g":
			groups = true
		case "-f":
			labels = true
		case "-d":
			dangerousOnly = true
		case "-u":
			userOnly = true
		case "-s":
			groups, labels = true, true
		default:
			if strings.HasPrefix(a, "-") {
				fmt.Fprintln(s.Stdout, "Error: Unknown option: "+a)
				return 1
			}
			only = a
		}
	}
	if dangerousOnly {
		fmt.Fprint(s.Stdout, "Dangerous Permissions:\n\n")
	} else {
		fmt.Fprint(s.Stdout, "All Permissions:\n\n")
	}
	prefix, plus := "", ""
	if groups {
		prefix = "  "
	}
	if labels {
		plus = "+ "
	}
	byGroup := map[string][]phone.Permission{}
	for _, d := range s.h.State.Permissions {
		if (dangerousOnly || userOnly) && !strings.HasPrefix(d.Protection, "dangerous") {
			continue
		}
		g := ""
		if groups {
			g = s.groupOf(d)
		}
		byGroup[g] = append(byGroup[g], d)
	}
	names := slices.Sorted(maps.Keys(byGroup))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(phone.Bit(a == ""), phone.Bit(b == "")) })
	for i, g := range names {
		if only != "" && g != only {
			continue
		}
		if groups {
			if i > 0 {
				fmt.Fprintln(s.Stdout)
			}
			if g == "" {
				fmt.Fprintf(s.Stdout, "%sungrouped:\n", plus)
			} else {
				fmt.Fprintf(s.Stdout, "%sgroup:%s\n", plus, g)
				if labels {
					fmt.Fprintf(s.Stdout, "  package:android\n  label:null\n  description:null\n")
				}
			}
		}
		for _, d := range byGroup[g] {
			fmt.Fprintf(s.Stdout, "%s%spermission:%s\n", prefix, plus, d.Name)
			if labels {
				fmt.Fprintf(s.Stdout, "%s  package:%s\n%s  label:null\n%s  description:null\n%s  protectionLevel:%s\n", prefix, d.Package, prefix, prefix, prefix, d.Protection)
			}
		}
	}
	return 0
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
