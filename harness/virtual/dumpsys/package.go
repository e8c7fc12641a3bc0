package dumpsys

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// PackageOptions say what of dumpsys package is wanted.
type PackageOptions struct {
	Package string // one package: filters and requested permissions are printed too
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
func dumpPackageArgs(h *phone.Handset, w io.Writer, args []string) {
	if wantsCheckin(args) {
		dumpPackageCheckin(h, w)
		return
	}
	o := PackageOptions{}
	for _, a := range args {
		switch {
		case a == "-f":
			o.filters = true
		case a == "-a" || a == "--all-components":
		case a == "-h":
			return
		case strings.HasPrefix(a, "-"):
			fmt.Fprintf(w, "Unknown argument: %s; use -h for help\n", a)
		case o.section == "" && o.Package == "" && (strings.Contains(a, ".") || a == "android"):
			o.Package = a
		case o.section == "" && packageSections[a] != "":
			o.section = packageSections[a]
		case o.section == "permission":
			dumpOnePermission(h, w, a)
			return
		default:
			o.Package = a
		}
	}
	DumpPackage(h, w, o)
}

// DumpPackage prints dumpsys package: of the whole handset, of one package, or
// one section of it. A blank line stands between sections.
func DumpPackage(h *phone.Handset, w io.Writer, o PackageOptions) {
	var b bytes.Buffer
	dumpSections(h, &b, o)
	_, _ = w.Write(bytes.TrimLeft(b.Bytes(), "\n")) // a reader who is gone ends the command
}

func dumpSections(h *phone.Handset, w io.Writer, o PackageOptions) {
	if o.Package != "" && h.State.Package(o.Package) == nil {
		o.Package = packageOrUnknown(h, w, o.Package)
		if o.Package == "" {
			return
		}
	}
	wants := func(section string) bool { return o.section == "" || o.section == section }
	sdk := h.SDK()
	if o.section == "version" || o.section == "" && o.Package == "" {
		dumpVersions(h, w)
	}
	if wants("libraries") && o.Package == "" {
		fmt.Fprint(w, "\nLibraries:\n  android.test.runner -> (jar) /system/framework/android.test.runner.jar\n")
	}
	if wants("features") && o.Package == "" {
		fmt.Fprint(w, "\nFeatures:\n")
		for _, f := range phone.SystemFeatures {
			fmt.Fprintf(w, "  %s%s\n", f, map[bool]string{true: " version=0", false: ""}[sdk >= 24])
		}
	}
	if wants("resolvers") {
		dumpResolvers(h, w, o)
	}
	if wants("permissions") && (o.Package == "" || len(definedBy(h, o.Package)) > 0) {
		fmt.Fprint(w, "\nPermissions:\n")
		for _, d := range h.State.Permissions {
			if o.Package == "" || d.Package == o.Package {
				dumpPermission(h, w, d)
			}
		}
	}
	if wants("providers") {
		dumpProviders(h, w, o)
	}
	if wants("keysets") && o.Package != "" {
		fmt.Fprintf(w, "\nKey Set Manager:\n  [%s]\n      Signing KeySets: %d\n", o.Package,
			1+h.Number("keyset", h.State.Package(o.Package).SignedBy())%30)
	}
	if wants("packages") {
		dumpPackages(h, w, o)
	}
	if sdk >= 30 && wants("queries") {
		fmt.Fprint(w, "\nQueries:\n  system apps queryable: false\n  queries via package name:\n  queries via intent:\n"+
			"  queryable via interaction:\n")
	}
	if wants("shared-users") {
		dumpSharedUsers(h, w, o)
	}
	switch {
	case o.section != "":
	case o.Package != "":
		dumpDexopt(h, w, o)
	default:
		dumpTail(h, w, func() { dumpDexopt(h, w, o) })
	}
}

// packageOrUnknown says that a package is not there, as each release does, and
// returns "" (Settings.dumpPackagesLPr and around).
func packageOrUnknown(h *phone.Handset, w io.Writer, name string) string {
	if h.SDK() >= 23 {
		fmt.Fprintf(w, "Unable to find package: %s\n", name)
	}
	return ""
}

func dumpVersions(h *phone.Handset, w io.Writer) {
	finger := h.State.Properties["ro.build.fingerprint"]
	fmt.Fprintf(w, "Database versions:\n  Internal:\n    sdkVersion=%d databaseVersion=3 \n    fingerprint=%s \n  External:\n"+
		"    sdkVersion=%d databaseVersion=3 \n    fingerprint=%s \n",
		h.SDK(), finger, h.SDK(), finger)
}

func definedBy(h *phone.Handset, pkg string) []phone.Permission {
	var found []phone.Permission
	for _, d := range h.State.Permissions {
		if d.Package == pkg {
			found = append(found, d)
		}
	}
	return found
}

// dumpPermission prints one definition (BasePermission.dumpPermissionsLPr): its
// setting up to Android 10, flags from 13.
func dumpPermission(h *phone.Handset, w io.Writer, d phone.Permission) {
	sdk := h.SDK()
	gids := "null"
	if sdk >= 30 {
		gids = "[]"
	}
	if g, ok := persona.PermissionGIDs[d.Name]; ok {
		gids = fmt.Sprintf("[%d]", g)
	}
	kind := "Permission"
	if sdk >= 30 {
		kind = "PermissionInfo"
	}
	fmt.Fprintf(w, "  Permission [%s] (%s):\n    sourcePackage=%s\n    uid=%d gids=%s type=0 prot=%s\n    perm=%s{%s %s}\n",
		d.Name, h.Hash("permission", d.Name), d.Package, d.UID, gids, d.Protection, kind, h.Hash("perm", d.Name), d.Name)
	if sdk < 30 {
		fmt.Fprintf(w, "    packageSetting=PackageSetting{%s %s/%d}\n", h.Hash("setting", d.Package), d.Package, d.UID)
	}
	if sdk >= 33 {
		fmt.Fprint(w, "    flags=0x0\n")
	}
}

func dumpOnePermission(h *phone.Handset, w io.Writer, name string) {
	fmt.Fprint(w, "Permissions:\n")
	if d, ok := h.State.Permission(name); ok {
		dumpPermission(h, w, d)
	}
}

// dumpResolvers prints the activity resolver table (IntentResolver.dump). Filters
// in full are printed only for one package, or with -f.
func dumpResolvers(h *phone.Handset, w io.Writer, o PackageOptions) {
	type entry struct {
		p *phone.Package
		f persona.Filter
	}
	byAction, byScheme := map[string][]entry{}, map[string][]entry{}
	for _, p := range h.State.Order {
		if o.Package != "" && p.Name != o.Package {
			continue
		}
		for _, f := range p.Filters() {
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
		for _, key := range phone.SortedKeys(entries) {
			fmt.Fprintf(w, "      %s:\n", key)
			for _, e := range entries[key] {
				dumpFilter(h, w, e.p, e.f, o.Package != "" || o.filters)
			}
		}
	}
	table("Schemes", byScheme)
	if len(byScheme) > 0 && len(byAction) > 0 {
		fmt.Fprintln(w)
	}
	table("Non-Data Actions", byAction)
}

func dumpFilter(h *phone.Handset, w io.Writer, p *phone.Package, f persona.Filter, full bool) {
	component := persona.ShortComponent(p.Name + "/" + f.Activity)
	fmt.Fprintf(w, "        %s %s", h.Hash("activity", component), component)
	if !full {
		fmt.Fprintln(w)
		return
	}
	fmt.Fprintf(w, " filter %s\n", h.Hash("filter", component, strings.Join(f.Actions, ",")))
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
func dumpPackages(h *phone.Handset, w io.Writer, o PackageOptions) {
	var hidden []*phone.Package
	fmt.Fprint(w, "\nPackages:\n")
	for _, p := range h.State.Order {
		if o.Package != "" && p.Name != o.Package {
			continue
		}
		dumpSetting(h, w, p, o.Package != "", false)
		if p.Updated != "" {
			hidden = append(hidden, p)
		}
	}
	if len(hidden) == 0 {
		return
	}
	fmt.Fprint(w, "\nHidden system packages:\n")
	for _, p := range hidden {
		dumpSetting(h, w, p, o.Package != "", true)
	}
}

// dumpSharedUsers prints Shared users, with all permissions of their members
// (Settings.dumpSharedUsersLPr). Of one package, the one that it shares.
func dumpSharedUsers(h *phone.Handset, w io.Writer, o PackageOptions) {
	sdk, heading := h.SDK(), false
	for _, u := range h.State.SharedUsers {
		if o.Package != "" && !slices.ContainsFunc(u.Members, func(p *phone.Package) bool { return p.Name == o.Package }) {
			continue
		}
		if !heading {
			fmt.Fprint(w, "\nShared users:\n")
			heading = true
		}
		fmt.Fprintf(w, "  SharedUser [%s] (%s):\n    %s=%d\n", u.Name, h.Hash("shared", u.Name), uidKey(sdk), u.AppID)
		if sdk < 23 {
			dumpGranted5(w, "    ", u.Grants)
			continue
		}
		if sdk >= 29 {
			fmt.Fprint(w, "    Packages\n")
			for _, p := range u.Members {
				fmt.Fprintf(w, "      PackageSetting{%s %s/%d}\n", h.Hash("setting", p.Name), p.Name, p.AppID)
			}
		}
		dumpInstallPermissions(h, w, u.Grants)
		for _, user := range h.UserIDs() {
			fmt.Fprintf(w, "    User %d: \n", user)
			dumpRuntime(h, w, u.Grants, user)
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
