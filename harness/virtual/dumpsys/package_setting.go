package dumpsys

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// settingLine is one line of a package's block: its text, and the first and last
// SDK that prints it (0: still printed).
type settingLine struct {
	sdk, last int
	text      string
}

// dumpSetting prints one package's block (Settings.dumpPackageLPr). requested is
// set where the dump is of one package: only then are requested permissions
// printed. hidden prints the image's own copy of an updated package.
func dumpSetting(h *phone.Handset, w io.Writer, p *phone.Package, requested, hidden bool) {
	sdk := h.SDK()
	salt := ""
	if hidden {
		salt = "hidden"
	}
	fmt.Fprintf(w, "  Package [%s] (%s):\n", p.Name, h.Hash("setting", p.Name, salt))
	for _, l := range settingLines(h, p, hidden) {
		if sdk >= l.sdk && (l.last == 0 || sdk <= l.last) && l.text != "" {
			fmt.Fprintf(w, "    %s\n", l.text)
		}
	}
	if sdk < 23 { // neither declared nor requested permissions
		for _, u := range h.UserIDs() {
			dumpUser(h, w, p, u, hidden)
		}
		if p.Shared == nil {
			dumpGranted5(w, "    ", p.Grants)
		}
		return
	}
	dumpDeclared(h, w, p)
	if requested {
		dumpRequested(h, w, p)
	}
	if p.Shared == nil {
		dumpInstallPermissions(h, w, p.Grants)
	}
	for _, u := range h.UserIDs() {
		dumpUser(h, w, p, u, hidden)
		if p.Shared == nil {
			dumpRuntime(h, w, p.Grants, u)
		}
	}
}

// settingFacts are what several lines of a block say.
type settingFacts struct {
	p              *phone.Package
	hidden         bool   // the image's copy, which an update hides
	path, hash     string // of its code
	flags          string
	private        []string
	stamp, created string // of its installation, and of the image's
}

// settingLines are the lines of a block that come before its permissions, in the
// order in which they are printed.
func settingLines(h *phone.Handset, p *phone.Package, hidden bool) []settingLine {
	f := settingFacts{p: p, hidden: hidden, path: p.CodePath(), stamp: h.InstallTime(p), created: phone.ImageInstallTime(h)}
	if hidden {
		f.path, f.stamp = phone.ImagePath(p.Path), f.created
	}
	f.hash = h.Hash("pkg", p.Name, f.path)
	f.flags, f.private = flags(h, p, hidden)
	lines := make([]settingLine, 0, 48)
	lines = codeLines(lines, h, f)
	lines = applicationLines(lines, h, f)
	return installLines(lines, h, f)
}

// codeLines adds who a package is, and its code.
func codeLines(lines []settingLine, h *phone.Handset, f settingFacts) []settingLine {
	sdk, p, path, code := h.SDK(), f.p, f.path, f.p.Code
	if f.hidden {
		code = max(p.Code-1, 1)
	}
	minSDK := " minSdk=" + strconv.Itoa(min(21, p.Target))
	if sdk < 24 {
		minSDK = ""
	}
	var shared string
	if p.Shared != nil {
		shared = fmt.Sprintf("sharedUser=SharedUserSetting{%s %s/%d}", h.Hash("shared", p.Shared.Name), p.Shared.Name, p.AppID)
	}
	uid := fmt.Sprintf("%s=%d", uidKey(sdk), p.AppID)
	if sdk < 23 {
		uid += " gids=" + gids(p.Grants, 0)
	}
	return append(lines,
		settingLine{21, 0, uid},
		settingLine{21, 0, shared},
		settingLine{21, 0, fmt.Sprintf("pkg=Package{%s %s}", f.hash, p.Name)},
		settingLine{21, 0, "codePath=" + path},
		settingLine{21, 0, "resourcePath=" + path},
		settingLine{21, 0, "legacyNativeLibraryDir=" + strings.TrimSuffix(path, ".apk") + "/lib"},
		settingLine{31, 0, "extractNativeLibs=true"},
		settingLine{21, 0, "primaryCpuAbi=" + nullOr(abi(h, p))},
		settingLine{21, 0, "secondaryCpuAbi=null"},
		settingLine{31, 0, "cpuAbiOverride=null"},
		settingLine{21, 0, fmt.Sprintf("versionCode=%d%s targetSdk=%d", code, minSDK, p.Target)},
		settingLine{31, 0, "minExtensionVersions=[]"},
		settingLine{21, 0, "versionName=" + p.Version},
		settingLine{35, 0, "hiddenApiEnforcementPolicy=2"},
		settingLine{31, 0, "usesNonSdkApi=false"},
		settingLine{21, 0, "splits=[base]"},
		settingLine{24, 0, "apkSigningVersion=2"},
	)
}

