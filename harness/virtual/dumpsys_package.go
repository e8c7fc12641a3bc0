package virtual

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"assay/harness/virtual/persona"
)

// packageOptions say what of dumpsys package is wanted.
type packageOptions struct {
	pkg     string // one package: filters and requested permissions are printed too
	section string // packages, permissions, shared-users, activities …; empty: all
	filters bool   // -f
}

// packageSections are the words that dumpsys package takes for parts of it
// (PackageManagerService.dump).
var packageSections = map[string]string{
	"f": "features", "features": "features", "k": "keysets", "keysets": "keysets", "l": "libraries", "libraries": "libraries",
	"p": "packages", "packages": "packages", "perm": "permissions", "permissions": "permissions", "permission": "permission",
	"q": "queries", "queries": "queries", "r": "resolvers", "resolvers": "resolvers", "s": "shared-users", "shared-users": "shared-users",
	"version": "version", "prov": "providers", "providers": "providers",
}

// dumpPackageArgs prints dumpsys package for the arguments given.
func (h *PhoneHandset) dumpPackageArgs(w io.Writer, args []string) {
	if wantsCheckin(args) {
		h.dumpPackageCheckin(w)
		return
	}
	o := packageOptions{}
	for _, a := range args {
		switch {
		case a == "-f":
			o.filters = true
		case a == "-a" || a == "--all-components":
		case a == "-h":
			return
		case strings.HasPrefix(a, "-"):
			fmt.Fprintf(w, "Unknown argument: %s; use -h for help\n", a)
		case o.section == "" && o.pkg == "" && (strings.Contains(a, ".") || a == "android"):
			o.pkg = a
		case o.section == "" && packageSections[a] != "":
			o.section = packageSections[a]
		case o.section == "permission":
			h.dumpOnePermission(w, a)
			return
		default:
			o.pkg = a
		}
	}
	h.dumpPackage(w, o)
}

// dumpPackage prints dumpsys package: of the whole handset, of one package, or
// one section of it. A blank line stands between sections.
func (h *PhoneHandset) dumpPackage(w io.Writer, o packageOptions) {
	var b bytes.Buffer
	h.dumpSections(&b, o)
	_, _ = w.Write(bytes.TrimLeft(b.Bytes(), "\n")) // a reader who is gone ends the command
}

func (h *PhoneHandset) dumpSections(w io.Writer, o packageOptions) {
	if o.pkg != "" && h.state.find(o.pkg) == nil {
		o.pkg = h.packageOrUnknown(w, o.pkg)
		if o.pkg == "" {
			return
		}
	}
	wants := func(section string) bool { return o.section == "" || o.section == section }
	sdk := h.SDK()
	if o.section == "version" || o.section == "" && o.pkg == "" {
		h.dumpVersions(w)
	}
	if wants("libraries") && o.pkg == "" {
		fmt.Fprint(w, "\nLibraries:\n  android.test.runner -> (jar) /system/framework/android.test.runner.jar\n")
	}
	if wants("features") && o.pkg == "" {
		fmt.Fprint(w, "\nFeatures:\n")
		for _, f := range features {
			fmt.Fprintf(w, "  %s%s\n", f, map[bool]string{true: " version=0", false: ""}[sdk >= 24])
		}
	}
	if wants("resolvers") {
		h.dumpResolvers(w, o)
	}
	if wants("permissions") && (o.pkg == "" || len(h.definedBy(o.pkg)) > 0) {
		fmt.Fprint(w, "\nPermissions:\n")
		for _, d := range h.state.defined {
			if o.pkg == "" || d.pkg == o.pkg {
				h.dumpPermission(w, d)
			}
		}
	}
	if wants("providers") {
		h.dumpProviders(w, o)
	}
	if wants("keysets") && o.pkg != "" {
		fmt.Fprintf(w, "\nKey Set Manager:\n  [%s]\n      Signing KeySets: %d\n", o.pkg, 1+h.number("keyset", h.state.find(o.pkg).signer())%30)
	}
	if wants("packages") {
		h.dumpPackages(w, o)
	}
	if sdk >= 30 && wants("queries") {
		fmt.Fprint(w, "\nQueries:\n  system apps queryable: false\n  queries via package name:\n  queries via intent:\n  queryable via interaction:\n")
	}
	if wants("shared-users") {
		h.dumpSharedUsers(w, o)
	}
	switch {
	case o.section != "":
	case o.pkg != "":
		h.dumpDexopt(w, o)
	default:
		h.dumpTail(w, func() { h.dumpDexopt(w, o) })
	}
}

// packageOrUnknown says that a package is not there, as each release does, and
// returns "" (Settings.dumpPackagesLPr and around).
func (h *PhoneHandset) packageOrUnknown(w io.Writer, name string) string {
	if h.SDK() >= 23 {
		fmt.Fprintf(w, "Unable to find package: %s\n", name)
	}
	return ""
}

func (h *PhoneHandset) dumpVersions(w io.Writer) {
	finger := h.state.props["ro.build.fingerprint"]
	fmt.Fprintf(w, "Database versions:\n  Internal:\n    sdkVersion=%d databaseVersion=3 \n    fingerprint=%s \n  External:\n    sdkVersion=%d databaseVersion=3 \n    fingerprint=%s \n",
		h.SDK(), finger, h.SDK(), finger)
}

func (h *PhoneHandset) definedBy(pkg string) []definition {
	var found []definition
	for _, d := range h.state.defined {
		if d.pkg == pkg {
			found = append(found, d)
		}
	}
	return found
}

