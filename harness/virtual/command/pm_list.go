package command

import (
	"fmt"
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
			fmt.Fprintf(s.call.Stdout, "permission group:android.permission-group.%s\n", g)
		}
		return 0
	case "features":
		for _, f := range phone.SystemFeatures {
			fmt.Fprintf(s.call.Stdout, "feature:%s\n", f)
		}
		return 0
	case "users":
		fmt.Fprintln(s.call.Stdout, "Users:")
		for _, u := range s.h.UserIDs() {
			name, flags := "Owner", "13"
			if u != 0 {
				name, flags = "User "+strconv.Itoa(u), "10"
			}
			fmt.Fprintf(s.call.Stdout, "\tUserInfo{%d:%s:%s} running\n", u, name, flags)
		}
		return 0
	case "":
		fmt.Fprintln(s.call.Stderr, "Error: didn't specify type of data to list")
		return 255
	}
	fmt.Fprintf(s.call.Stderr, "Error: unknown list type '%s'\n", kind)
	return 255
}

// listOptions says since when pm list packages knows its options.
var listOptions = map[string]int{
	"--apex-only": 29, "--show-versioncode": 28, "--uid": 26, "--user": 21, "-3": 21, "-U": 26, "-a": 29, "-d": 21, "-e": 21, "-f": 21,
	"-i": 21, "-l": 21, "-lf": 21, "-q": 34, "-s": 21, "-u": 21,
}

// listed says which packages pm list packages lists, and what of them.
type listed struct {
	has     map[string]bool // options
	user    int
	wantUID int // -1: any
	filter  string
}

// listPackages prints a line for each package
// (PackageManagerShellCommand.runListPackages).
func (s *packageCommand) listPackages() int {
	l := listed{has: map[string]bool{}, wantUID: -1}
	if status := s.readListed(&l); status != 0 || l.has["--apex-only"] {
		return status
	}
	for _, p := range s.h.State.Order {
		if l.wants(p) {
			fmt.Fprintln(s.call.Stdout, l.line(p))
		}
	}
	return 0
}

// readListed reads the options; its status is not 0 where one is none.
func (s *packageCommand) readListed(l *listed) int {
	for len(s.args) > 0 {
		a := s.next()
		if !strings.HasPrefix(a, "-") {
			l.filter = a
			break
		}
		if since, ok := listOptions[a]; !ok || s.sdk < since {
			if s.sdk < 24 {
				fmt.Fprintln(s.call.Stderr, "Error: Unknown option: "+a)
				return 1
			}
			fmt.Fprintln(s.call.Stdout, "Error: Unknown option: "+a)
			return 255
		}
		l.has[a] = true
		switch a {
		case "--user":
			s.args = append([]string{"--user"}, s.args...)
			var err error
			if l.user, err = s.user(); err != nil {
				fmt.Fprintln(s.call.Stderr, "Error:", err)
				return 255
			}
		case "--uid":
			l.wantUID, _ = strconv.Atoi(s.next())
		}
	}
	return 0
}

// wants says whether a package is to be listed.
func (l listed) wants(p *phone.Package) bool {
	u, has := p.Users[l.user], l.has
	disabled := u.Enabled >= 2
	switch {
	case l.filter != "" && !strings.Contains(p.Name, l.filter),
		has["-s"] && !p.IsSystem, has["-3"] && p.IsSystem,
		has["-d"] && !disabled, has["-e"] && disabled,
		!u.Installed && !has["-u"], l.wantUID >= 0 && l.user*100000+p.AppID != l.wantUID:
		return false
	}
	return true
}

// line is what is listed of a package.
func (l listed) line(p *phone.Package) string {
	line := "package:"
	if l.has["-f"] {
		line += p.APKPath() + "="
	}
	line += p.Name
	if l.has["--show-versioncode"] {
		line += " versionCode:" + strconv.FormatInt(p.Code, 10)
	}
	if l.has["-i"] {
		line += "  installer=null"
	}
	if l.has["-U"] || l.has["--uid"] {
		line += " uid:" + strconv.Itoa(l.user*100000+p.AppID)
	}
	return line
}