// applicationLines adds what a package's manifest says of its application.
func applicationLines(lines []settingLine, h *phone.Handset, f settingFacts) []settingLine {
	sdk, p := h.SDK(), f.p
	app := fmt.Sprintf("applicationInfo=ApplicationInfo{%s %s}", h.Hash("application", p.Name, f.path), p.Name)
	if sdk >= 31 {
		app = fmt.Sprintf("applicationInfo=PackageImpl{%s %s}", f.hash, p.Name)
	}
	dataDir := "dataDir=/data/user/0/" + p.Name
	if sdk < 24 {
		dataDir = "dataDir=/data/data/" + p.Name
	}
	return append(lines,
		settingLine{21, 32, app},
		settingLine{21, 0, "flags=[ " + f.flags + "]"},
		settingLine{23, 0, privateFlags("privateFlags", f.private)},
		settingLine{30, 0, "forceQueryable=false"},
		settingLine{35, 0, "pageSizeCompat=0"},
		settingLine{31, 32, "queriesPackages=[]"},
		settingLine{35, 0, "scannedAsStoppedSystemApp=false"},
		settingLine{21, 34, dataDir},
		settingLine{21, 0, "supportsScreens=[small, medium, large, xlarge, resizeable, anyDensity]"},
	)
}

// installLines adds when, by whom and with which signature a package was installed.
func installLines(lines []settingLine, h *phone.Handset, f settingFacts) []settingLine {
	return append(lines,
		settingLine{21, 0, "timeStamp=" + f.stamp},
		settingLine{21, 32, "firstInstallTime=" + f.created},
		settingLine{21, 0, "lastUpdateTime=" + f.stamp},
		settingLine{33, 0, "installerPackageName=null"},
		settingLine{34, 0, "installerPackageUid=-1"},
		settingLine{34, 0, "initiatingPackageName=null"},
		settingLine{34, 0, "originatingPackageName=null"},
		settingLine{33, 0, "packageSource=0"},
		settingLine{34, 0, "appMetadataFilePath=null"},
		settingLine{35, 0, "appMetadataSource=0"},
		settingLine{21, 0, "signatures=" + signatures(h, f.p)},
		settingLine{21, 22, fmt.Sprintf("permissionsFixed=%t haveGids=true installStatus=1", !f.hidden)},
		settingLine{23, 27, fmt.Sprintf("installPermissionsFixed=%t installStatus=1", !f.hidden)},
		settingLine{28, 0, fmt.Sprintf("installPermissionsFixed=%t", !f.hidden)},
		settingLine{21, 0, "pkgFlags=[ " + f.flags + "]"},
		settingLine{34, 0, privateFlags("privatePkgFlags", f.private)},
		settingLine{35, 0, "apexModuleName=null"},
	)
}

func privateFlags(key string, flags []string) string {
	if len(flags) == 0 {
		return ""
	}
	return key + "=[ " + strings.Join(flags, " ") + " ]"
}