// dumpPermission prints one definition (BasePermission.dumpPermissionsLPr): its
// setting up to Android 10, flags from 13.
func (h *PhoneHandset) dumpPermission(w io.Writer, d definition) {
	sdk := h.SDK()
	gids := "null"
	if sdk >= 30 {
		gids = "[]"
	}
	if g, ok := persona.PermissionGIDs[d.name]; ok {
		gids = fmt.Sprintf("[%d]", g)
	}
	kind := "Permission"
	if sdk >= 30 {
		kind = "PermissionInfo"
	}
	fmt.Fprintf(w, "  Permission [%s] (%s):\n    sourcePackage=%s\n    uid=%d gids=%s type=0 prot=%s\n    perm=%s{%s %s}\n",
		d.name, h.hash("permission", d.name), d.pkg, d.uid, gids, d.protection, kind, h.hash("perm", d.name), d.name)
	if sdk < 30 {
		fmt.Fprintf(w, "    packageSetting=PackageSetting{%s %s/%d}\n", h.hash("setting", d.pkg), d.pkg, d.uid)
	}
	if sdk >= 33 {
		fmt.Fprint(w, "    flags=0x0\n")
	}
}

func (h *PhoneHandset) dumpOnePermission(w io.Writer, name string) {
	fmt.Fprint(w, "Permissions:\n")
	if d, ok := h.state.definitionOf(name); ok {
		h.dumpPermission(w, d)
	}
}

// dumpResolvers prints the activity resolver table (IntentResolver.dump). Filters
// in full are printed only for one package, or with -f.
func (h *PhoneHandset) dumpResolvers(w io.Writer, o packageOptions) {
	type entry struct {
		p *installed
		f persona.Filter
	}
	byAction, byScheme := map[string][]entry{}, map[string][]entry{}
	for _, p := range h.state.order {
		if o.pkg != "" && p.Name != o.pkg {
			continue
		}
		for _, f := range p.filters() {
			for _, s := range f.Schemes {
				byScheme[s] = append(byScheme[s], entry{p, f})
			}
			if len(f.Schemes) == 0 {
				for _, a := range f.Actions {
					byAction[a] = append(byAction[a], entry{p, f})
				}
			}
		}
	}
	if len(byAction) == 0 && len(byScheme) == 0 {
		return
	}
	fmt.Fprint(w, "\nActivity Resolver Table:\n")
	table := func(heading string, entries map[string][]entry) {
		if len(entries) == 0 {
			return
		}
		fmt.Fprintf(w, "  %s:\n", heading)
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			fmt.Fprintf(w, "      %s:\n", key)
			for _, e := range entries[key] {
				h.dumpFilter(w, e.p, e.f, o.pkg != "" || o.filters)
			}
		}
	}
	table("Schemes", byScheme)
	if len(byScheme) > 0 && len(byAction) > 0 {
		fmt.Fprintln(w)
	}
	table("Non-Data Actions", byAction)
}

func (h *PhoneHandset) dumpFilter(w io.Writer, p *installed, f persona.Filter, full bool) {
	component := persona.ShortComponent(p.Name + "/" + f.Activity)
	fmt.Fprintf(w, "        %s %s", h.hash("activity", component), component)
	if !full {
		fmt.Fprintln(w)
		return
	}
	fmt.Fprintf(w, " filter %s\n", h.hash("filter", component, strings.Join(f.Actions, ",")))
	for _, list := range []struct {
		name  string
		words []string
	}{{"Action", f.Actions}, {"Category", f.Categories}, {"Scheme", f.Schemes}, {"StaticType", f.Types}} {
		for _, word := range list.words {
			fmt.Fprintf(w, "          %s: \"%s\"\n", list.name, word)
		}
	}
}

// dumpPackages prints Packages and, for what was updated, Hidden system packages.
func (h *PhoneHandset) dumpPackages(w io.Writer, o packageOptions) {
	var hidden []*installed
	fmt.Fprint(w, "\nPackages:\n")
	for _, p := range h.state.order {
		if o.pkg != "" && p.Name != o.pkg {
			continue
		}
		h.dumpSetting(w, p, o.pkg != "", false)
		if p.Updated != "" {
			hidden = append(hidden, p)
		}
	}
	if len(hidden) == 0 {
		return
	}
	fmt.Fprint(w, "\nHidden system packages:\n")
	for _, p := range hidden {
		h.dumpSetting(w, p, o.pkg != "", true)
	}
}

// dumpSharedUsers prints Shared users, with all permissions of their members
// (Settings.dumpSharedUsersLPr). Of one package, the one that it shares.
func (h *PhoneHandset) dumpSharedUsers(w io.Writer, o packageOptions) {
	sdk, heading := h.SDK(), false
	for _, u := range h.state.shared {
		if o.pkg != "" && !slices.ContainsFunc(u.members, func(p *installed) bool { return p.Name == o.pkg }) {
			continue
		}
		if !heading {
			fmt.Fprint(w, "\nShared users:\n")
			heading = true
		}
		fmt.Fprintf(w, "  SharedUser [%s] (%s):\n    %s=%d\n", u.name, h.hash("shared", u.name), uidKey(sdk), u.uid)
		if sdk < 23 {
			h.dumpGranted5(w, "    ", u.grants)
			continue
		}
		if sdk >= 29 {
			fmt.Fprint(w, "    Packages\n")
			for _, p := range u.members {
				fmt.Fprintf(w, "      PackageSetting{%s %s/%d}\n", h.hash("setting", p.Name), p.Name, p.uid)
			}
		}
		h.dumpInstallPermissions(w, u.grants)
		for _, user := range h.userIDs() {
			fmt.Fprintf(w, "    User %d: \n", user)
			h.dumpRuntime(w, u.grants, user)
		}
	}
}

// uidKey names an appId: from Android 14 by its right name.
func uidKey(sdk int) string {
	if sdk >= 34 {
		return "appId"
	}
	return "userId"
}
