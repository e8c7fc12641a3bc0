package packages

import (
	"bytes"
	"strconv"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// fieldLine reads a line of a block that is indented by four, without the indent: a field of the
// package, the heading of a list, or a line of a user.
func (d *packageDump) fieldLine(t []byte) {
	if bytes.HasPrefix(t, []byte("User ")) {
		d.userHead(t)
		return
	}
	if next, ok := d.listHead(t); ok {
		if next != skipList && next != paths {
			d.finish()
			d.user = fact.AllUsers
		}
		d.list = next
		d.Read()
		return
	}
	key, val, ok := bytes.Cut(t, []byte("="))
	if !ok {
		return
	}
	if d.section == sharedUsers {
		d.sharedField(key, val)
		return
	}
	use, known := d.fields.Find(key, blockFields)
	if !known {
		return
	}
	d.list = noList
	if use == nil {
		d.Skip()
		return
	}
	d.Read()
	if d.pending {
		use(d, val)
		d.last = d.Span()
	}
}

func (d *packageDump) sharedField(key, val []byte) {
	switch string(key) {
	case "userId", "appId":
		first, _ := printout.Word(val)
		n, ok := printout.Number(first)
		if !ok || d.shared.Name == "" {
			return
		}
		d.shared.UID = android.UID(n)
		d.Read()
		d.emit(d.shared, printout.JoinSpans(d.span, d.Span()))
	case "gids":
		d.Skip()
	}
}

// listHead says whether a line is the heading of a list.
func (d *packageDump) listHead(t []byte) (list, bool) {
	t = printout.TrimPadding(t)
	if len(t) == 0 || t[len(t)-1] != ':' && string(t) != "Packages" {
		return noList, false
	}
	return d.lists.Find(t, blockLists)
}

// blockLists are the headings of lists within a block. The lines of a list are indented deeper.
var blockLists = map[string]list{
	"Domain verification:":         skipList,
	"Packages":                     skipList, // of a shared user, from Android 10
	"declared permissions:":        skipList, // the Permissions section has them
	"disabledComponents:":          skipList,
	"dynamic libraries:":           skipList,
	"enabledComponents:":           skipList,
	"grantedPermissions:":          installs, // Android 5 and older
	"install permissions:":         installs,
	"legacy overlay paths:":        paths,
	"libraries:":                   skipList,
	"libraryNames:":                skipList,
	"oldCodePaths:":                skipList,
	"overlay paths:":               paths,
	"processes:":                   skipList,
	"requested permissions:":       requests,
	"static library:":              skipList,
	"SDK library:":                 skipList,
	"usesLibraries:":               skipList,
	"usesLibraryFiles:":            skipList,
	"usesOptionalLibraries:":       skipList,
	"usesOptionalNativeLibraries:": skipList,
	"usesNativeLibraries:":         skipList,
	"usesSdkLibraries:":            skipList,
	"usesStaticLibraries:":         skipList,
}

// blockFields are the fields of a package's block. Those without a function are without interest.
var blockFields = map[string]func(d *packageDump, val []byte){
	"apexModuleName":               nil,
	"apkSigningVersion":            nil,
	"appMetadataFilePath":          nil,
	"appMetadataSource":            nil,
	"appId":                        func(d *packageDump, val []byte) { d.block.UID = uidOf(val) },
	"applicationInfo":              nil,
	"category":                     nil, // Samsung, Android 15
	"codePath":                     func(d *packageDump, val []byte) { d.block.CodePath = d.texts.Of(val) },
	"compatibleScreens":            nil,
	"componentsDeclared":           nil,
	"cpuAbiOverride":               nil,
	"dataDir":                      nil,
	"extractNativeLibs":            nil,
	"firstInstallTime":             nil,
	"flags":                        func(d *packageDump, val []byte) { d.block.Flags = d.bracketed(val) },
	"forceFull":                    nil, // makers': fills a long screen
	"forceQueryable":               nil,
	"gids":                         nil,
	"hiddenApiEnforcementPolicy":   nil,
	"initiatingPackageName":        nil,
	"installPermissionsFixed":      nil,
	"installerAttributionTag":      nil,
	"installerPackageName":         func(d *packageDump, val []byte) { d.block.Installer = d.unlessNull(val) },
	"installerPackageUid":          nil,
	"installStatus":                nil,
	"keySetId":                     nil,
	"lastUpdateTime":               nil,
	"legacyNativeLibraryDir":       nil,
	"libs":                         nil,
	"loadingProgress":              nil,
	"loadingCompletedTime":         nil,
	"maxAspectRatio":               nil,
	"mimeGroups":                   nil,
	"minExtensionVersions":         nil,
	"minAspectRatio":               nil,
	"nativeLibraryPath":            nil,
	"originatingPackageName":       nil,
	"overlayCategory":              nil,
	"overlayTarget":                nil,
	"overlayTargetOverlayableName": nil,
	"packageSource":                nil,
	"pageSizeCompat":               nil,
	"perUserSettings":              nil,
	"pccId":                        nil, // Android 16's updates: the private compute core's UID, or -1
	"permissionsFixed":             nil,
	"pkg":                          nil,
	"pkgFlags":                     (*packageDump).pkgFlags,
	"pkgFlagsEx":                   nil, // Gionee and others, Android 6 and 7
	"primaryCpuAbi":                nil,
	"queriesIntents":               nil,
	"queriesPackages":              nil,
	"queriesProviders":             nil,
	"privateFlags":                 func(d *packageDump, val []byte) { d.block.PrivateFlags = d.bracketed(val) },
	"privateFlagsExt":              nil,
	"privatePkgFlags":              (*packageDump).privatePkgFlags,
	"resourcePath":                 nil,
	"restrictUpdateHash":           nil,
	"scannedAsStoppedSystemApp":    nil,
	"secondaryCpuAbi":              nil,
	"sharedUser":                   (*packageDump).sharedUser,
	"signatures":                   func(d *packageDump, val []byte) { d.block.Signature = d.names.Of(signature(val)) },
	"splits":                       nil,
	"supportsScreens":              nil,
	"targetSdk":                    func(d *packageDump, val []byte) { d.block.TargetSDK, _ = printout.Number(val) },
	"timeStamp":                    nil,
	"updateAvailable":              nil,
	"updateOwnerPackageName":       nil,
	"userId":                       func(d *packageDump, val []byte) { d.block.UID = uidOf(val) },
	"usesNonSdkApi":                nil,
	"versionCode":                  (*packageDump).versionCode,
	"versionName":                  func(d *packageDump, val []byte) { d.block.VersionName = d.texts.Of(val) },
	"volumeUuid":                   nil,
}

func uidOf(val []byte) android.UID {
	first, _ := printout.Word(val)
	if n, ok := printout.Number(first); ok {
		return android.UID(n)
	}
	return android.NoUID
}

func (d *packageDump) unlessNull(val []byte) string {
	if string(val) == "null" {
		return ""
	}
	return d.names.Of(val)
}

func (d *packageDump) bracketed(val []byte) []string {
	if len(val) == 0 || val[0] != '[' {
		return nil
	}
	return d.flagsOf(val[1:])
}

// pkgFlags reads the flags of the setting, which are used where those of the manifest could not
// be read. Android 2.3 printed a number: of its bits, those of ApplicationInfo get their names
// that an audit needs.
func (d *packageDump) pkgFlags(val []byte) {
	if words := d.bracketed(val); words != nil {
		if d.block.Flags == nil {
			d.block.Flags = words
		}
		return
	}
	hex, _ := printout.Word(val)
	n, err := strconv.ParseUint(string(bytes.TrimPrefix(hex, []byte("0x"))), 16, 32)
	if err != nil {
		return
	}
	for _, bit := range []struct {
		mask uint64
		name string
	}{{1, "SYSTEM"}, {2, "DEBUGGABLE"}, {4, "HAS_CODE"}, {0x80, "UPDATED_SYSTEM_APP"}} {
		if n&bit.mask != 0 {
			d.block.Flags = append(d.block.Flags, bit.name)
		}
	}
}

func (d *packageDump) privatePkgFlags(val []byte) {
	if d.block.PrivateFlags == nil {
		d.block.PrivateFlags = d.bracketed(val)
	}
}

// sharedUser reads SharedUserSetting{HASH NAME/UID}, or null.
func (d *packageDump) sharedUser(val []byte) {
	_, rest, ok := bytes.Cut(val, []byte(" "))
	name, _, closed := bytes.Cut(rest, []byte("/"))
	if ok && closed {
		d.block.SharedUser = d.names.Of(name)
	}
}

// versionCode reads N minSdk=N targetSdk=N.
func (d *packageDump) versionCode(val []byte) {
	code, rest := printout.Word(val)
	d.block.VersionCode = d.texts.Of(code)
	if sdk, ok := printout.Value(rest, "targetSdk"); ok {
		d.block.TargetSDK, _ = printout.Number(sdk)
	}
}

// signature reads PackageSignatures{HASH [A]} (to Android 8) and
// PackageSignatures{HASH version:N, signatures:[A, B], past signatures:[…]}.
func signature(val []byte) []byte {
	_, rest, ok := bytes.Cut(val, []byte("["))
	if !ok {
		return nil
	}
	first, _, _ := bytes.Cut(rest, []byte("]"))
	return first
}