func nullOr(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

// abi is the instruction set of packages with native code; half of them have some.
func abi(h *phone.Handset, p *phone.Package) string {
	if h.Number("abi", p.Name)%2 == 0 {
		return ""
	}
	return h.State.Properties["ro.product.cpu.abi"]
}

// flags are ApplicationInfo's public and private flags, as printed.
func flags(h *phone.Handset, p *phone.Package, hidden bool) (string, []string) {
	var f []string
	if p.IsSystem {
		f = append(f, "SYSTEM")
	}
	f = append(f, "HAS_CODE", "ALLOW_CLEAR_USER_DATA")
	if p.Updated != "" && !hidden {
		f = append(f, "UPDATED_SYSTEM_APP")
	}
	f = append(f, "ALLOW_BACKUP")
	var private []string
	sdk := h.SDK()
	switch {
	case sdk >= 26:
		private = append(private, "PRIVATE_FLAG_ACTIVITIES_RESIZE_MODE_RESIZEABLE_VIA_SDK_VERSION")
	case sdk >= 24:
		private = append(private, "RESIZEABLE_ACTIVITIES")
	}
	if sdk >= 29 {
		private = append(private, "ALLOW_AUDIO_PLAYBACK_CAPTURE")
	}
	if p.IsPrivileged {
		private = append(private, "PRIVILEGED")
	}
	for _, part := range []struct {
		sdk         int
		root, value string
	}{{28, "/vendor/", "VENDOR"}, {28, "/product/", "PRODUCT"}, {29, "/system_ext/", "SYSTEM_EXT"}, {29, "/odm/", "ODM"}} {
		if sdk >= part.sdk && strings.HasPrefix(p.Path, part.root) {
			private = append(private, part.value)
		}
	}
	return strings.Join(f, " ") + " ", private
}

// signatures prints the short hash of a package's signature: the same for the
// same signer (PackageSignatures.toString).
func signatures(h *phone.Handset, p *phone.Package) string {
	of := fmt.Sprintf("%x", fnv32(h.Persona().Brand+"/"+p.SignedBy()))
	if p.SignedBy() == "specimen" {
		of = fmt.Sprintf("%x", fnv32("specimen"))
	}
	object := h.Hash("signatures", p.Name)
	if h.SDK() < 28 {
		return fmt.Sprintf("PackageSignatures{%s [%s]}", object, of)
	}
	return fmt.Sprintf("PackageSignatures{%s version:2, signatures:[%s], past signatures:[]}", object, of)
}

func fnv32(s string) uint32 {
	sum := uint32(2166136261)
	for i := range len(s) {
		sum = (sum ^ uint32(s[i])) * 16777619
	}
	return sum
}

// dumpDeclared prints the permissions that a package defines.
func dumpDeclared(h *phone.Handset, w io.Writer, p *phone.Package) {
	defined := definedBy(h, p.Name)
	if len(defined) == 0 {
		return
	}
	tail := ", INSTALLED"
	if h.SDK() >= 34 {
		tail = ""
	}
	fmt.Fprint(w, "    declared permissions:\n")
	for _, d := range defined {
		fmt.Fprintf(w, "      %s: prot=%s%s\n", d.Name, d.Protection, tail)
	}
}

func dumpRequested(h *phone.Handset, w io.Writer, p *phone.Package) {
	if len(p.Requests) == 0 {
		return
	}
	fmt.Fprint(w, "    requested permissions:\n")
	for _, r := range p.Requests {
		tail := ""
		if h.SDK() >= 29 && persona.Restricted(r) && slices.Contains(p.Requests, r) {
			tail = ": restricted=true"
		}
		fmt.Fprintf(w, "      %s%s\n", r, tail)
	}
}

// dumpInstallPermissions prints what was granted at installation.
func dumpInstallPermissions(h *phone.Handset, w io.Writer, g *phone.Grants) {
	if len(g.Install) == 0 {
		return
	}
	fmt.Fprint(w, "    install permissions:\n")
	for _, name := range phone.SortedKeys(g.Install) {
		fmt.Fprintf(w, "      %s: granted=%t%s\n", name, g.Install[name].Granted, g.Install[name].Flags.Format(h.SDK()))
	}
}

// dumpGranted5 prints the permissions of Android 5, which knew no others.
func dumpGranted5(w io.Writer, prefix string, g *phone.Grants) {
	fmt.Fprintf(w, "%sgrantedPermissions:\n", prefix)
	for _, name := range phone.SortedKeys(g.Install) {
		fmt.Fprintf(w, "%s  %s\n", prefix, name)
	}
}

// dumpUser prints the line of one Android user, and what follows from Android 13
// on lines of their own.
func dumpUser(h *phone.Handset, w io.Writer, p *phone.Package, user int, hidden bool) {
	sdk, u := h.SDK(), p.Users[user]
	inode := 400000 + h.Number("inode", p.Name, strconv.Itoa(user))%900000
	line := fmt.Sprintf("    User %d: ", user)
	if sdk >= 24 {
		line += fmt.Sprintf("ceDataInode=%d ", inode)
	} else {
		line += " "
	}
	if sdk >= 35 {
		line += fmt.Sprintf("deDataInode=%d ", inode-7)
	}
	line += fmt.Sprintf("installed=%t hidden=false ", u.Installed)
	if sdk >= 24 {
		line += "suspended=false "
	}
	if sdk >= 30 {
		line += "distractionFlags=0 "
	}
	enabled := u.Enabled
	if hidden {
		enabled = 0
	}
	line += fmt.Sprintf("stopped=%t notLaunched=%t enabled=%d", u.Stopped && !hidden, u.NotLaunched, enabled)
	if sdk >= 26 {
		line += " instant=false virtual=false"
	}
	if sdk >= 34 {
		line += " quarantined=false"
	}
	fmt.Fprintln(w, line)
	if sdk >= 33 {
		fmt.Fprint(w, "      installReason=0\n")
		if sdk >= 35 {
			fmt.Fprintf(w, "      dataDir=/data/user/%d/%s\n", user, p.Name)
		}
		fmt.Fprintf(w, "      firstInstallTime=%s\n      uninstallReason=0\n", phone.ImageInstallTime(h))
	}
	if enabled >= 2 {
		fmt.Fprintf(w, "      lastDisabledCaller: %s\n", u.DisabledBy)
	}
}

// dumpRuntime prints a user's runtime permissions.
func dumpRuntime(h *phone.Handset, w io.Writer, g *phone.Grants, user int) {
	sdk := h.SDK()
	if gids := gids(g, user); gids != "[]" {
		fmt.Fprintf(w, "      gids=%s\n", gids)
	}
	all := g.Runtime[user]
	var names []string
	for _, name := range phone.SortedKeys(all) {
		if s := all[name]; sdk >= 29 || s.Granted || s.Flags.Known(sdk) != 0 {
			names = append(names, name)
		}
	}
	if len(names) == 0 && sdk < 29 {
		return
	}
	fmt.Fprint(w, "      runtime permissions:\n")
	for _, name := range names {
		fmt.Fprintf(w, "        %s: granted=%t%s\n", name, all[name].Granted, all[name].Flags.Format(sdk))
	}
}

// gids are the groups that a package's permissions bring.
func gids(g *phone.Grants, _ int) string {
	var ids []string
	for _, name := range phone.SortedKeys(g.Install) {
		if id, ok := persona.PermissionGIDs[name]; ok && g.Install[name].Granted {
			ids = append(ids, strconv.Itoa(id))
		}
	}
	return "[" + strings.Join(ids, ", ") + "]"
}
