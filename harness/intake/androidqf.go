package intake

// Files of an acquisition by androidqf (github.com/mvt-project/androidqf, its
// modules folder), which trims the output of each command that it runs. What is
// not listed here is told by its name as elsewhere: getprop.txt, dumpsys.txt,
// logcat.txt, logcat_old.txt, ps.txt, settings_*.txt, packages.json.

// qfNames gives sources that have no parser: they are kept, and listed as
// unsupported.
var qfNames = map[string]string{
	"acquisition.json":   "androidqf-acquisition",
	"env.txt":            "env",
	"mounts.json":        "androidqf-mounts",
	"package_users.json": "androidqf-package-users",
	"root_binaries.json": "androidqf-root-binaries",
	"selinux.txt":        "getenforce",
	"services.txt":       "service-list",
}

// qfLeft names files that are not taken in, each with the reason.
var qfLeft = map[string]string{
	"adb_host_key.pub": "tells of the computer, not of the handset",
	"backup.ab":        "a backup holds what its owner wrote and received",
	"command.log":      "tells of androidqf's own work",
	"files.json":       "names the owner's own files; no parser reads it",
	"hashes.csv":       "the acquisition's own seal; its files are hashed anew here",
	"yara.json":        "what others' rules matched; it is no print-out of the handset",
}

// qfFolders names folders that are not entered, each with the reason.
var qfFolders = map[string]string{
	"apex":            "system modules themselves; no parser reads them",
	"apks":            "apps themselves; no parser reads them",
	"browser_history": "tells what the handset's owner read",
	"init_scripts":    "scripts themselves; no parser reads them",
	"intrusion_logs":  "tells what the handset's owner did; no parser reads it",
	"logs":            "files of the system's log folders; no parser reads them",
	"magisk_modules":  "what was installed beside the image; no parser reads it",
	"tmp":             "what lay in the handset's temporary folder",
}
