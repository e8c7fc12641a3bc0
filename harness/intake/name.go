package intake

import (
	"path/filepath"
	"regexp"
	"strings"
)

// byName gives the source of a loose print-out by the beginning of its file's
// name; the longest goes first. What is not listed and looks like a dump gets a
// source of its own, which no parser reads yet.
var byName = []struct{ prefix, source string }{
	{"logcat_statistics", "logcat-statistics"},
	{"dumpsys_package_checkin", "dumpsys-package-checkin"},
	{"dumpsys_netstats_checkin", "dumpsys-netstats-checkin"},
	{"dumpsys_package_one", "package-detail"},
	{"dumpsys_package_two", "package-detail"},
	{"dumpsys_package", "dumpsys-package"},
	{"dumpsys_appops", "dumpsys-appops"},
	{"dumpsys_battery", "dumpsys-battery"},
	{"dumpsys_netstats", "netstats"},
	{"pm_list_packages", "pm-list-packages"},
	{"build.prop", "build-prop"},
	{"build_prop", "build-prop"},
	{"default.prop", "build-prop"},
	{"prop.default", "build-prop"},
	{"packages_xml", ""},
	{"packages", "pm-list-packages"},
	{"processes", "ps"},
	{"getprop", "getprop"},
	{"settings_", "settings"},
	{"logcat", "logcat"},
	{"ps", "ps"},
	{"proc_net_", "proc-net"},
	{"xt_qtaguid", "qtaguid"},
}

var (
	numbered = regexp.MustCompile(`(_[0-9]+)$`)
	dump     = regexp.MustCompile(`^dumpsys_([a-z0-9_]+)$`)
)

// SourceOf gives the source that a file's name speaks of, or "".
func SourceOf(name string) string {
	base := stem(name)
	switch {
	case strings.HasSuffix(strings.ToLower(name), ".json"):
		return ""
	case strings.HasSuffix(strings.ToLower(name), ".xml"):
		if strings.HasPrefix(base, "uiautomator_dump") {
			return "ui-hierarchy"
		}
		return ""
	}
	for _, n := range byName {
		rest, ok := strings.CutPrefix(base, n.prefix)
		if ok && (rest == "" || rest[0] == '_' || strings.HasSuffix(n.prefix, "_")) {
			return n.source
		}
	}
	if m := dump.FindStringSubmatch(base); m != nil {
		return "dumpsys-" + strings.ReplaceAll(m[1], "_", "-")
	}
	return ""
}

// subjectOf gives what a print-out is about, where its file's name says so:
// settings_secure.txt, settings_list_secure.txt, proc_net_tcp6.txt.
func subjectOf(name string) string {
	for _, prefix := range []string{"settings_list_", "settings_", "proc_net_"} {
		if rest, ok := strings.CutPrefix(stem(name), prefix); ok {
			return rest
		}
	}
	return ""
}

func stem(name string) string {
	base := strings.ToLower(filepath.Base(name))
	for _, ext := range []string{".gz", ".txt", ".log", ".json", ".xml"} {
		base = strings.TrimSuffix(base, ext)
	}
	return numbered.ReplaceAllString(base, "")
}
