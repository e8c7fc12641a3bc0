package scenario

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"assay/harness/android"
)

// held is what user 0 has given an app of one runtime permission.
type held struct {
	granted bool
	flags   []string // USER_SET, USER_FIXED, SYSTEM_FIXED …
}

func (g held) has(flags ...string) bool {
	return slices.ContainsFunc(flags, func(f string) bool { return slices.Contains(g.flags, f) })
}

// permissions is what one app asks for, and has been given.
type permissions struct {
	requested []android.Permission
	runtime   map[android.Permission]held
	target    int    // targetSdk; 0: the print-out does not say
	part      string // what the print-out lacks to be whole, in words; empty: nothing
}

// permissionsOf asks the handset what a package requests and holds. A package
// that is not there is an unmet expectation; of a print-out that was cut off nothing
// is concluded, neither what a package holds nor what it does not ask for.
func permissionsOf(ctx context.Context, h Handset, pkg android.Package) (permissions, error) {
	out, err := command(ctx, h, "dumpsys", "package", string(pkg))
	if err != nil {
		return permissions{}, err
	}
	p, found := parsePermissions(out, pkg)
	switch {
	case found && p.part != "":
		return p, fmt.Errorf("dumpsys package %s was cut off: it has no %s", pkg, p.part)
	case !found && strings.Contains(out, "Unable to find package: "):
		return p, &Unmet{Expected: "package " + string(pkg), Seen: "dumpsys package does not find it"}
	case h.SDK() >= 26 && !strings.Contains(out, "\nDexopt state:") && !strings.Contains(out, "\nCompiler stats:"):
		return p, fmt.Errorf("dumpsys package %s was cut off: from Android 8 on it goes on to the package's compilation", pkg)
	case !found:
		return p, &Unmet{Expected: "package " + string(pkg), Seen: "dumpsys package does not list it"}
	}
	return p, nil
}

// parsePermissions reads dumpsys package NAME (frameworks/base services core
// …/pm/Settings.java, dumpPackageLPr and dumpSharedUsersLPr, Android 6 to 16). A
// member of a shared user has its runtime permissions under Shared users; the
// factory copy under Hidden system packages counts for nothing.
func parsePermissions(out string, pkg android.Package) (p permissions, found bool) {
	p.runtime, p.part = map[android.Permission]held{}, "line of user 0"
	section, list, mine, owner := "", "", false, false
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\r\n")
		text := strings.TrimSpace(line)
		switch {
		case text == "":
		case line[0] != ' ' && strings.HasSuffix(text, ":"):
			section, list, mine, owner = text, "", false, false
		case section == "Packages:" && strings.HasPrefix(text, "Package ["):
			mine = strings.HasPrefix(text, "Package ["+string(pkg)+"]")
			found, list, owner = found || mine, "", false
		case section == "Shared users:" && strings.HasPrefix(text, "SharedUser ["):
			mine, list, owner = true, "", false
		case !mine:
		case strings.HasPrefix(text, "User ") && strings.Contains(text, ":"):
			owner, list = strings.HasPrefix(text, "User 0:"), ""
			if owner {
				p.part = ""
			}
		case section == "Packages:" && strings.HasPrefix(text, "versionCode="):
			p.target = targetIn(text)
		case strings.HasSuffix(text, " permissions:"):
			list = text
		case list == "requested permissions:":
			name, _, _ := strings.Cut(text, ":")
			p.requested = append(p.requested, android.Permission(name))
		case list == "runtime permissions:" && owner:
			if name, g, ok := parseGrant(text); ok {
				p.runtime[name] = g
			}
		}
	}
	return p, found
}

// targetIn reads versionCode=3 minSdk=21 targetSdk=33.
func targetIn(text string) int {
	for word := range strings.FieldsSeq(text) {
		if value, is := strings.CutPrefix(word, "targetSdk="); is {
			n, _ := strconv.Atoi(value)
			return n
		}
	}
	return 0
}

// legacy says whether an app is of before Android 6 asked anybody: its permissions
// came with its installation, and pm grant and pm revoke return without a word
// (PermissionManagerService.grantRuntimePermission, Android 6 to 16).
func (p permissions) legacy() bool { return p.target > 0 && p.target < 23 }

// parseGrant reads a line of runtime permissions, which says whether each is granted.
func parseGrant(text string) (android.Permission, held, bool) {
	line, ok := android.CutGrant([]byte(text))
	flags := bytes.FieldsFunc(line.Flags, func(r rune) bool { return r < utf8.RuneSelf && android.PartsFlags(byte(r)) })
	g := held{granted: line.Granted}
	for _, f := range flags {
		g.flags = append(g.flags, string(f))
	}
	return android.Permission(line.Name), g, ok && line.Stated
}

// wanted are those of the permissions that the app requests, in their order.
func (p permissions) wanted(all []android.Permission) []android.Permission {
	var kept []android.Permission
	for _, name := range all {
		if slices.Contains(p.requested, name) {
			kept = append(kept, name)
		}
	}
	return kept
}

// open are those that the app may ask its user for: not granted yet.
func (p permissions) open(all []android.Permission) []android.Permission {
	var kept []android.Permission
	for _, name := range all {
		if !p.runtime[name].granted {
			kept = append(kept, name)
		}
	}
	return kept
}

// fixed says whether neither user nor shell can change the permission.
func (g held) fixed() bool { return g.has("SYSTEM_FIXED", "POLICY_FIXED") }

func short(all []android.Permission) string {
	words := make([]string, len(all))
	for i, p := range all {
		words[i] = strings.TrimPrefix(string(p), "android.permission.")
	}
	return strings.Join(words, ", ")
}
